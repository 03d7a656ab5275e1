/** What is wrong with a body, in lines for people. Counts everything, keeps the first few: bodies can be huge. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Schema } from './document.ts';
import { standIn } from './nearest.ts';
import { shown, shownName } from './shown.ts';

const kept = 5;

/** The first five problems, and how many more there were. */
export class Problems {
  readonly #lines: string[] = [];
  #more = 0;

  /** @param line worded only where it is kept */
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
 * @param at where the value that was validated stands in the answer: `[3]`, or '' for the answer itself
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

/** A wrong type breaks the enum too: one place, one problem, and the enum says more. */
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

/** `[3]` and `/errors/0/description` give `[3].errors[0].description`. The names are documented ones, so they are plain. */
export function join(at: string, pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return steps.reduce((path, step) => (path === '' ? step : `${path}.${step}`), at);
}
