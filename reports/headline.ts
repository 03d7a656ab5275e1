/** The verdict of a run in one line, the same in every report. */

import type { Report } from '../harness/model/report.ts';
import { overExpected } from './expected.ts';

/** `incomplete: 31 of 48 must clauses proven (33 within reach), none broken` */
export const headline = (report: Report): string => `${report.verdict}: ${tally(report)}`;

/** The headline without its first word. */
export const tally = (report: Report): string => once(report) + overExpected(report);

function once({ verdict, summary: { must, warn }, run: { settings } }: Report): string {
  // A part of the contract was looked at: nobody may read its verdict as the whole one's.
  const what = settings.selection === undefined ? 'must clause' : 'selected must clause';
  const all = counted(must.total, what);
  const reach = must.reachable === must.total ? '' : ` (${must.reachable} within reach)`;
  if (must.broken > 0) return `${must.broken} of ${all} broken, ${must.proven} proven${reach}`;

  const strictly =
    verdict === 'non-conformant' ? `, ${counted(warn, 'should clause')} broken (--strict)` : '';
  if (must.total === 0) return `no must clause was selected${strictly}`;
  if (verdict === 'conformant') return must.total === 1 ? `the one ${what} is proven` : `all ${all} proven`;
  return `${must.proven} of ${all} proven${reach}, none broken${strictly}`;
}

/** `1 check`, `2 checks` */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
