/** The JSON Schema of the configuration file, made from the table of options. `npm run schemas` writes it. */
import { fileSchema, fromEnvironment, type JsonSchema } from './option-kinds.ts';
import type { OptionRow } from './option-row.ts';
import { byDefault, optionRows } from './option-table.ts';

/** What an editor shows beside a key. */
function described(row: OptionRow): JsonSchema {
  const { kind, says, variable } = row;
  const given = variable === undefined ? '' : ` The environment variable ${variable} goes before it.`;
  return { ...fileSchema(kind), description: `${says} (default: ${byDefault(row)}).${given}` };
}

const propertiesOf = (rows: typeof optionRows): JsonSchema =>
  Object.fromEntries(rows.map(([key, row]) => [key, described(row)]));

export const configSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:crdb-conformance:config:1',
  title: 'Configuration of crdb-conformance run',
  description: `\${NAME} in a value is the environment variable NAME; $\${ is a plain \${.`,
  type: 'object',
  additionalProperties: false,
  properties: propertiesOf(optionRows),
  $defs: {
    fromEnvironment,
    target: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'target'],
      properties: {
        name: {
          // It is a folder's name too, beside files of ours.
          type: 'string',
          pattern: '^(?!.*\\.(json|xml|ndjson)$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
          description: 'What its folder and its report are called: letters, digits, ., _ and -.',
        },
        labels: {
          ...fileSchema('texts'),
          description: 'What expectations may be about, beside its name.',
        },
        ...propertiesOf(optionRows.filter(([, { ofTarget }]) => ofTarget)),
      },
    },
  },
});
