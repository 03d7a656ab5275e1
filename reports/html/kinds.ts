/** Checks of a clause that tell the same story: where much is broken, one of each kind is told whole. */

import type { CheckResult } from '../../harness/model/report.ts';
import { kindOf } from '../evidence.ts';

/** @returns the checks in groups, in the order of their first */
export const kindsOf = (checks: readonly CheckResult[]): readonly (readonly CheckResult[])[] => [
  ...Map.groupBy(checks, kindOf).values(),
];
