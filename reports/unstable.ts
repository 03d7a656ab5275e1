/** The must clauses that were not judged the same in every run, in words. */
import type { ClauseResult, Report, VerdictCounts } from '../harness/model/report.ts';
import { counted } from './headline.ts';

export interface Unstable {
  readonly id: string;
  /** Undefined where the run that is shown was not about it. */
  readonly clause: ClauseResult | undefined;
  readonly failed: boolean;
  /** `pass in 99 runs (first in run 1), fail in 1 run (first in run 37)` */
  readonly story: string;
}

export function unstableOf({ repeats, clauses }: Report): readonly Unstable[] {
  const told = new Map(clauses.map((clause) => [clause.id, clause]));
  return (repeats?.clauses ?? [])
    .filter(({ id }) => repeats?.unstable.includes(id))
    .map(({ id, verdicts, firstIn = {} }) => ({
      id,
      clause: told.get(id),
      failed: (verdicts.fail ?? 0) > 0,
      story: inWords(verdicts, firstIn),
    }));
}

function inWords(counts: VerdictCounts, firstIn: VerdictCounts): string {
  const first = new Map(Object.entries(firstIn));
  return Object.entries(counts)
    .map(
      ([verdict, count]) =>
        `${verdict} in ${counted(count, 'run')} (first in run ${first.get(verdict) ?? 1})`,
    )
    .join(', ');
}
