/** The register: all that is tested, hand-written and derived, and what can't be. */
import { readFileSync } from 'node:fs';
import type { Clause, NotTestable } from './clause.ts';
import { parseClauses } from './clauses-file.ts';
import { derivedClauses } from './derived.ts';
import { loadDocument, type OpenApiDocument } from './document.ts';
import { SpecError } from './errors.ts';
import { type Facts, loadFacts } from './fact.ts';
import { rowsOf } from './rows.ts';

export {
  type Basis,
  type Clause,
  type ClauseLevel,
  docsUrl,
  type NotTestable,
  type Source,
} from './clause.ts';

export interface Register {
  /** Hand-written ones first, in the order of clauses.yaml. */
  readonly clauses: readonly Clause[];
  readonly byId: ReadonlyMap<string, Clause>;
  readonly notTestable: readonly NotTestable[];
}

/** What the register is made from. */
export interface RegisterSources {
  /** The text of clauses.yaml. */
  readonly clauses: string;
  readonly facts: Facts;
  readonly document: OpenApiDocument;
}

export const clausesFile = new URL('./clauses.yaml', import.meta.url);

/** The register of the checked-in files. @throws {SpecError} one of them is wrong */
export const loadRegister = (): Register =>
  makeRegister({
    clauses: readFileSync(clausesFile, 'utf8'),
    facts: loadFacts(),
    document: loadDocument(),
  });

/** @throws {SpecError} a malformed clause, an id twice, or a row covered that the docs don't have */
export function makeRegister({ clauses, facts, document }: RegisterSources): Register {
  const file = parseClauses(clauses);
  const rows = new Set(rowsOf(facts).map(({ id }) => id));
  for (const { covers, ...entry } of [...file.clauses, ...file.notTestable]) {
    const unknown = covers.find((row) => !rows.has(row));
    if (unknown !== undefined) {
      const name = 'id' in entry ? entry.id : entry.statement;
      throw wrong(
        `${name} covers \`${unknown}\`, which is no row of the docs`,
        'Name a row such as read.status.404.',
      );
    }
  }
  const covered = new Set([...file.clauses, ...file.notTestable].flatMap(({ covers }) => covers));
  const derived = derivedClauses(facts, document, covered).map((clause) => ({
    ...clause,
    stance: file.derived.get(clause.id) ?? [],
  }));
  const all = [...file.clauses, ...derived];
  const byId = new Map(all.map((clause) => [clause.id, clause] as const));
  const twice = all.find((clause, index) => all.findIndex(({ id }) => id === clause.id) !== index);
  if (twice) throw wrong(`the id \`${twice.id}\` is there twice`, 'Give one of them another id.');
  const stray = [...file.derived.keys()].find((id) => !derived.some((clause) => clause.id === id));
  if (stray !== undefined)
    throw wrong(`\`derived\` names ${stray}, which is no derived clause`, 'Mend or remove it.');
  return { clauses: all, byId, notTestable: file.notTestable };
}

const wrong = (what: string, remedy: string): SpecError => new SpecError(`clauses.yaml: ${what}.`, remedy);
