/** Nights of one target, a run each, for the tests of the history. */

import type { Report } from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';
import { exchange, type SampleClause, type SampleRun, sampleReport } from './sample.ts';

export interface Night extends Omit<SampleRun, 'clauses'> {
  /** Clause ids with their verdicts, or whole clauses. */
  readonly clauses?: Readonly<Record<string, Verdict>> | readonly SampleClause[];
  /** Hours after the first midnight; 24 a night where it isn't said. */
  readonly hour?: number;
}

const firstMs = Date.UTC(2026, 10, 1, 3, 0);

/** The id of a night's run: `night-09`. */
export const nightId = (number: number): string => `night-${String(number).padStart(2, '0')}`;

/** Night 1 begins at 2026-11-01 03:00, and each of the others 24 hours after the one before. */
export function night(number: number, { clauses = {}, hour, run, ...told }: Night = {}): Report {
  const startedMs = firstMs + (hour ?? (number - 1) * 24) * 3_600_000;
  return sampleReport({
    clauses: isList(clauses) ? clauses : Object.entries(clauses).map(ofVerdict),
    exchanges: [exchange('read-1')],
    ...told,
    run: { id: nightId(number), startedAt: new Date(startedMs).toISOString(), ...run },
  });
}

const ofVerdict = ([id, verdict]: readonly [string, Verdict]): SampleClause => ({
  id,
  verdict,
  checks: [{ reason: `seen as ${verdict}`, exchanges: ['read-1'] }],
});

/** Array.isArray() alone knows nothing of readonly ones. */
const isList = (clauses: NonNullable<Night['clauses']>): clauses is readonly SampleClause[] =>
  Array.isArray(clauses);
