/** `npm run schemas`: writes the JSON Schemas that are made from tables of ours. A test holds them against these. */
import { writeFileSync } from 'node:fs';
import { configSchema } from './config-schema.ts';
import { expectationsSchema } from './expectations-schema.ts';

export const schemas = [
  { file: new URL('./config.schema.json', import.meta.url), schema: configSchema() },
  { file: new URL('./expectations.schema.json', import.meta.url), schema: expectationsSchema() },
];

if (import.meta.main)
  for (const { file, schema } of schemas) writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
