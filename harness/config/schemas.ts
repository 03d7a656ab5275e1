/**
 * The kinds of values that options hold: their words, how each is read from a text, its JSON Schema; and the schemas of
 * the configuration file and of the expectations made from them. `npm run schemas` writes both.
 */
import { writeFileSync } from 'node:fs';
import type { Expectation } from '../model/report.ts';
import { phases } from '../model/task.ts';
import type { KindName, OptionKind, OptionRow } from './option-row.ts';
import { optionRows } from './option-table.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

interface KindRow {
  readonly words: string;
  readonly schema: JsonSchema;
  /** Undefined where the text is no such value. Left out: no text can hold such a value. */
  readonly read?: (text: string) => unknown;
}

const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
const onlyIf = <T>(fits: boolean, value: T): T | undefined => (fits ? value : undefined);
const switches: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
const aboveZero = (text: string) => onlyIf(Number.isFinite(number(text)) && number(text) > 0, number(text));

const kinds: Readonly<Record<KindName, KindRow>> = {
  text: {
    words: 'a text',
    schema: { type: 'string', minLength: 1 },
    read: (text) => onlyIf(text !== '', text),
  },
  switch: { words: 'true or false', schema: { type: 'boolean' }, read: (text) => switches.get(text) },
  seconds: {
    words: 'a number of seconds above 0',
    schema: { type: 'number', exclusiveMinimum: 0 },
    read: aboveZero,
  },
  'seconds from 0': {
    words: 'a number of seconds, 0 or more',
    schema: { type: 'number', minimum: 0 },
    read: (text) => onlyIf(Number.isFinite(number(text)) && number(text) >= 0, number(text)),
  },
  whole: {
    words: 'a whole number, 0 or more',
    schema: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    read: (text) => onlyIf(Number.isSafeInteger(number(text)) && number(text) >= 0, number(text)),
  },
  count: {
    words: 'a whole number, 1 or more',
    schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    read: (text) => onlyIf(Number.isSafeInteger(number(text)) && number(text) >= 1, number(text)),
  },
  rate: { words: 'a number above 0', schema: { type: 'number', exclusiveMinimum: 0 }, read: aboveZero },
  texts: { words: 'a list of texts', schema: { type: 'array', items: { type: 'string', minLength: 1 } } },
  tasks: {
    words: `a map from phases (${phases.join(', ')}) to lists of task ids`,
    schema: {
      type: 'object',
      propertyNames: { enum: phases },
      additionalProperties: { type: 'array', items: { type: 'string' } },
    },
  },
  targets: {
    words: 'a list of targets, each with a name and either target or container',
    schema: { type: 'array', minItems: 1, items: { $ref: '#/$defs/target' } },
  },
};

export const kindOf = (kind: OptionKind): KindRow =>
  typeof kind === 'string'
    ? kinds[kind]
    : {
        words: `one of ${kind.join(', ')}`,
        schema: { enum: kind },
        read: (text) => onlyIf(kind.includes(text), text),
      };

/** The default as a person reads it: `quick`, `no limit`. */
export const defaultOf = (row: OptionRow): string =>
  row.defaultText ?? String(row.default ?? (row.kind === 'switch' ? false : 'none'));

/** The keys of the configuration file with their rows. */
export const fileRows = optionRows.filter(([, { inFile }]) => inFile !== false);

/** Those that a target of a fleet may have, too. */
export const targetRows = fileRows.filter(([, { wholeRun, neutral }]) => !wholeRun && !neutral);

/** What the configuration file may hold: a text has variables anywhere, another value may be one variable. */
function fileSchema(kind: OptionKind): JsonSchema {
  const { schema, read } = kindOf(kind);
  return kind === 'text' || !read ? schema : { anyOf: [schema, { $ref: '#/$defs/fromEnvironment' }] };
}

function described(row: OptionRow): JsonSchema {
  const overridden = row.env === undefined ? '' : ` The environment variable ${row.env} overrides it.`;
  return { ...fileSchema(row.kind), description: `${row.help} (default: ${defaultOf(row)}).${overridden}` };
}

const propertiesOf = (rows: typeof optionRows): JsonSchema =>
  Object.fromEntries(rows.map(([key, row]) => [key, described(row)]));

const configSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:crdb-conformance:config:1',
  title: 'Configuration of crdb-conformance run',
  description: `\${NAME} in a value is the environment variable NAME; $\${ is a plain \${.`,
  type: 'object',
  additionalProperties: false,
  properties: propertiesOf(fileRows),
  $defs: {
    fromEnvironment: { type: 'string', pattern: '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$' },
    target: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      oneOf: [{ required: ['target'] }, { required: ['container'] }],
      properties: {
        name: {
          // The name of its folder, too: it must not equal one of our files beside it.
          type: 'string',
          pattern: '^(?!.*\\.(json|xml|ndjson)$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
          description: 'Name of the target, its folder and its report: letters, digits, ., _ and -.',
        },
        labels: { ...fileSchema('texts'), description: 'More names, for the target of an expectation.' },
        ...propertiesOf(targetRows),
      },
    },
  },
};

const text = { type: 'string', minLength: 1 };

const expectationProperties: Readonly<Record<keyof Expectation, JsonSchema>> = {
  clause: { ...text, description: 'The clause that fails.' },
  target: { ...text, description: 'Name or label of a target; without it, the entry is for every target.' },
  fingerprint: { ...text, description: 'The kind of failure, as `crdb-conformance expectations` writes it.' },
  reason: { ...text, description: 'Why the failure is accepted.' },
  link: { ...text, description: 'Where it is followed up, such as an issue.' },
  owner: { ...text, description: 'Who is responsible for it.' },
  expires: {
    type: 'string',
    format: 'date',
    description: 'The last day on which the entry counts: 2026-12-31.',
  },
  flaky: { type: 'boolean', description: 'The failure is intermittent: a run without it proves nothing.' },
};

const expectationsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:crdb-conformance:expectations:1',
  title: 'Known failures for crdb-conformance run',
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['clause', 'fingerprint', 'reason'],
    properties: expectationProperties,
  },
};

export const schemas = [
  { file: new URL('./config.schema.json', import.meta.url), schema: configSchema },
  { file: new URL('./expectations.schema.json', import.meta.url), schema: expectationsSchema },
];

if (import.meta.main)
  for (const { file, schema } of schemas) writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
