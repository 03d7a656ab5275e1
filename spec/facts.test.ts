import { describe, expect, test } from 'vitest';
import { fingerprint, sentencesOf } from './facts.ts';

describe('a fingerprint', () => {
  const same = fingerprint('The kettle\'s lid is "open"');
  test.each([
    { rewritten: 'The kettle\'s lid is "open".', why: 'closing punctuation' },
    { rewritten: '  The  kettle\'s\nlid is "open" ', why: 'white space' },
    { rewritten: 'The\u00a0kettle\'s lid is "open"', why: 'a no-break space' },
    { rewritten: 'The kettle’s lid is “open”', why: 'typographic quotes' },
    { rewritten: 'The kettle\'s l\u00adid is "open"', why: 'a soft hyphen' },
  ])('stays where $why changed', ({ rewritten }) => expect(fingerprint(rewritten)).toBe(same));

  test.each([
    { rewritten: 'The kettle\'s lid is "shut"', why: 'a word' },
    { rewritten: 'The kettle\'s lid is not "open"', why: 'a not' },
    { rewritten: 'The kettle\'s, lid is "open"', why: 'punctuation inside' },
  ])('changes with $why', ({ rewritten }) => expect(fingerprint(rewritten)).not.toBe(same));

  test('is 16 hexadecimal digits', () => expect(same).toMatch(/^[0-9a-f]{16}$/));
});

test('a paragraph is cut into its sentences, and white space is none', () => {
  expect(sentencesOf('It boils. It is kept for 500 seconds.\nIs it?  ')).toEqual([
    'It boils.',
    'It is kept for 500 seconds.',
    'Is it?',
  ]);
  expect(sentencesOf(' \n . ')).toEqual([]);
});
