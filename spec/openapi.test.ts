import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { fixturePage, ownFacts } from '../harness/testing/docs-samples.ts';
import { operationNames } from './contract.ts';
import { loadDocument, operationOf, type Schema } from './edition.ts';
import { applyOverlay, openApi, staleEditions } from './openapi.ts';
import { factsFrom, readPages } from './reading.ts';
import { SpecError } from './record.ts';

describe('the document that facts alone give', () => {
  test('says what they say, of any page', () => {
    const document = openApi(factsFrom(readPages([fixturePage('kettles.hugo.txt')])));
    expect(document.paths).toMatchObject({
      '/v1/kettles': {
        get: {
          parameters: [{ name: 'X-Lid', in: 'header', required: false, schema: { type: 'boolean' } }],
          responses: {
            200: {
              content: { 'application/json': { schema: { type: 'array', items: { type: 'object' } } } },
            },
            418: { content: { '*/*': { schema: {} } } },
          },
        },
      },
      '/v1/kettles/{kettle_id}': { put: { responses: { 200: { content: { '*/*': { schema: {} } } } } } },
    });
  });

  test('refers to the objects whose pages are among them', () => {
    const document = openApi(ownFacts());
    expect(document.components).toMatchObject({
      schemas: {
        crdb_task: {
          properties: { status: { enum: ['queued', 'started', 'finished', 'failed'], readOnly: true } },
        },
      },
    });
    expect(JSON.stringify(document.paths)).toContain('"$ref":"#/components/schemas/crdb_task"');
  });
});

describe('the checked-in openapi.yaml', () => {
  test('of each edition is what its facts.json and overlay.yaml give', async () =>
    expect(await staleEditions()).toEqual([]));

  test('has an id, a summary and a description of our own for each operation, parameter, answer and field', () => {
    const document = loadDocument();
    for (const name of operationNames) {
      const { operationId, summary, description, parameters, responses } = operationOf(document, name);
      for (const said of [operationId, summary, description]) expect(said).toBeTruthy();
      for (const described of [...(parameters ?? []), ...Object.values(responses)])
        expect(described.description).toBeTruthy();
    }
    for (const schema of Object.values(document.components.schemas)) {
      for (const field of Object.values(schema.properties ?? {})) expect(field.description).toBeTruthy();
    }
  });

  test('forbids no further field of any object, and requires nothing but id and status', () => {
    const open = (schema: Schema): void => {
      if (schema.type === 'object') expect(schema.additionalProperties).toBe(true);
      for (const inner of [
        ...Object.values(schema.properties ?? {}),
        ...(schema.items ? [schema.items] : []),
      ])
        open(inner);
    };
    const { schemas } = loadDocument().components;
    Object.values(schemas).forEach(open);
    expect(schemas.crdb_task?.required).toEqual(['id', 'status']);
  });

  test('says of every answer without a documented body that any will do', () => {
    const document = loadDocument();
    for (const name of operationNames) {
      for (const [status, { content }] of Object.entries(operationOf(document, name).responses)) {
        const documented = status === '200' && name !== 'cancel';
        expect(Object.keys(content ?? {})).toEqual([documented ? 'application/json' : '*/*']);
        if (!documented) expect(content).toEqual({ '*/*': { schema: {} } });
      }
    }
  });

  test('names the documented retention', () => {
    expect(operationOf(loadDocument(), 'read').description).toContain('500 s');
  });
});

const small = {
  info: { title: 'a' },
  paths: { '/a': { get: { parameters: [{ name: 'p' }, { name: 'q' }] } } },
};
const apply = (...actions: readonly object[]): object =>
  applyOverlay(small, stringify({ overlay: '1.0.0', info: { title: 't', version: '1' }, actions }));

describe('an overlay', () => {
  test('merges into what a target selects, by a filter too, and each action sees the one before', () => {
    const before = structuredClone(small);
    const result = apply(
      { target: '$.info', description: 'why', update: { title: 'b', contact: {} } },
      { target: '$.info.contact', description: 'why', update: { name: 'n' } },
      {
        target: "$.paths[*][*].parameters[?@.name == 'p']",
        description: 'why',
        update: { description: 'd' },
      },
    );
    expect(result).toEqual({
      info: { title: 'b', contact: { name: 'n' } },
      paths: { '/a': { get: { parameters: [{ name: 'p', description: 'd' }, { name: 'q' }] } } },
    });
    expect(small).toEqual(before);
  });

  test.each([
    { action: { target: '$.nothing', description: 'why', update: {} }, says: '$.nothing matches nothing' },
    { action: { target: '$.info', update: {} }, says: 'no reason' },
    { action: { target: '$.info', description: 'why', remove: true }, says: 'does not update objects' },
    { action: { target: '$.info.title', description: 'why', update: {} }, says: 'does not update objects' },
    { action: { description: 'why', update: {} }, says: 'no target' },
  ])('is refused: $says', ({ action, says }) => {
    expect(() => apply(action)).toThrow(SpecError);
    expect(() => apply(action)).toThrow(says);
  });

  test.each(['', 'a: 1', 'overlay: 2.0.0\nactions: [{}]'])('is not `%s`', (text) => {
    expect(() => applyOverlay(small, text)).toThrow(SpecError);
  });
});
