/** Clauses: the statements of the contract that can be tested, and the schema of the file that lists them. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { type OperationName, operationNames } from './contract.ts';
import { placeKey } from './facts.ts';
import { field, SpecError } from './record.ts';

const clauseLevels = ['must', 'should', 'may'] as const;
export type ClauseLevel = (typeof clauseLevels)[number];

const bases = ['stated', 'implied'] as const;
export type Basis = (typeof bases)[number];

export interface Source {
  /** `requests/crdb_tasks` */
  readonly page: string;
  /** The heading's anchor; '' above the first heading. */
  readonly anchor: string;
  /** Of the sentence or table cell that the statement rests on. */
  readonly fingerprint: string;
  /** Fingerprints of the same statement in the words of other editions. In a register `fingerprint` is the edition's. */
  readonly otherWords?: readonly string[];
}

interface Entry {
  /** In our own words. */
  readonly statement: string;
  /** For a clause: why the docs ask for it. Otherwise: why no request can show it. */
  readonly reason: string;
  readonly source: Source;
  /** The first edition of the docs that asks for it: `7.8`. */
  readonly since: string;
  /** The rows of the docs that it tests: `read.status.404`, `read.parameter.verbose`, `field.status`. */
  readonly covers: readonly string[];
  /** The rows of the stance table that it tests, as slugs of their questions. */
  readonly stance: readonly string[];
}

export interface Clause extends Entry {
  /** Never changed or reused. */
  readonly id: string;
  readonly level: ClauseLevel;
  readonly basis: Basis;
  /** `any`: all three operations. */
  readonly operation: OperationName | 'any';
  /** The first edition that no longer asks for it. */
  readonly until?: string;
  /** Made from a row of the docs, not written by hand. */
  readonly derived: boolean;
}

/** A statement of the docs or the stance that no request can show. */
export type NotTestable = Entry;

/** A row of the stance table, or a part of one, that no clause tests yet. */
export interface StanceNotCovered {
  readonly row: string;
  readonly reason: string;
}

/** The public page of an edition, at the heading of the source. */
export function docsUrl({ source }: Pick<Clause, 'source'>, edition: string): string {
  const page = `https://redis.io/docs/latest/operate/rs/${edition}/references/rest-api/${source.page}/`;
  return source.anchor === '' ? page : `${page}#${source.anchor}`;
}

/**
 * A source in the words that a page has.
 * @param places by `placeKey`
 * @returns undefined if the page has none of its known words
 */
export function wordsIn(places: ReadonlyMap<string, unknown>, source: Source): Source | undefined {
  const { page, fingerprint, otherWords = [] } = source;
  const all = [fingerprint, ...otherWords];
  const found = all.find((one) => places.has(placeKey({ page, fingerprint: one })));
  if (found === undefined) return undefined;
  if (found === fingerprint) return source;
  return { ...source, fingerprint: found, otherWords: all.filter((one) => one !== found) };
}

export interface ClausesFile {
  readonly clauses: readonly Clause[];
  /** The stance rows of derived clauses, by clause id. */
  readonly derived: Readonly<Record<string, Pick<Clause, 'stance'>>>;
  readonly notTestable: readonly NotTestable[];
  readonly stanceNotCovered: readonly StanceNotCovered[];
}

const text = { type: 'string', pattern: '\\S' };
const names = { type: 'array', items: text, default: [] };
const fingerprint = { type: 'string', pattern: '^[0-9a-f]{16}$' };
const source = { page: text, anchor: { type: 'string' }, fingerprint };
const entry = {
  statement: text,
  reason: text,
  source: {
    ...object(source),
    properties: { ...source, otherWords: { type: 'array', items: fingerprint } },
  },
  since: text,
  covers: names,
  stance: names,
};
const clause = {
  id: { type: 'string', pattern: '^[a-z][a-z0-9]*([.-][a-z0-9]+)*$' },
  level: { enum: clauseLevels },
  basis: { enum: bases },
  operation: { enum: [...operationNames, 'any'] },
  derived: { const: false, default: false },
  ...entry,
};
const schema = object({
  clauses: { type: 'array', items: { ...object(clause), properties: { ...clause, until: text } } },
  derived: { type: 'object', additionalProperties: object({ stance: names }) },
  notTestable: { type: 'array', items: object(entry) },
  stanceNotCovered: { type: 'array', items: object({ row: text, reason: text }) },
});

/** The schema of an object that has exactly these properties; Ajv adds those with a default. */
function object(properties: Readonly<Record<string, unknown>>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** Compiled at its first use: that takes longer than to read the file. */
let isClausesFile: ValidateFunction<ClausesFile> | undefined;

/**
 * Reads the text of clauses.yaml.
 * @throws {SpecError} it is not valid YAML, or an entry is malformed; the message names the entry
 */
export function parseClauses(yaml: string): ClausesFile {
  let file: unknown;
  try {
    file = load(yaml);
  } catch (error) {
    throw mistake(` is not valid YAML: ${String(error).split('\n')[0]}`);
  }
  const options = { useDefaults: true, verbose: true, meta: false, validateSchema: false };
  isClausesFile ??= new Ajv2020(options).compile<ClausesFile>(schema);
  if (isClausesFile(file)) return file;
  const [error] = isClausesFile.errors ?? [];
  throw mistake(error ? `: ${inWords(error, file)}` : ' is malformed');
}

/** `list.empty: level must be equal to one of the allowed values: must, should, may; it is "shall"` */
function inWords({ instancePath, message, params, data }: ErrorObject, file: unknown): string {
  const [, list = '', row = '', ...path] = instancePath.split('/');
  const rows = field(file, list);
  const id = Array.isArray(rows) ? field(rows[Number(row)], 'id') : row;
  const place = row === '' ? list || 'the file' : typeof id === 'string' ? id : `${list}[${row}]`;
  const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : '';
  const found = typeof data === 'string' ? `; it is "${data}"` : '';
  return `${[place, path.join('.')].filter((part) => part !== '').join(': ')} ${message}${allowed}${found}`;
}

const mistake = (what: string): SpecError =>
  new SpecError(`clauses.yaml${what}.`, 'Correct that entry in spec/clauses.yaml.');
