/** What came of the failures that were expected. Pure: the verdicts of a run and the entries in, the section out. */
import type { Clause } from '../../spec/clause.ts';
import { failureKind } from '../judge/failure-kind.ts';
import type {
  Expectations,
  Expected,
  OutdatedExpectation,
  PlacedExpectation,
  Unexpected,
} from '../model/report.ts';
import type { CheckRecord, RunVerdict, Summary, Verdict } from '../model/verdict.ts';

/** A clause with what became of it in the run that is shown. */
export interface JudgedClause extends Pick<Clause, 'id' | 'operation'> {
  readonly verdict: Verdict;
  readonly checks: readonly Omit<CheckRecord, 'clause'>[];
}

export interface JudgedRun {
  readonly clauses: readonly JudgedClause[];
  /** RFC 3339; an entry counts until the end of its day. */
  readonly startedAt: string;
  /** A warning breaks the run too. */
  readonly strict: boolean;
  /** Ids of clauses that failed in another of many runs: that they pass in this one says nothing. */
  readonly failedElsewhere?: ReadonlySet<string>;
}

/** Holds a run against the entries that are about its target. */
export function heldAgainst(
  { clauses, startedAt, strict, failedElsewhere = new Set() }: JudgedRun,
  { file, entries }: Expected,
): Expectations {
  const failures = clauses.flatMap((clause) => failuresOf(clause));
  const today = startedAt.slice(0, '2026-12-31'.length);
  const expired = (entry: PlacedExpectation): boolean => entry.expires !== undefined && entry.expires < today;
  const covers = (entry: PlacedExpectation, failure: Unexpected): boolean =>
    !expired(entry) && entry.clause === failure.clause && entry.fingerprint === failure.fingerprint;
  const verdicts = new Map(clauses.map((clause) => [clause.id, clause]));
  const breaks = ({ clause }: Unexpected): boolean =>
    verdicts.get(clause)?.verdict === 'fail' || (strict && verdicts.get(clause)?.verdict === 'warn');
  return {
    file,
    met: entries.flatMap((entry) => {
      const checks = failures
        .filter((failure) => covers(entry, failure))
        .flatMap((failure) => failure.checks);
      return checks.length === 0 ? [] : [{ ...entry, checks }];
    }),
    unexpected: failures.filter(
      (failure) => breaks(failure) && !entries.some((entry) => covers(entry, failure)),
    ),
    outdated: entries.flatMap((entry): OutdatedExpectation[] => {
      if (expired(entry)) return [{ ...entry, problem: 'past its date' }];
      if (entry.flaky || failedElsewhere.has(entry.clause)) return [];
      const problem = gone(entry, verdicts.get(entry.clause));
      return problem ? [{ ...entry, problem }] : [];
    }),
  };
}

/** What a clause is broken by, by its kinds. */
function failuresOf({ id, operation, verdict, checks }: JudgedClause): Unexpected[] {
  if (verdict !== 'fail' && verdict !== 'warn') return [];
  const failed = checks.filter((check) => check.verdict === verdict);
  return [...Map.groupBy(failed, (check) => failureKind(check, operation))].map(([fingerprint, alike]) => ({
    clause: id,
    fingerprint,
    checks: alike.map(({ name }) => name),
  }));
}

/** Only what was looked at whole can be said to have gone: a doubt or a skip may hide it still. */
function gone(
  { fingerprint }: PlacedExpectation,
  clause: JudgedClause | undefined,
): OutdatedExpectation['problem'] | undefined {
  if (!clause || clause.checks.length === 0) return undefined;
  if (clause.verdict === 'pass') return 'passes again';
  const whole = clause.checks.every(({ verdict }) => verdict !== 'inconclusive' && verdict !== 'skip');
  const seen = failuresOf(clause).some((failure) => failure.fingerprint === fingerprint);
  return whole && !seen ? 'not seen any more' : undefined;
}

/** What of a report a gate looks at. */
export interface Gated {
  readonly verdict: RunVerdict;
  readonly summary: Pick<Summary, 'must'>;
  readonly expectations?: Expectations;
}

/** What a gate takes a run's verdict for: broken is what nobody expected, and an entry that doesn't hold any more. */
export function gateVerdict({ verdict, summary: { must }, expectations }: Gated): RunVerdict {
  if (!expectations) return verdict;
  if (expectations.unexpected.length > 0 || expectations.outdated.length > 0) return 'non-conformant';
  if (verdict !== 'non-conformant') return verdict;
  return must.proven + must.broken === must.total ? 'conformant' : 'incomplete';
}
