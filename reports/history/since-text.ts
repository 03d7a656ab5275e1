/** "Since when", in a few words beside a broken clause. */
import type { DatabaseSync } from 'node:sqlite';
import { printable } from '../escape.ts';
import type { PastRun } from './past-run.ts';
import { type Moment, type Since, sinceWhen } from './since.ts';
import { ago } from './when.ts';

/**
 * @param startedMs when the run started that is told of
 * @returns `since run 2026…, 3 nights ago`, or `new: it passed in run 2026…, a night ago`
 */
export function sinceText(since: Since, startedMs: number): string {
  const told = ({ run, startedMs: atMs }: Moment): string =>
    `${printable(run, 60)}, ${ago(startedMs - atMs)}`;
  return since.kind === 'since'
    ? `since run ${told(since.first)}`
    : `new: it passed in run ${told(since.passed)}`;
}

/** By clause id, of each that is broken and was judged before. */
export const sinceInWords = (db: DatabaseSync, run: PastRun): ReadonlyMap<string, string> =>
  new Map([...sinceWhen(db, run)].map(([id, since]) => [id, sinceText(since, run.startedMs)]));
