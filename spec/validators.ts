/** The checked-in OpenAPI document as validators, by operation and status. Judges bodies; knows no network and no clause. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type OperationName, operationNames } from './contract.ts';
import { loadDocument, type OpenApiDocument, operationOf, type Schema } from './document.ts';
import { placesOf, withoutNulls as strip, type WithoutNulls } from './nulls.ts';
import { compile, problemsOf, type SchemaCheck } from './schema-check.ts';
import { shownName } from './shown.ts';

export type { WithoutNulls } from './nulls.ts';

/** What the docs say about the answers of one operation. */
export interface DocumentedAnswers {
  /** The documented status codes, ascending. */
  readonly statuses: readonly number[];
  /** The documented media type of a 200: `application/json`; undefined where any body, and none, will do. */
  readonly mediaType: string | undefined;
}

export interface Validators {
  readonly operations: Readonly<Record<OperationName, DocumentedAnswers>>;
  /**
   * Readable problems of a parsed body, one line each, at most five and then `and N more`; none where it is
   * valid, or where the docs say nothing about the body of that status.
   */
  validate(operation: OperationName, status: number, value: unknown): string[];
  /** Takes the documented fields that are null out of a task or a list of tasks. Call it before `validate`. */
  withoutNulls(value: unknown): WithoutNulls;
}

const json = 'application/json';

/**
 * Compiles the validators of the checked-in document.
 * @throws {SpecError} the document lacks an operation
 */
export function loadValidators(document: OpenApiDocument = loadDocument()): Validators {
  // The schemas are ours and tested against their meta-schema; checking them again would double the time to load.
  const ajv = new Ajv2020({ allErrors: true, verbose: true, meta: false, validateSchema: false });
  addFormats.default(ajv);
  const checks = new Map<string, SchemaCheck>();
  for (const operation of operationNames) {
    for (const [status, { content }] of Object.entries(operationOf(document, operation).responses)) {
      const schema = content?.[json]?.schema;
      if (schema) checks.set(`${operation} ${status}`, compile(ajv, document, schema));
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
      const check = checks.get(`${operation} ${status}`);
      if (!check) return [];
      const wrapped = wrappedList(check, value);
      return wrapped === undefined ? problemsOf(check, value) : [wrapped];
    },
    withoutNulls: (value) => strip(Array.isArray(value) ? places.list : places.read, value),
  };
}

/** Where an array is documented and an object holds it under a name of its own: the line that says so. */
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
 * A problem as a reader meets it: ``GET /v1/crdb_tasks/7 → 200: `id` is missing``.
 * @param asked method and path, as sent
 */
export const asMessage = (asked: string, status: number, problem: string): string =>
  `${asked} → ${status}: ${problem}`;
