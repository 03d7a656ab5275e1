import { expect, test } from 'vitest';
import { printable } from './escape.ts';

test.each([
  { text: 'café ✓ 日本 👍', shown: 'café ✓ 日本 👍', why: 'letters of any script stay' },
  { text: '\u{1b}[31mred\u{1b}[0m', shown: '\\u{1b}[31mred\\u{1b}[0m', why: 'ANSI colours' },
  { text: '\u{9b}2J', shown: '\\u{9b}2J', why: 'the one-character form of an ANSI escape' },
  { text: '\u{1b}]8;;http://evil\u{7}', shown: '\\u{1b}]8;;http://evil\\u{7}', why: 'a terminal hyperlink' },
  { text: 'a\r\nPASS\tb', shown: 'a\\r\\nPASS\\tb', why: 'a line of its own' },
  { text: 'a\u{8}\u{8}\u{7f}\u{0}', shown: 'a\\u{8}\\u{8}\\u{7f}\\u{0}', why: 'back spaces, delete, NUL' },
  { text: 'x\u{202e}y\u{2066}z', shown: 'x\\u{202e}y\\u{2066}z', why: 'bidi overrides and isolates' },
  { text: 'a\u{200b}b\u{feff}\u{ad}', shown: 'a\\u{200b}b\\u{feff}\\u{ad}', why: 'what has no width' },
  { text: 'a\u{2028}b\u{2029}', shown: 'a\\u{2028}b\\u{2029}', why: 'line separators' },
  { text: 'a\u{a0}b', shown: 'a\\u{a0}b', why: 'a space that is none' },
  { text: 'a\u{d800}b', shown: 'a\\u{d800}b', why: 'half a surrogate pair' },
  {
    text: '\u{ffff}\u{e000}\u{e0041}',
    shown: '\\u{ffff}\\u{e000}\\u{e0041}',
    why: 'no character, private use, tags',
  },
])('$why', ({ text, shown }) => expect(printable(text)).toBe(shown));

test('what is too long is cut, and its whole length told', () => {
  expect(printable('a'.repeat(11), 10)).toBe(`${'a'.repeat(10)}… (11 characters)`);
  expect(printable('a'.repeat(10), 10)).toBe('a'.repeat(10));
});

test('the cut goes through no character', () => {
  expect(printable('aaa👍bbb', 4)).toBe('aaa… (8 characters)');
});

test('a text of 50 MB is cut before its characters are escaped', () => {
  expect(printable('\u{1b}'.repeat(50_000_000), 3)).toBe('\\u{1b}\\u{1b}\\u{1b}… (50000000 characters)');
});
