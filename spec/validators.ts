/**
 * The OpenAPI document as validators of response bodies, by operation and status. Long lists must not cost memory: a
 * schema is cut at its arrays, and each row is validated by itself before the errors of the next one arise.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type OperationName, operationNames } from './contract.ts';
import { loadDocument, type OpenApiDocument, operationOf, resolvedSchema, type Schema } from './edition.ts';
import { addErrors, Problems, shownName } from './problems.ts';
import { field, isRecord } from './record.ts';

/** What the docs say about the responses of one operation. */
export interface DocumentedAnswers {
  /** The documented status codes, ascending. */
  readonly statuses: readonly number[];
  /** The documented media type of a 200: `application/json`; undefined if any body, or none, is fine. */
  readonly mediaType: string | undefined;
}

/** A value without its nulls, and where they were. */
export interface WithoutNulls {
  /** The same value if nothing was removed; never changed in place. */
  readonly value: unknown;
  /** `[3].ended`: at most five places, and then how many more. */
  readonly nulls: string[];
}

export interface Validators {
  readonly operations: Readonly<Record<OperationName, DocumentedAnswers>>;
  /**
   * Problems of a parsed body, one line each: at most five, and then `and N more`. None if the body is valid, or if
   * the docs don't describe the body of that status.
   */
  validate(operation: OperationName, status: number, value: unknown): string[];
  /** Removes documented fields that are null from a task or a list of tasks. Call it before `validate`. */
  withoutNulls(value: unknown): WithoutNulls;
}

const json = 'application/json';

/**
 * The validators of a document, each compiled at its first use; by default of the checked-in one.
 * @throws {SpecError} the document lacks an operation
 */
export function loadValidators(document: OpenApiDocument = loadDocument()): Validators {
  const checks = new Map<string, () => SchemaCheck>();
  for (const operation of operationNames) {
    for (const [status, { content }] of Object.entries(operationOf(document, operation).responses)) {
      const schema = content?.[json]?.schema;
      if (schema)
        checks.set(
          `${operation} ${status}`,
          once(() => compile(newAjv(), document, schema)),
        );
    }
  }
  const answersTo = (operation: OperationName): DocumentedAnswers => ({
    statuses: Object.keys(operationOf(document, operation).responses).map(Number),
    mediaType: checks.has(`${operation} 200`) ? json : undefined,
  });
  const schemaOf = (operation: OperationName): Schema =>
    operationOf(document, operation).responses['200']?.content?.[json]?.schema ?? {};
  const places = {
    list: placesOf(document, schemaOf('list')),
    read: placesOf(document, schemaOf('read')),
  };
  return {
    operations: { list: answersTo('list'), read: answersTo('read'), cancel: answersTo('cancel') },
    validate(operation, status, value) {
      const check = checks.get(`${operation} ${status}`)?.();
      if (!check) return [];
      const wrapped = wrappedList(check, value);
      return wrapped === undefined ? problemsOf(check, value) : [wrapped];
    },
    withoutNulls: (value) => withoutNulls(Array.isArray(value) ? places.list : places.read, value),
  };
}

/** Tests check the schemas against their meta-schema. To check them here too would double the time to compile. */
function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, meta: false, validateSchema: false });
  addFormats.default(ajv);
  return ajv;
}

function once<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The problem of an object that wraps the documented array; undefined if that is not what is wrong. */
function wrappedList(check: SchemaCheck, value: unknown): string | undefined {
  const rows = check.arrays.find(({ path }) => path.length === 0)?.rows;
  if (!rows || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const name = Object.entries(value).find(
    ([key, held]) => Array.isArray(held) && rows.schema.properties?.[key] === undefined,
  )?.[0];
  if (name === undefined) return undefined;
  return `the answer is an object with the list under ${shownName(name)}; the docs say a JSON array`;
}

/**
 * A problem with its request: ``GET /v1/crdb_tasks/7 → 200: `id` is missing``.
 * @param asked method and path, as sent
 */
export const asMessage = (asked: string, status: number, problem: string): string =>
  `${asked} → ${status}: ${problem}`;

interface SchemaCheck {
  readonly schema: Schema;
  /** Validates everything except the rows of arrays. */
  readonly validate: ValidateFunction;
  readonly arrays: readonly ArrayCheck[];
}

interface ArrayCheck {
  /** Names of the fields that lead to the array; none if the value itself is the array. */
  readonly path: readonly string[];
  readonly rows: SchemaCheck;
}

/** Compiles a schema of the document, references resolved. */
function compile(ajv: Ajv2020, document: OpenApiDocument, schema: Schema): SchemaCheck {
  const arrays: ArrayCheck[] = [];
  const cut = (part: Schema, path: readonly string[]): Schema => {
    const whole = resolvedSchema(document, part);
    if (whole.items) {
      arrays.push({ path, rows: compile(ajv, document, whole.items) });
      const { items: _, ...rest } = whole;
      return rest;
    }
    if (!whole.properties) return whole;
    const properties = Object.entries(whole.properties).map(
      ([name, property]) => [name, cut(property, [...path, name])] as const,
    );
    return { ...whole, properties: Object.fromEntries(properties) };
  };
  const shallow = cut(schema, []);
  return { schema: shallow, validate: ajv.compile(shallow), arrays };
}

function problemsOf(check: SchemaCheck, value: unknown): string[] {
  const problems = new Problems();
  collect(check, value, () => '', problems);
  return problems.lines();
}

function collect(check: SchemaCheck, value: unknown, at: () => string, problems: Problems): void {
  if (!check.validate(value)) addErrors(problems, check.validate.errors ?? [], at, value, check.schema);
  for (const { path, rows } of check.arrays) {
    const array = path.reduce(field, value);
    if (!Array.isArray(array)) continue; // absent, or reported as a wrong type already
    array.forEach((row, index) => {
      collect(
        rows,
        row,
        () => `${[at(), ...path].filter((step) => step !== '').join('.')}[${index}]`,
        problems,
      );
    });
  }
}

/** The documented places below a value: the rows of an array, or the fields of an object. */
interface Places {
  readonly rows?: Places;
  readonly fields?: readonly (readonly [name: string, places: Places])[];
}

/** The documented places of a schema, with references resolved once for all answers. */
function placesOf(document: OpenApiDocument, schema: Schema): Places {
  const { items, properties } = resolvedSchema(document, schema);
  return {
    ...(items && { rows: placesOf(document, items) }),
    ...(properties && {
      fields: Object.entries(properties).map(([name, held]) => [name, placesOf(document, held)] as const),
    }),
  };
}

/**
 * Removes documented fields that are null. Undocumented fields may hold anything, and a null that is a row of an array
 * stays, because to remove it would move the rows after it.
 */
function withoutNulls(places: Places, value: unknown): WithoutNulls {
  if (!holdsNull(places, value)) return { value, nulls: [] };
  const nulls = new Problems();
  return { value: strip(places, value, () => '', nulls), nulls: nulls.lines() };
}

/** Whether something is to be removed. Most lists have nothing, and a list can have 100,000 rows. */
function holdsNull({ rows, fields = [] }: Places, value: unknown): boolean {
  if (rows && Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (holdsNull(rows, value[index])) return true;
    return false;
  }
  if (!isRecord(value)) return false;
  for (const place of fields) {
    const held = value[place[0]]; // no documented name is one that every object inherits
    if (held === null || (typeof held === 'object' && holdsNull(place[1], held))) return true;
  }
  return false;
}

/** @param at where the value is; called only where a null is found, for a list can have 100,000 rows */
function strip(places: Places, value: unknown, at: () => string, nulls: Problems): unknown {
  if (places.rows && Array.isArray(value)) {
    const { rows } = places;
    let result: unknown[] | undefined;
    for (const [index, row] of value.entries()) {
      const after = strip(rows, row, () => `${at()}[${index}]`, nulls);
      if (after === row) continue;
      result ??= [...value];
      result[index] = after;
    }
    return result ?? value;
  }
  if (!places.fields || !isRecord(value)) return value;
  let result: Record<string, unknown> | undefined;
  for (const [name, inner] of places.fields) {
    const before = value[name]; // no documented name is one that every object inherits
    if (typeof before !== 'object') continue;
    const here = (): string => (at() === '' ? name : `${at()}.${name}`);
    const after = before === null ? undefined : strip(inner, before, here, nulls);
    if (after === before) continue;
    result ??= { ...value };
    if (before === null) {
      nulls.add(here);
      delete result[name];
    } else result[name] = after;
  }
  return result ?? value;
}
