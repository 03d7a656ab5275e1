/** Documented fields that are null: taken out before validation, for null instead of absent is only worth a warning. */
import { type OpenApiDocument, resolved, type Schema } from './document.ts';
import { Problems } from './problems.ts';
import { isRecord } from './record.ts';

/** The value without its nulls, and where they were. */
export interface WithoutNulls {
  /** The very same value where nothing was taken out; never changed in place. */
  readonly value: unknown;
  /** `[3].ended`, at most five, and then how many more. */
  readonly nulls: string[];
}

/** The documented places below a value: the rows of an array, or the fields of an object. */
export interface Places {
  readonly rows?: Places;
  readonly fields?: readonly (readonly [name: string, places: Places])[];
}

/** The documented places of a schema, references resolved once for all answers. */
export function placesOf(document: OpenApiDocument, schema: Schema): Places {
  const { items, properties } = resolved(document, schema);
  return {
    ...(items && { rows: placesOf(document, items) }),
    ...(properties && {
      fields: Object.entries(properties).map(([name, held]) => [name, placesOf(document, held)] as const),
    }),
  };
}

/**
 * Takes out the documented fields that are null. Those that the docs don't know may hold anything,
 * and a null that is a row of an array stays: leaving it out would move the others.
 */
export function withoutNulls(places: Places, value: unknown): WithoutNulls {
  const nulls = new Problems();
  return { value: strip(places, value, { step: '' }, nulls), nulls: nulls.lines() };
}

/** Where the walk is. Worded only where a null is found, for a list can have 100,000 rows. */
interface Trail {
  readonly step: string | number;
  readonly above?: Trail;
}

function worded({ step, above }: Trail): string {
  if (!above) return String(step);
  const path = worded(above);
  if (typeof step === 'number') return `${path}[${step}]`;
  return path === '' ? step : `${path}.${step}`;
}

function strip(places: Places, value: unknown, at: Trail, nulls: Problems): unknown {
  if (places.rows && Array.isArray(value)) return stripRows(places.rows, value, at, nulls);
  if (places.fields && isRecord(value)) return stripFields(places.fields, value, at, nulls);
  return value;
}

function stripRows(places: Places, value: readonly unknown[], at: Trail, nulls: Problems): unknown {
  let result: unknown[] | undefined;
  for (const [index, row] of value.entries()) {
    const after = strip(places, row, { step: index, above: at }, nulls);
    if (after === row) continue;
    result ??= [...value];
    result[index] = after;
  }
  return result ?? value;
}

function stripFields(
  fields: NonNullable<Places['fields']>,
  value: Readonly<Record<string, unknown>>,
  at: Trail,
  nulls: Problems,
): unknown {
  let result: Record<string, unknown> | undefined;
  for (const [name, places] of fields) {
    const before = value[name]; // no documented name is one that every object inherits
    if (before === null) {
      nulls.add(() => worded({ step: name, above: at }));
      result ??= { ...value };
      delete result[name];
    } else if (typeof before === 'object') {
      const after = strip(places, before, { step: name, above: at }, nulls);
      if (after === before) continue;
      result ??= { ...value };
      result[name] = after;
    }
  }
  return result ?? value;
}
