/** What a target is held to: one edition of the docs, its clauses, its validators and the checks of its clauses. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Edition, loadEdition, readable } from '../../spec/edition.ts';
import { clausesFile, docsUrl, loadRegister, type Register } from '../../spec/register.ts';
import { loadValidators, type Validators } from '../../spec/validators.ts';
import { globalClauses } from '../judge/global-checks.ts';
import { version } from '../model/package.ts';
import type { Started } from '../model/report.ts';
import { everyExchange } from './attribution.ts';
import { type CheckBook, plannedChecks, readSuites, suiteFiles } from './clause.ts';
import type { RunPowers } from './powers.ts';

/** Immutable, so that any number of runs may share it. */
export interface Contract {
  readonly edition: Edition;
  readonly register: Register;
  readonly validators: Validators;
  /** The checks of the clauses that the edition has, by clause. */
  readonly book: CheckBook;
}

/**
 * The contract of an edition.
 * @param named an edition, `latest`, or a folder that holds one; undefined: the default one
 * @throws {SpecError} there is none, or none that can be read
 */
export async function loadContract(named?: string): Promise<Contract> {
  const edition = loadEdition(named);
  const register = loadRegister(edition);
  const validators = readable(`Edition ${edition.name}`, () => loadValidators(edition.document));
  const book = new Map([...(await readSuites())].filter(([id]) => register.byId.has(id)));
  return { edition, register, validators, book };
}

/** The harness, the docs and the suites of today, by version and hash, as a journal and a report name them. */
export const judgedBy = ({
  edition: { name, documentFile },
}: Pick<Contract, 'edition'>): Pick<Started['run'], 'harnessVersion' | 'docsVersion' | 'hashes'> => ({
  harnessVersion: version,
  docsVersion: name,
  hashes: { suites: hashOf(suiteFiles), openapi: hashOf([documentFile]), clauses: hashOf([clausesFile]) },
});

/** SHA-256 of some files' contents, in the order given; the first 16 hex digits. */
function hashOf(files: readonly URL[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/**
 * What a report must know to state every clause, and every check, also of those that were never run.
 * @param clauses the clauses of the run
 * @param reach what the run can have
 */
export function reportedContract(
  clauses: readonly string[],
  reach: RunPowers,
  { book, register }: Pick<Contract, 'book' | 'register'>,
): Pick<Started, 'register' | 'checks'> {
  return {
    register: register.clauses.map((clause) => ({
      id: clause.id,
      level: clause.level,
      basis: clause.basis,
      operation: clause.operation,
      statement: clause.statement,
      reason: clause.reason,
      source: {
        page: clause.source.page,
        anchor: clause.source.anchor,
        url: docsUrl(clause, register.edition),
      },
    })),
    checks: [
      ...plannedChecks(book, clauses, reach).map(({ clause, name, suite, sharpens }) => ({
        clause,
        name,
        suite,
        ...(sharpens ? { sharpens } : {}),
      })),
      ...globalClauses
        .filter((id) => reach.replay === undefined && clauses.includes(id))
        .map((clause) => ({ clause, name: everyExchange, suite: everyExchange })),
    ],
  };
}
