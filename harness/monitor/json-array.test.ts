import { expect, test } from 'vitest';
import { jsonArrayReader } from './json-array.ts';

/** The items of `log.entries`, of a text that comes in chunks of so many bytes. */
function itemsOf(text: string, chunkBytes: number) {
  const items: unknown[] = [];
  const reader = jsonArrayReader(['log', 'entries'], (item) => items.push(item));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.write(bytes.subarray(at, at + chunkBytes));
  return { items, isEnded: reader.isEnded, isFound: reader.isFound };
}

const items = [
  { a: 'quoted "entries":[ \\', b: [[], {}, '}]'], 'ü\n€': { c: null } },
  {},
  [1, [2]],
  'a,]',
  -1.5e3,
  true,
];
const around = { before: { entries: [7, { x: ']' }] }, entries: [8], 'lo\\g"': '{[', nested: [[{ log: 1 }]] };

test.each([1, 2, 3, 7, 64, 10_000])('items are whole, in chunks of %i bytes', (chunkBytes) => {
  for (const space of [undefined, 2]) {
    const text = JSON.stringify(
      { ...around, log: { pages: [around], version: '1.2', entries: items, more: around } },
      null,
      space,
    );
    expect(itemsOf(text, chunkBytes)).toEqual({ items, isEnded: true, isFound: true });
  }
});

test.each(['{"log":{"entries":[]}}', '{"log":{"entries": [ ] } } '])('%s has no items', (text) => {
  expect(itemsOf(text, 5)).toEqual({ items: [], isEnded: true, isFound: true });
});

test.each([
  ['{"log":{"entries":{}}}', true],
  ['{"entries":[1]}', true],
  ['{"log":[{"entries":[1]}]}', true],
  ['{"x":{"entries":[1]}', false],
])('%s has no such array', (text, isEnded) => {
  expect(itemsOf(text, 4)).toEqual({ items: [], isEnded, isFound: false });
});

test.each(['hello', '[1]', '{"log":{"entries":[{"a":x}]}}', '{"log":{"entries":[1,b,2]}}'])(
  '%s is refused',
  (text) => {
    expect(() => itemsOf(text, 5)).toThrow(SyntaxError);
  },
);
