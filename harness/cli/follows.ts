/** Whether a report follows from itself: the summary from the clauses, and each clause from its checks. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { heldAgainst } from '../config/expectations.ts';
import type { Report } from '../model/report.ts';
import { clauseVerdict, runVerdict, summarize } from '../model/verdict.ts';

/** @returns the first thing that doesn't, in words; undefined where all does */
export function unfounded(report: Report): string | undefined {
  const { verdict, summary, clauses, run } = report;
  for (const { id, verdict, checks } of clauses) {
    const due = clauseVerdict(checks);
    if (verdict !== due) return `clause ${id} is told as ${verdict}, and its checks come to ${due}`;
  }
  const counted = summarize(clauses);
  if (!isDeepStrictEqual(summary, counted))
    return `its summary is not what its clauses come to: ${JSON.stringify(counted)}`;
  const due = runVerdict(counted, { strict: run.settings.strict === true });
  if (verdict !== due) return `its verdict is told as ${verdict}, and its clauses come to ${due}`;
  return excused(report);
}

/** An excuse for what it doesn't excuse would turn a gate green. */
function excused({ clauses, run, expectations }: Report): string | undefined {
  if (!expectations) return undefined;
  const { file, met, outdated, unexpected } = expectations;
  const entries = [...met.map(({ checks: _, ...entry }) => entry), ...outdated];
  const due = heldAgainst(
    { clauses, startedAt: run.startedAt, strict: run.settings.strict === true },
    { file, entries },
  );
  return isDeepStrictEqual([due.met, due.unexpected], [met, unexpected])
    ? undefined
    : `what it says was expected is not what its clauses come to: ${due.unexpected.length} failures were not expected`;
}
