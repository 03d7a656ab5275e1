/** What a run ends with. Where several hold: 2, 1, 3, 4 in this order; 2 is decided before a run starts. */

import type { RunEvent } from '../model/events.ts';
import type { RunVerdict } from '../model/verdict.ts';

export interface Ending {
  readonly verdict: RunVerdict;
  /** `must` clauses that were proven. */
  readonly proven: number;
  readonly requireComplete: boolean;
  /** What cut the run short, if anything did. */
  readonly cutShort: Extract<RunEvent, { type: 'cut-short' }>['fault'] | 'killed' | undefined;
  readonly harnessBroke: boolean;
}

/** 0 nothing broken · 1 non-conformant · 3 target lost, or the harness failed · 4 incomplete · 130 interrupted */
export function exitCode({ verdict, proven, requireComplete, cutShort, harnessBroke }: Ending): number {
  if (cutShort === 'interrupted') return 130;
  if (verdict === 'non-conformant') return 1;
  if (harnessBroke || cutShort === 'harness' || cutShort === 'target') return 3;
  if (cutShort === 'time' || cutShort === 'killed' || proven === 0) return 4;
  return verdict === 'incomplete' && requireComplete ? 4 : 0;
}
