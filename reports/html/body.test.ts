import fc from 'fast-check';
import { expect, test } from 'vitest';
import { body, laidOut } from './body.ts';

test('laying out changes the space between tokens alone', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.parse(laidOut(text))).toEqual(JSON.parse(text));
      // Between tokens there are line feeds and indentation; within strings JSON has neither a raw line feed.
      expect(laidOut(text).replace(/\n */g, '').replaceAll('": ', '":')).toBe(text.replaceAll('": ', '":'));
    }),
  );
});

const deep = '['.repeat(1000) + ']'.repeat(1000);

test.each([
  { text: '{"a":1,"a":2}', shown: '{\n  "a": 1,\n  "a": 2\n}', why: 'a field named twice is shown twice' },
  { text: '[1e400,1.0]', shown: '[\n  1e400,\n  1.0\n]', why: 'a number is spelled as it came' },
  { text: '{"a":1', shown: '{"a":1', why: 'what is cut off stays as it is' },
  { text: 'null', shown: 'null', why: 'a word is no object' },
  { text: deep, shown: deep, why: 'what is deep would be all indentation' },
])('$why', ({ text, shown }) => expect(laidOut(text)).toBe(shown));

test('a long body is folded, and what is beyond the limit is counted', () => {
  const page = `${body('x\n'.repeat(2500), 4000)}`;
  expect(page).toMatch(/<\/pre>\s*<details class="rest"><summary>\d+ more characters<\/summary>/);
  expect(page).toContain('… 1000 more characters');
  expect(page.split('x').length - 1).toBeGreaterThan(1900);
});

test('controls are spelled out, lines stay', () => {
  expect(`${body('a\r\nb\u{1b}[2J\u{202e}', 100)}`).toBe('<pre>a\nb\\u{1b}[2J\\u{202e}</pre>');
});
