/** What every part of the page is given. Texts of clauses, target and run are printable; those of exchanges are not yet. */

import type { Exchange } from '../../harness/model/exchange.ts';
import type { TaskRecord } from '../../harness/model/record.ts';
import type { CheckResult, ClauseResult, Report } from '../../harness/model/report.ts';
import { printable, printableData } from '../escape.ts';
import { type Evidence, evidenceOf, repeating } from '../evidence.ts';
import type { Known } from '../known.ts';

export interface Page {
  readonly report: Report;
  /** Since when a broken clause is broken, in a few words by its id. */
  readonly since: ReadonlyMap<string, string>;
  readonly evidence: (check: CheckResult) => Evidence;
  /** The cURL line that repeats an exchange. */
  readonly curl: (exchange: Exchange) => string;
  /** The exchanges that show a check, in the order that it names them. */
  readonly shown: (check: CheckResult) => readonly Exchange[];
  /** All that was sent for the check that an exchange was sent for, in the order of sending. */
  readonly sentWith: (exchange: Exchange) => readonly Exchange[];
  readonly task: (id: string) => TaskRecord | undefined;
}

/** A check with the clause that it stands under. */
export interface Placed {
  readonly clause: ClauseResult;
  readonly check: CheckResult;
}

/** Longer texts of a report are cut here. */
const textLimit = 2000;

export function pageOf(report: Report, { since = new Map() }: Known = {}): Page {
  const { target, run, clauses } = printableData(
    { target: report.target, run: report.run, clauses: report.clauses },
    textLimit,
  );
  const byId = new Map(report.exchanges.map((exchange) => [printable(exchange.id, textLimit), exchange]));
  const bySender = Map.groupBy(report.exchanges, ({ sentFor }) => sentFor);
  const tasks = new Map(report.tasks.map((task) => [task.id, task]));
  return {
    report: { ...report, target, run, clauses },
    since,
    evidence: evidenceOf(report),
    curl: repeating(report),
    shown: (check) => check.exchanges.flatMap((id) => byId.get(id) ?? []),
    sentWith: (exchange) =>
      exchange.sentFor === undefined ? [exchange] : (bySender.get(exchange.sentFor) ?? []),
    task: (id) => tasks.get(id),
  };
}

/** The checks of clauses, each with its clause. */
export const placed = (clauses: readonly ClauseResult[]): readonly Placed[] =>
  clauses.flatMap((clause) => clause.checks.map((check) => ({ clause, check })));
