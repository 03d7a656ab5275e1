/** What every part of the terminal report is given. */

import type { CheckResult, ClauseResult, Report } from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';
import { printableData } from '../escape.ts';
import { type Evidence, evidenceOf } from '../evidence.ts';
import { hanging, listed, type Paint, painter } from './layout.ts';

export interface Page {
  readonly report: Report;
  readonly width: number;
  readonly paint: Paint;
  readonly evidence: (check: CheckResult) => Evidence;
  /** Since when a broken clause is broken, in a few words by its id. */
  readonly since: ReadonlyMap<string, string>;
}

/** No line of it holds a character that a target could do harm with. */
export function pageOf(
  report: Report,
  { colour, width, since = new Map() }: Pick<Page, 'width'> & { colour: boolean; since?: Page['since'] },
): Page {
  const { target, run, clauses } = printableData(
    { target: report.target, run: report.run, clauses: report.clauses },
    400,
  );
  return {
    report: { ...report, target, run, clauses },
    width: Math.max(40, width),
    paint: painter(colour),
    evidence: evidenceOf(report),
    since,
  };
}

/** A check with the clause that it stands under. */
export interface Placed {
  readonly clause: ClauseResult;
  readonly check: CheckResult;
}

/** All checks with that verdict. */
export const checksOf = ({ clauses }: Report, verdict: Verdict): Placed[] =>
  clauses.flatMap((clause) =>
    clause.checks.filter((check) => check.verdict === verdict).map((check) => ({ clause, check })),
  );

/** A title over a part, with an empty line before it. */
export const titled = ({ paint, width }: Page, title: string, lines: readonly string[]): string[] =>
  lines.length === 0
    ? []
    : ['', paint('title', `── ${title} ${'─'.repeat(Math.max(0, width - title.length - 4))}`), ...lines];

/** `cancel.leaves (3), cancel.stays-out`: the clauses of some checks, each once, on three lines at most. */
export function clauseNames({ width }: Page, placed: readonly Placed[]): string[] {
  const counts = new Map<string, number>();
  for (const { clause } of placed) counts.set(clause.id, (counts.get(clause.id) ?? 0) + 1);
  return names(
    width,
    [...counts].map(([id, count]) => (count === 1 ? id : `${id} (${count})`)),
  );
}

/** Names on three lines at most. */
export const names = (width: number, all: readonly string[]): string[] =>
  hanging('  ', listed(all, 3 * (width - 2) - 40), width);
