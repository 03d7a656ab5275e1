/** Clauses: the statements of the contract that can be tested, and how clauses.yaml writes them down. */
import { parseDocument } from 'yaml';
import { type OperationName, operationNames } from './contract.ts';
import { isRecord, SpecError } from './record.ts';

export const clauseLevels = ['must', 'should', 'may'] as const;
export type ClauseLevel = (typeof clauseLevels)[number];

const bases = ['stated', 'implied'] as const;
export type Basis = (typeof bases)[number];

/** Where the docs say it. */
export interface Source {
  /** `requests/crdb_tasks` */
  readonly page: string;
  /** The heading's anchor; '' above the first heading. */
  readonly anchor: string;
  /** Of the sentence or table cell that the statement rests on. */
  readonly fingerprint: string;
}

/** What clauses and untestable statements have in common. */
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

export interface ClausesFile {
  readonly clauses: readonly Clause[];
  /** The stance rows of derived clauses, by clause id. */
  readonly derived: ReadonlyMap<string, readonly string[]>;
  readonly notTestable: readonly NotTestable[];
  readonly stanceNotCovered: readonly StanceNotCovered[];
}

/**
 * Reads the text of clauses.yaml.
 * @throws {SpecError} it is no YAML, or an entry is malformed; the message names the entry
 */
export function parseClauses(text: string): ClausesFile {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw mistake(`is no YAML: ${error.message.split('\n')[0] ?? ''}`);
  const file: unknown = document.toJS();
  if (!isRecord(file)) throw mistake('holds no clauses');
  const entries = (key: string): readonly EntryReader[] => {
    const value = file[key];
    if (!Array.isArray(value)) throw mistake(`has no list \`${key}\``);
    return value.map((entry: unknown, index) => {
      const id = isRecord(entry) && typeof entry.id === 'string' ? entry.id : `${key}[${index}]`;
      return new EntryReader(id, entry);
    });
  };
  return {
    clauses: entries('clauses').map(clauseOf),
    derived: new Map(
      Object.entries(isRecord(file.derived) ? file.derived : {}).map(
        ([id, entry]) => [id, new EntryReader(id, entry).names('stance')] as const,
      ),
    ),
    notTestable: entries('notTestable').map(entryOf),
    stanceNotCovered: entries('stanceNotCovered').map((entry) => ({
      row: entry.text('row'),
      reason: entry.text('reason'),
    })),
  };
}

const idPattern = /^[a-z][a-z0-9]*([.-][a-z0-9]+)*$/;

function clauseOf(entry: EntryReader): Clause {
  const id = entry.text('id');
  if (!idPattern.test(id)) throw mistake(`: the id \`${id}\` is not lower-case words with dots and hyphens`);
  return {
    id,
    level: entry.oneOf('level', clauseLevels),
    basis: entry.oneOf('basis', bases),
    operation: entry.oneOf('operation', [...operationNames, 'any']),
    derived: false,
    ...entryOf(entry),
    ...(entry.has('until') ? { until: entry.text('until') } : {}),
  };
}

const entryOf = (entry: EntryReader): Entry => ({
  statement: entry.text('statement'),
  reason: entry.text('reason'),
  source: entry.source(),
  since: entry.text('since'),
  covers: entry.names('covers'),
  stance: entry.names('stance'),
});

/** The fields of one entry of clauses.yaml, each checked when it is read. */
class EntryReader {
  readonly #name: string;
  readonly #entry: Readonly<Record<string, unknown>>;

  constructor(name: string, entry: unknown) {
    if (!isRecord(entry)) throw mistake(`: ${name} is no mapping`);
    this.#name = name;
    this.#entry = entry;
  }

  has(key: string): boolean {
    return key in this.#entry;
  }

  text(key: string): string {
    const value = this.#entry[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw mistake(`: ${this.#name} has no ${key}`);
  }

  oneOf<const Value extends string>(key: string, values: readonly Value[]): Value {
    const text = this.text(key);
    const value = values.find((known) => known === text);
    if (value !== undefined) return value;
    throw mistake(`: ${this.#name} has the unknown ${key} \`${text}\`; known are ${values.join(', ')}`);
  }

  names(key: string): readonly string[] {
    const value = this.#entry[key] ?? [];
    if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
    throw mistake(`: ${this.#name}: ${key} is no list of names`);
  }

  source(): Source {
    const source = new EntryReader(`${this.#name}: source`, this.#entry.source);
    const { anchor } = source.#entry;
    if (typeof anchor !== 'string') throw mistake(`: ${this.#name}: source has no anchor`);
    const fingerprint = source.text('fingerprint');
    if (!/^[0-9a-f]{16}$/.test(fingerprint))
      throw mistake(`: ${this.#name}: its fingerprint is not 16 hexadecimal digits`);
    return { page: source.text('page'), anchor, fingerprint };
  }
}

const mistake = (what: string): SpecError =>
  new SpecError(
    `clauses.yaml${what.startsWith(':') ? what : ` ${what}`}.`,
    'Correct that entry in spec/clauses.yaml.',
  );
