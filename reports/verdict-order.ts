/** The order in which tables count verdicts. */
import type { Verdict } from '../harness/model/verdict.ts';

export const verdictOrder = [
  'pass',
  'fail',
  'warn',
  'inconclusive',
  'skip',
  'observed',
] as const satisfies readonly Verdict[];
