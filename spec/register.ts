/** The register: all that is tested, hand-written and derived, and what can't be. */
import { readFileSync } from 'node:fs';
import { askedIn, type NotAsked } from './asked.ts';
import type { Clause, NotTestable } from './clause.ts';
import { parseClauses } from './clauses-file.ts';
import { edition as checkedIn } from './contract.ts';
import { derivedClauses } from './derived.ts';
import type { OpenApiDocument } from './document.ts';
import { type Edition, isOlder, loadEdition, readable } from './edition.ts';
import { SpecError } from './errors.ts';
import type { Facts } from './fact.ts';
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
  /** The edition of the docs whose contract it is: `7.8`. */
  readonly edition: string;
  /** Hand-written ones first, in the order of clauses.yaml. */
  readonly clauses: readonly Clause[];
  readonly byId: ReadonlyMap<string, Clause>;
  readonly notTestable: readonly NotTestable[];
  /** Hand-written clauses that this edition doesn't ask for. */
  readonly notAsked: readonly NotAsked[];
}

/** What the register is made from. */
export interface RegisterSources {
  /** The text of clauses.yaml. */
  readonly clauses: string;
  readonly facts: Facts;
  readonly document: OpenApiDocument;
  /** The clauses of the edition that the project ships, where this is another. */
  readonly known?: readonly Clause[];
}

export const clausesFile = new URL('./clauses.yaml', import.meta.url);

/** The register of an edition, of the checked-in one unless told otherwise. @throws {SpecError} a file of it is wrong */
export const loadRegister = ({ name, facts, document }: Edition = loadEdition()): Register =>
  readable(`Edition ${name}`, () =>
    makeRegister({
      clauses: readFileSync(clausesFile, 'utf8'),
      facts,
      document,
      ...(name === checkedIn ? {} : { known: loadRegister().clauses }),
    }),
  );

/** @throws {SpecError} a malformed clause, an id twice, or a row covered that the docs don't have */
export function makeRegister({ clauses, facts, document, known = [] }: RegisterSources): Register {
  const { asked: file, notAsked } = askedIn(parseClauses(clauses), facts);
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
    since: sinceOf(clause, known),
    stance: file.derived.get(clause.id) ?? [],
  }));
  const all = [...file.clauses, ...derived];
  const byId = new Map(all.map((clause) => [clause.id, clause] as const));
  const twice = all.find((clause, index) => all.findIndex(({ id }) => id === clause.id) !== index);
  if (twice) throw wrong(`the id \`${twice.id}\` is there twice`, 'Give one of them another id.');
  const stray =
    facts.edition === checkedIn
      ? [...file.derived.keys()].find((id) => !derived.some((clause) => clause.id === id))
      : undefined; // another edition may lack the row
  if (stray !== undefined)
    throw wrong(`\`derived\` names ${stray}, which is no derived clause`, 'Mend or remove it.');
  return { edition: facts.edition, clauses: all, byId, notTestable: file.notTestable, notAsked };
}

/** A derived clause of a newer edition that the shipped one has too is as old as that one. */
function sinceOf({ id, since }: Clause, known: readonly Clause[]): string {
  const older = known.find((clause) => clause.id === id)?.since;
  return older !== undefined && isOlder(older, since) ? older : since;
}

const wrong = (what: string, remedy: string): SpecError => new SpecError(`clauses.yaml: ${what}.`, remedy);
