/** What an option can hold: its words, how it is read from a text, and its JSON Schema. One row a kind. */
import { phases } from '../model/task.ts';
import type { TaskIds } from '../provision/existing-tasks.ts';
import type { FleetTarget } from './options.ts';

/** The value of each kind. */
export interface Held {
  readonly text: string;
  readonly switch: boolean;
  readonly seconds: number;
  readonly 'seconds from 0': number;
  readonly whole: number;
  readonly count: number;
  readonly rate: number;
  readonly texts: readonly string[];
  readonly tasks: TaskIds;
  readonly targets: readonly FleetTarget[];
}

/** A kind by its name, or the words that one may choose from. */
export type Kind = keyof Held | readonly string[];

export type JsonSchema = Readonly<Record<string, unknown>>;

interface KindRow {
  /** What it is, after "is no". */
  readonly words: string;
  readonly schema: JsonSchema;
  /** Undefined where the text is none of it. Left out: a text can't hold it. */
  readonly read?: (text: string) => unknown;
}

const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
const onlyIf = <T>(fits: boolean, value: T): T | undefined => (fits ? value : undefined);
const truth: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

const kinds: Readonly<Record<keyof Held, KindRow>> = {
  text: {
    words: 'text',
    schema: { type: 'string', minLength: 1 },
    read: (text) => onlyIf(text !== '', text),
  },
  switch: { words: 'true or false', schema: { type: 'boolean' }, read: (text) => truth.get(text) },
  seconds: {
    words: 'number of seconds above 0',
    schema: { type: 'number', exclusiveMinimum: 0 },
    read: (text) => onlyIf(Number.isFinite(number(text)) && number(text) > 0, number(text)),
  },
  'seconds from 0': {
    words: 'number of seconds from 0 up',
    schema: { type: 'number', minimum: 0 },
    read: (text) => onlyIf(Number.isFinite(number(text)) && number(text) >= 0, number(text)),
  },
  whole: {
    words: 'whole number',
    schema: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    read: (text) => onlyIf(Number.isSafeInteger(number(text)), number(text)),
  },
  count: {
    words: 'whole number from 1 up',
    schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    read: (text) => onlyIf(Number.isSafeInteger(number(text)) && number(text) >= 1, number(text)),
  },
  rate: {
    words: 'number above 0',
    schema: { type: 'number', exclusiveMinimum: 0 },
    read: (text) => onlyIf(Number.isFinite(number(text)) && number(text) > 0, number(text)),
  },
  texts: { words: 'list of names', schema: { type: 'array', items: { type: 'string', minLength: 1 } } },
  tasks: {
    words: `map from phases (${phases.join(', ')}) to lists of ids`,
    schema: {
      type: 'object',
      propertyNames: { enum: phases },
      additionalProperties: { type: 'array', items: { type: 'string' } },
    },
  },
  targets: {
    words: 'list of targets, each with a name and a target',
    schema: { type: 'array', minItems: 1, items: { $ref: '#/$defs/target' } },
  },
};

const choice = (words: readonly string[]): KindRow => ({
  words: `one of ${words.join(', ')}`,
  schema: { enum: words },
  read: (text) => onlyIf(words.includes(text), text),
});

export const rowOf = (kind: Kind): KindRow => (typeof kind === 'string' ? kinds[kind] : choice(kind));

/** A whole value that an environment variable gives: `${PORT}`. */
export const fromEnvironment: JsonSchema = { type: 'string', pattern: '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$' };

/** What the configuration file may hold for it. A text may have variables anywhere in it. */
export function fileSchema(kind: Kind): JsonSchema {
  const { schema, read } = rowOf(kind);
  return kind === 'text' || !read ? schema : { anyOf: [schema, { $ref: '#/$defs/fromEnvironment' }] };
}
