/** `npm run schemas`: writes the JSON Schemas that are made from tables of ours. A test holds them against these. */
import { writeFileSync } from 'node:fs';
import { configSchema } from './config-schema.ts';

export const schemas = [{ file: new URL('./config.schema.json', import.meta.url), schema: configSchema() }];

if (import.meta.main)
  for (const { file, schema } of schemas) writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
