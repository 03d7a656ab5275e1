/** The report for a person at a terminal: the verdict first and last, the proof of each failure between. */

import type { Report } from '../harness/model/report.ts';
import { printable } from './escape.ts';
import { banner, verdictLines } from './terminal/banner.ts';
import { failures, warnings } from './terminal/broken.ts';
import { expectedFailures, outdatedExpectations } from './terminal/expected.ts';
import { duration, hanging } from './terminal/layout.ts';
import { type Page, pageOf } from './terminal/page.ts';
import { suiteTable } from './terminal/table.ts';
import { doubts, observations, skips } from './terminal/unproven.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** In characters; below 40 it is taken for 40. cURL lines and links are never broken. */
  readonly width: number;
  /** The reports that were written, as paths. */
  readonly files?: readonly string[];
  /** Since when each broken clause is broken, in a few words by its id, where earlier runs are remembered. */
  readonly since?: ReadonlyMap<string, string>;
  /** How long of the run nothing was done but wait, if that is known. */
  readonly waitedMs?: number;
}

/** @returns the whole report; no line of it holds a character that a target could do harm with */
export function terminal(
  report: Report,
  { colour, width, files = [], since = new Map(), waitedMs }: TerminalOptions,
): string {
  const page = pageOf(report, { colour, width, since });
  return [
    ...banner(page),
    ...suiteTable(page),
    ...failures(page),
    ...outdatedExpectations(page),
    ...expectedFailures(page),
    ...warnings(page),
    ...doubts(page),
    ...skips(page),
    ...observations(page),
    '',
    ...time(page, waitedMs),
    ...losses(page),
    ...(files.length > 0 ? hanging('Reports    ', printable(files.join(', '), 1000), page.width) : []),
    ...verdictLines(page),
    '',
  ].join('\n');
}

/** What was lost on the way, where something was: which checks it cost another try, their records say. */
function losses({ report: { exchanges, clauses }, width, evidence }: Page): string[] {
  const lost = exchanges.filter((exchange) => exchange.lost !== undefined).length;
  if (lost === 0) return [];
  const checks = clauses.flatMap((clause) => clause.checks);
  const again = checks.filter(
    (check) => check.verdict !== 'inconclusive' && evidence(check).lost !== undefined,
  ).length;
  const tries = again === 0 ? '' : `; ${again} ${again === 1 ? 'check' : 'checks'} needed another try`;
  const limited = exchanges.filter(
    ({ lost: why, response }) => why !== undefined && response?.status === 429,
  );
  const rate = limited.length === 0 ? '' : `; ${limited.length} to a rate limit (429): see --max-rps`;
  return hanging('Network    ', `${lost} of ${exchanges.length} answers were lost${tries}${rate}`, width);
}

/** Below this, standing still disturbs no verdict. */
const telling = 500;

function time({ report: { run }, width }: Page, waitedMs: number | undefined): string[] {
  const waited = waitedMs === undefined ? '' : `, ${duration(waitedMs)} of it waiting`;
  const stall =
    run.stallMs < telling ? '' : `; the harness itself stood still for up to ${duration(run.stallMs)}`;
  return hanging(
    'Took       ',
    `${duration(run.durationMs)}${waited}${stall}; profile ${run.profile}, seed ${run.seed}`,
    width,
  );
}
