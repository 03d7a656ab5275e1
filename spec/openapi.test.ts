import { readFileSync } from 'node:fs';
import SwaggerParser from '@apidevtools/swagger-parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { addresses, operationNames } from './contract.ts';
import { documentFile, loadDocument, operationOf, type Schema } from './edition.ts';
import { loadFacts } from './facts.ts';
import { fixturePage, ownFacts } from './fixtures/fixtures.ts';
import { documentText, generatedIsCurrent, openApi } from './openapi.ts';
import { factsFrom, readPages } from './reading.ts';

const text = readFileSync(documentFile, 'utf8');

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

  test('is the same each time', async () => {
    expect(await documentText(loadFacts())).toBe(await documentText(structuredClone(loadFacts())));
  });
});

describe('the checked-in openapi.yaml', () => {
  test('is what facts.json and overlay.yaml give', async () => expect(await generatedIsCurrent()).toBe(true));

  test('is valid OpenAPI 3.1', async () => {
    await expect(SwaggerParser.validate(parse(text))).resolves.toBeDefined();
  });

  test('can be dereferenced, and no reference is left', async () => {
    expect(JSON.stringify(await SwaggerParser.dereference(parse(text)))).not.toContain('$ref');
  });

  test('has nothing that the recommended rules of Redocly find wrong, or worth a warning', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: text, absoluteRef: '/openapi.yaml', config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

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

  test('has the three operations and no other', () => {
    expect(Object.keys(loadDocument().paths)).toEqual(operationNames.map((name) => addresses[name].path));
  });

  test('names the documented retention', () => {
    expect(operationOf(loadDocument(), 'read').description).toContain('500 s');
  });
});
