/** The exit code of a run. Where several apply: 2, 1, 3, 4 in this order; 2 is decided before a run starts. */
import type { RunEvent } from './events.ts';
import type { RunVerdict } from './verdict.ts';

export interface RunEnding {
  readonly verdict: RunVerdict;
  /** `must` clauses that were proven. */
  readonly proven: number;
  readonly requireComplete: boolean;
  /** What cut the run short, if anything did. */
  readonly cutShort: Extract<RunEvent, { type: 'cut-short' }>['fault'] | 'killed' | undefined;
  readonly harnessBroke: boolean;
}

/** 0 nothing broken · 1 non-conformant · 3 target lost, or the harness failed · 4 incomplete · 130 interrupted */
export function exitCode({ verdict, proven, requireComplete, cutShort, harnessBroke }: RunEnding): number {
  if (cutShort === 'interrupted') return 130;
  if (verdict === 'non-conformant') return 1;
  if (harnessBroke || cutShort === 'harness' || cutShort === 'target') return 3;
  if (cutShort === 'time' || cutShort === 'killed' || proven === 0) return 4;
  return verdict === 'incomplete' && requireComplete ? 4 : 0;
}

/** Exit codes, the worst first; an interrupted run shows less than a broken one, and more than an incomplete one. */
const bySeverity: readonly number[] = [2, 1, 3, 130, 4, 0];

/** The worst of the exit codes of several runs. */
export const worstCode = (codes: readonly number[]): number =>
  bySeverity.find((code) => codes.includes(code)) ?? 0;
