/** "Since when", in a few words beside a broken clause. */
import { printable } from '../escape.ts';
import type { Moment, Since } from './since.ts';
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
