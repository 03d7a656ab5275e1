import { describe, expect, test } from 'vitest';
import { readType, shapeType } from './types.ts';

describe('a type cell', () => {
  test.each([
    { text: 'string', type: { kind: 'string' } },
    { text: ' Boolean ', type: { kind: 'boolean' } },
    { text: 'float', type: { kind: 'number' } },
    { text: 'boolean (default: false)', type: { kind: 'boolean' } },
    { text: 'boolean (default false)', type: { kind: 'boolean' } },
    { text: 'integer, (range: 1-9) (default: 3)', type: { kind: 'integer' } },
    { text: "'a' \n'b'", type: { kind: 'enum', values: ['a', 'b'] } },
    { text: "'a'\n**'b'**", type: { kind: 'enum', values: ['a', 'b'] } },
    { text: '‘a’\n“b”', type: { kind: 'enum', values: ['a', 'b'] } },
    { text: 'one\n\ntwo-x', type: { kind: 'enum', values: ['one', 'two-x'] } },
    { text: 'array of strings', type: { kind: 'array', items: { kind: 'string' } } },
    { text: 'list', type: { kind: 'array', items: { kind: 'unknown' } } },
    {
      text: 'array of Kettle lid objects',
      type: { kind: 'array', items: { kind: 'object', fields: [] } },
    },
    { text: 'Kettle object', type: { kind: 'object', fields: [] } },
    { text: 'complex object', type: { kind: 'object', fields: [] } },
    {
      text: '[{ "a": string }, ...]',
      type: { kind: 'array', items: { kind: 'object', fields: [{ name: 'a', type: { kind: 'string' } }] } },
    },
    { text: 'litre-ish', type: undefined },
    { text: 'list of modules', type: undefined },
    { text: "'a' unless hot", type: undefined },
  ])('`$text`', ({ text, type }) => expect(readType(text, [])).toEqual(type));

  test('with a block of code is what the block draws', () => {
    expect(readType('\uE0001\uE001', ['', '{ "a": integer }'])).toEqual({
      kind: 'object',
      fields: [{ name: 'a', type: { kind: 'integer' } }],
    });
  });
});

describe('a shape', () => {
  test('may nest, leave out commas, hold comments, breaks and examples', () => {
    expect(
      shapeType(
        '[{<br />  // what it is\n "id": integer\n "tags": [string, ...], "in": { "tap": u\'cold\' } }, ...]',
      ),
    ).toEqual({
      kind: 'array',
      items: {
        kind: 'object',
        fields: [
          { name: 'id', type: { kind: 'integer' } },
          { name: 'tags', type: { kind: 'array', items: { kind: 'string' } } },
          { name: 'in', type: { kind: 'object', fields: [{ name: 'tap', type: { kind: 'unknown' } }] } },
        ],
      },
    });
  });

  test.each([
    '',
    '[',
    '{ "a" }',
    '{ "a": }',
    '[] []',
    '['.repeat(50_000),
    `${'['.repeat(30)}string${']'.repeat(30)}`,
  ])('is not `%s`', (drawn) => expect(shapeType(drawn)).toBeUndefined());
});
