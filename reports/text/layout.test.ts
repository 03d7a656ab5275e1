import { describe, expect, test } from 'vitest';
import { columns, hanging, listed, oneLine, painter, wrapped } from './layout.ts';
import { duration } from './sentences.ts';

test.each([
  { text: 'one two three', width: 8, lines: ['one two', 'three'], why: 'at spaces' },
  { text: 'one two', width: 7, lines: ['one two'], why: 'not where it just fits' },
  {
    text: 'abcdefgh ij',
    width: 4,
    lines: ['abcd', 'efgh', 'ij'],
    why: 'within a word that is longer than a line',
  },
  { text: '', width: 4, lines: [''], why: 'nothing to break' },
])('a text is broken: $why', ({ text, width, lines }) => expect(wrapped(text, width)).toEqual(lines));

test('the lines of a hanging text begin under its first word', () => {
  expect(hanging('lead: ', 'one two three four five six', 30)).toEqual([
    'lead: one two three four five',
    '      six',
  ]);
});

test('names that fit no more are counted', () => {
  const names = ['alpha', 'beta', 'gamma', 'delta'];
  expect(listed(names, 30)).toBe('alpha, beta, gamma, delta');
  expect(listed(names, 24)).toBe('alpha, beta and 2 more');
  expect(listed(names, 2)).toBe('alpha and 3 more');
  expect(listed([], 2)).toBe('');
});

test('a line that is too long ends with an ellipsis', () => {
  expect([oneLine('abcd', 4), oneLine('abcde', 4)]).toEqual(['abcd', 'abc…']);
});

test('the first column stands left, the others right', () => {
  expect(
    columns([
      ['suite', 'pass'],
      ['a', '12'],
      ['long name', '·'],
    ]).map((row) => row.join('')),
  ).toEqual(['suite      pass', 'a            12', 'long name     ·']);
});

test.each([
  { ms: 12.4, text: '12 ms' },
  { ms: 6240, text: '6.2 s' },
  { ms: 59_960, text: '1 min 0 s' },
  { ms: 500_400, text: '8 min 20 s' },
])('$ms ms: $text', ({ ms, text }) => expect(duration(ms)).toBe(text));

describe('colours', () => {
  test('come when they are asked for, wherever the output goes', () => {
    expect(painter(true)('fail', 'x')).toBe('\u{1b}[31mx\u{1b}[39m');
  });
  test('and else never', () => expect(painter(false)('fail', 'x')).toBe('x'));
});
