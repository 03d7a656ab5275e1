import { expect, test } from 'vitest';
import { holdsMoreValues } from './json-size.ts';

test.each([
  { text: '[]', values: 1 },
  { text: '[1,[2,{"a":3}]]', values: 5 },
  { text: '[{},{},{}]', values: 6 },
  { text: '["[,{\\",[{"]', values: 1 },
  { text: '["\\\\",["x"]]', values: 3 },
])('$text counts as $values', ({ text, values }) => {
  expect(holdsMoreValues(Buffer.from(text), values)).toBe(false);
  expect(holdsMoreValues(Buffer.from(text), values - 1)).toBe(true);
});
