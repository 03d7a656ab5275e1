/**
 * report.json: what one run on one target found, as plain data. This file only lays out what it is given:
 * it judges nothing, counts nothing, and reads neither a clock nor a file.
 */

import type { Clause } from '../../spec/clause.ts';
import type { Exchange } from './exchange.ts';
import type { Expectations } from './expectation.ts';
import type { RunRecord, TaskRecord } from './record.ts';
import type { CheckRecord, RunVerdict, Summary, Verdict } from './verdict.ts';

export const reportSchema = 'crdb-conformance/report@1';

/** What a report needs to know of a clause. */
export type ReportedClause = Pick<Clause, 'id' | 'level' | 'basis' | 'operation' | 'statement' | 'reason'> & {
  readonly source: Pick<Clause['source'], 'page' | 'anchor'>;
};

export interface Report {
  readonly schema: typeof reportSchema;
  readonly verdict: RunVerdict;
  readonly target: RunRecord['target'];
  readonly run: RunRecord['run'];
  readonly summary: Summary;
  /** The clauses that the run was about, in the register's order. */
  readonly clauses: readonly ClauseResult[];
  readonly tasks: readonly TaskRecord[];
  readonly exchanges: readonly Exchange[];
  /** Where failures were to be expected: which came, which others did, and what doesn't hold any more. */
  readonly expectations?: Expectations;
}

export interface ClauseResult extends ReportedClause {
  readonly source: ReportedClause['source'] & { readonly url: string };
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/** A check as it was recorded; the clause is the one that it stands under. */
export type CheckResult = Omit<CheckRecord, 'clause'>;

/** How the findings add up, by harness/model/verdict.ts. */
export interface Judgement {
  readonly verdict: RunVerdict;
  readonly summary: Summary;
  /** By clause id; one for each clause of the report. */
  readonly clauseVerdicts: ReadonlyMap<string, Verdict>;
}

/**
 * @param clauses the clauses that the run was about; with a selection, the selected ones alone
 * @param docsUrl where the docs state a clause
 * @throws {RangeError} a check's clause is not among them, or one of them has no verdict: nothing is left out silently
 */
export function buildReport<C extends ReportedClause>(
  record: RunRecord,
  clauses: readonly C[],
  judgement: Judgement,
  docsUrl: (clause: C) => string,
): Report {
  const checks = Map.groupBy(record.checks, ({ clause }) => clause);
  const known = new Set(clauses.map(({ id }) => id));
  for (const id of checks.keys()) {
    if (!known.has(id))
      throw new RangeError(`there are checks of clause ${id}, and the report is not about it`);
  }
  return {
    schema: reportSchema,
    verdict: judgement.verdict,
    target: record.target,
    run: record.run,
    summary: judgement.summary,
    clauses: clauses.map((clause) => ({
      id: clause.id,
      level: clause.level,
      basis: clause.basis,
      operation: clause.operation,
      statement: clause.statement,
      reason: clause.reason,
      source: { page: clause.source.page, anchor: clause.source.anchor, url: docsUrl(clause) },
      verdict: verdictOf(clause.id, judgement),
      checks: (checks.get(clause.id) ?? []).map(({ clause: _, ...check }) => check),
    })),
    tasks: record.tasks,
    exchanges: record.exchanges,
  };
}

function verdictOf(id: string, { clauseVerdicts }: Judgement): Verdict {
  const verdict = clauseVerdicts.get(id);
  if (verdict === undefined) throw new RangeError(`clause ${id} has no verdict`);
  return verdict;
}
