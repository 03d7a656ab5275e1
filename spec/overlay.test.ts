import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { applyOverlay } from './openapi.ts';
import { SpecError } from './record.ts';

const document = {
  info: { title: 'a' },
  tags: [{ name: 'x' }],
  paths: {
    '/a': {
      get: {
        parameters: [
          { name: 'p', in: 'query' },
          { name: 'q', in: 'query' },
        ],
      },
    },
    '/b': { get: { parameters: [{ name: 'p', in: 'header' }] } },
  },
};

const overlay = (...actions: readonly object[]): string =>
  stringify({ overlay: '1.0.0', info: { title: 't', version: '1' }, actions });

const apply = (...actions: readonly object[]): Promise<object> => applyOverlay(document, overlay(...actions));

describe('an overlay is applied as OpenAPI Overlay 1.0 says', () => {
  test('an update is merged into what the target selects: old values replaced, others kept', async () => {
    expect(
      await apply({ target: '$.info', description: 'why', update: { title: 'b', version: '1' } }),
    ).toEqual({
      ...document,
      info: { title: 'b', version: '1' },
    });
  });

  test('a list inside an update is appended to the list that is there', async () => {
    expect(await apply({ target: '$', description: 'why', update: { tags: [{ x: 1 }] } })).toMatchObject({
      tags: [{ name: 'x' }, { x: 1 }],
    });
  });

  test('a target may select many places, by a filter', async () => {
    const action = {
      target: "$.paths[*][*].parameters[?@.name == 'p']",
      description: 'why',
      update: { description: 'd' },
    };
    expect(await apply(action)).toMatchObject({
      paths: {
        '/a': {
          get: {
            parameters: [
              { name: 'p', description: 'd' },
              { name: 'q', in: 'query' },
            ],
          },
        },
        '/b': { get: { parameters: [{ name: 'p', description: 'd' }] } },
      },
    });
  });

  test('what is removed is gone', async () => {
    expect(await apply({ target: "$.paths['/a']", description: 'why', remove: true })).toMatchObject({
      paths: { '/b': {} },
    });
  });

  test('actions follow one another, each on what the one before left', async () => {
    const result = await apply(
      { target: '$.info', description: 'why', update: { contact: {} } },
      { target: '$.info.contact', description: 'why', update: { name: 'n' } },
    );
    expect(result).toMatchObject({ info: { title: 'a', contact: { name: 'n' } } });
  });

  test('the document that is handed in stays as it was', async () => {
    const before = structuredClone(document);
    await apply({ target: '$.info', description: 'why', update: { title: 'b' } });
    expect(document).toEqual(before);
  });
});

describe('refused, with a line that says why', () => {
  // The library prints what a malformed path makes it stumble over; the error says it too.
  beforeAll(() => vi.spyOn(console, 'error').mockImplementation(() => {}));
  afterAll(() => vi.restoreAllMocks());

  test.each([
    { action: { target: '$.nothing', description: 'why', update: {} }, says: '$.nothing matches nothing' },
    { action: { target: "$.paths['/c']", description: 'why', remove: true }, says: 'matches nothing' },
    { action: { target: '$.info', update: {} }, says: 'has no reason' },
    { action: { description: 'why', update: {} }, says: 'action 1 has no target' },
    { action: { target: '$.info', description: 'why' }, says: 'neither an object to merge nor remove' },
    { action: { target: '$.info', description: 'why', update: {}, remove: true }, says: 'neither an object' },
    { action: { target: '$.tags', description: 'why', update: ['y'] }, says: 'neither an object' },
    { action: { target: '$.tags', description: 'why', update: { name: 'y' } }, says: 'selects a list' },
    {
      action: { target: '$.info.title', description: 'why', update: { name: 'y' } },
      says: 'selects no object',
    },
    {
      action: { target: "$.paths[*][*].parameters[?@.in == 'query']", description: 'why', remove: true },
      says: 'several rows of a list',
    },
    {
      action: {
        target: "$.paths['/a'].get",
        description: 'why',
        update: { parameters: [{ name: 'p', in: 'query' }] },
      },
      says: 'a list of parameters',
    },
    { action: { target: '$.paths[', description: 'why', update: {} }, says: 'matches nothing' },
  ])('$says', async ({ action, says }) => {
    await expect(apply(action)).rejects.toThrow(SpecError);
    await expect(apply(action)).rejects.toThrow(says);
  });

  test.each(['', 'a: 1', 'overlay: 2.0.0\nactions: [{}]', 'overlay: 1.0.0\nactions: []'])(
    'the text `%s`',
    async (text) => {
      await expect(applyOverlay(document, text)).rejects.toThrow(SpecError);
    },
  );
});
