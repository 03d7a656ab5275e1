/**
 * What is wrong with a body, in lines for people. Bodies can be huge and hostile: all problems are counted, the first
 * five are worded, and values are printed short, on one line, without control characters.
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Schema } from './edition.ts';
import { standIn } from './nearest.ts';

const kept = 5;

/** The first five problems, and how many more there were. */
export class Problems {
  readonly #lines: string[] = [];
  #more = 0;

  /** @param line called only if the line is kept */
  add(line: () => string): void {
    if (this.#lines.length < kept) this.#lines.push(line());
    else this.#more += 1;
  }

  lines(): string[] {
    return this.#more === 0 ? this.#lines : [...this.#lines, `and ${this.#more} more`];
  }
}

/**
 * Adds one problem per wrong place.
 * @param at where the value stands in the answer: `[3]`, or '' for the answer itself
 * @param schema the schema that it was validated against
 */
export function addErrors(
  problems: Problems,
  errors: readonly ErrorObject[],
  at: () => string,
  value: unknown,
  schema: Schema,
): void {
  for (const error of onePerPlace(errors)) problems.add(() => worded(error, at(), value, schema));
}

/** A wrong type also breaks the enum. One place gives one problem, and the enum says more. */
function onePerPlace(errors: readonly ErrorObject[]): Iterable<ErrorObject> {
  if (errors.length === 1) return errors;
  const places = new Map<string, ErrorObject>();
  for (const error of errors) {
    const place = `${error.instancePath} ${missing(error) ?? ''}`;
    if (!places.has(place) || error.keyword === 'enum') places.set(place, error);
  }
  return places.values();
}

function missing(error: ErrorObject): string | undefined {
  const name: unknown = error.keyword === 'required' ? error.params.missingProperty : undefined;
  return typeof name === 'string' ? name : undefined;
}

function worded(error: ErrorObject, at: string, value: unknown, schema: Schema): string {
  const place = join(at, error.instancePath);
  const name = missing(error);
  if (name !== undefined) return isMissing(name, place, value, error, schema);
  const subject = place === '' ? 'the answer' : `\`${place}\``;
  return `${subject} is ${shown(error.data)}; ${asDocumented(error)}`;
}

function isMissing(name: string, place: string, value: unknown, error: ErrorObject, schema: Schema): string {
  const line = `\`${join(place, `/${name}`)}\` is missing`;
  if (error.instancePath !== '' || typeof value !== 'object' || value === null) return line;
  const other = standIn(value, name, new Set(Object.keys(schema.properties ?? {})));
  return other === undefined ? line : `${line}; there is ${shownName(other)}`;
}

function asDocumented(error: ErrorObject): string {
  if (error.keyword === 'enum') {
    const allowed: unknown = error.params.allowedValues;
    return `the docs allow ${Array.isArray(allowed) ? allowed.join(', ') : 'other values'}`;
  }
  if (error.keyword === 'type') return `the docs say ${String(error.params.type)}`;
  return `it ${error.message ?? 'breaks the schema'}`;
}

/** `[3]` and `/errors` give `[3].errors`. The names are documented ones, so they need no escaping. */
function join(at: string, pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return steps.reduce((path, step) => (path === '' ? step : `${path}.${step}`), at);
}

const longest = 60;

/** A JSON value in a few words: scalars as JSON, cut at 60 characters; arrays and objects by their kind only. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? printable(JSON.stringify(cut(value))) : printable(String(value));
}

/** A field name from a target, in backticks. */
export const shownName = (name: string): string => `\`${printable(cut(name)).replaceAll('`', "'")}\``;

function cut(text: string): string {
  return text.length > longest ? `${[...text.slice(0, longest)].slice(0, -1).join('')}…` : text;
}

/** Control, format, private and unassigned characters, and line separators, as escapes. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
