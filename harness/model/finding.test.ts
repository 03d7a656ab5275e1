import { expect, test } from 'vitest';
import { finding } from './finding.ts';

test.each([
  { length: 2000, is: 2000 },
  { length: 2001, is: 2001 }, // 2,000 characters, and the ellipsis
  { length: 1_000_000, is: 2001 },
])('words of $length characters are $is long', ({ length, is }) => {
  const words = 'x'.repeat(length);
  const { reason, expected, seen } = finding('fail', words, [], { expected: words, seen: words });
  expect([reason, expected, seen].map((text) => text?.length)).toEqual([is, is, is]);
  expect(reason.endsWith('…')).toBe(length > 2000);
});
