/** The published schemas. The program compiles them without a look at their meta-schema, because it is looked at here. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { credentialKinds } from '../harness/model/requests.ts';
import reportSchema from './report.schema.json' with { type: 'json' };

test.each([
  './report.schema.json',
  './fleet.schema.json',
  '../harness/config/config.schema.json',
  '../harness/config/expectations.schema.json',
])('%s is a strict schema', (file) => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  addFormats.default(ajv);
  expect(ajv.compile(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')))).toBeTypeOf(
    'function',
  );
});

test('a report may hold a request with each kind of credentials', () => {
  const { credentials } = reportSchema.$defs.exchange.properties.request.properties;
  expect(credentials.enum.toSorted()).toEqual([...credentialKinds].sort());
});
