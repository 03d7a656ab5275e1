/** Reads clauses.yaml. Every mistake in it is told by the id of the clause that has it. */
import { parseDocument } from 'yaml';
import { bases, type Clause, clauseLevels, type NotTestable, type Source } from './clause.ts';
import { operationNames } from './contract.ts';
import { SpecError } from './errors.ts';
import { isRecord } from './record.ts';

export interface ClausesFile {
  readonly clauses: readonly Clause[];
  /** What is said by hand about clauses that are derived, by their id. */
  readonly derived: ReadonlyMap<string, readonly string[]>;
  readonly notTestable: readonly NotTestable[];
}

const idPattern = /^[a-z][a-z0-9]*([.-][a-z0-9]+)*$/;

/** @throws {SpecError} it is no YAML, or a clause is malformed */
export function parseClauses(text: string): ClausesFile {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw mistake(`is no YAML: ${error.message.split('\n')[0] ?? ''}`);
  const file: unknown = document.toJS();
  if (!isRecord(file)) throw mistake('holds no clauses');
  return {
    clauses: list(file.clauses, 'clauses').map((entry, index) =>
      clause(new Reader(nameOf(entry, index), entry)),
    ),
    derived: new Map(
      Object.entries(isRecord(file.derived) ? file.derived : {}).map(
        ([id, entry]) => [id, new Reader(id, entry).names('stance')] as const,
      ),
    ),
    notTestable: list(file.notTestable, 'notTestable').map((entry, index) =>
      notTestable(new Reader(`notTestable[${index}]`, entry)),
    ),
  };
}

function clause(entry: Reader): Clause {
  const id = entry.text('id');
  if (!idPattern.test(id)) throw mistake(`: the id \`${id}\` is not lower-case words with dots and hyphens`);
  return {
    id,
    level: entry.oneOf('level', clauseLevels),
    basis: entry.oneOf('basis', bases),
    operation: entry.oneOf('operation', [...operationNames, 'any']),
    derived: false,
    ...notTestable(entry),
    ...(entry.has('until') ? { until: entry.text('until') } : {}),
  };
}

const notTestable = (entry: Reader): NotTestable => ({
  statement: entry.text('statement'),
  reason: entry.text('reason'),
  source: entry.source(),
  since: entry.text('since'),
  covers: entry.names('covers'),
  stance: entry.names('stance'),
});

/** The fields of one entry, each checked as it is asked for. */
class Reader {
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
    if (value === undefined) {
      throw mistake(`: ${this.#name} has the unknown ${key} \`${text}\`; known are ${values.join(', ')}`);
    }
    return value;
  }

  names(key: string): readonly string[] {
    const value = this.#entry[key] ?? [];
    if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
    throw mistake(`: ${this.#name}: ${key} is no list of names`);
  }

  source(): Source {
    const source = new Reader(`${this.#name}: source`, this.#entry.source);
    const { anchor } = source.#entry;
    if (typeof anchor !== 'string') throw mistake(`: ${this.#name}: source has no anchor`);
    const fingerprint = source.text('fingerprint');
    if (!/^[0-9a-f]{16}$/.test(fingerprint))
      throw mistake(`: ${this.#name}: its fingerprint is not 16 hexadecimal digits`);
    return { page: source.text('page'), anchor, fingerprint };
  }
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw mistake(` has no list \`${name}\``);
}

const nameOf = (entry: unknown, index: number): string =>
  isRecord(entry) && typeof entry.id === 'string' ? entry.id : `clauses[${index}]`;

const mistake = (what: string): SpecError =>
  new SpecError(
    `clauses.yaml${what.startsWith(':') ? what : ` ${what.trim()}`}.`,
    'Mend that entry in spec/clauses.yaml.',
  );
