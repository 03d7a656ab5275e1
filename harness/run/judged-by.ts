/** What a run is judged by, as its journal and its report name it. */
import { clausesFile, docsUrl, type Register } from '../../spec/register.ts';
import { heldTo } from '../judge/documented.ts';
import { globalClauses } from '../judge/global-checks.ts';
import type { Started } from '../model/events.ts';
import { hashOf, version } from '../model/package.ts';
import { everyExchange } from './attribution.ts';
import type { Check } from './clause.ts';
import { suiteFiles } from './suites.ts';

/** The harness, the docs and the suites of today, by version and hash. */
export const judgedBy = (): Pick<Started['run'], 'harnessVersion' | 'docsVersion' | 'hashes'> => ({
  harnessVersion: version,
  docsVersion: heldTo().name,
  hashes: {
    suites: hashOf(suiteFiles),
    openapi: hashOf([heldTo().documentFile]),
    clauses: hashOf([clausesFile]),
  },
});

/** What a report has to know to tell of every clause and of every check, also of those that never came to be. */
export function whatIsToBeTold(
  clauses: readonly string[],
  book: ReadonlyMap<string, readonly Check[]>,
  register: Register,
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
      ...clauses
        .flatMap((id) => book.get(id) ?? [])
        .map(({ clause, name, suite }) => ({ clause, name, suite })),
      ...globalClauses
        .filter((id) => clauses.includes(id))
        .map((clause) => ({ clause, name: everyExchange, suite: everyExchange })),
    ],
  };
}
