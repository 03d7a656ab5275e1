/** What is remembered, for a person at a terminal: every target by its newest run, or the runs of one. */
import { printable } from '../escape.ts';
import { counted } from '../headline.ts';
import { hanging } from '../terminal/layout.ts';
import { compare, type Kind } from './compare.ts';
import type { PastRun } from './past-run.ts';
import type { PastHead } from './recall.ts';
import { minuteOf } from './when.ts';

export const targetsText = (
  targets: readonly (PastHead & { readonly runs: number })[],
  width: number,
): string =>
  [
    ...targets.flatMap(({ target, runs, startedMs, verdict, tally }) =>
      hanging(
        `${printable(target, 60)}  `,
        `${counted(runs, 'run')}, the last ${minuteOf(startedMs)}: ${verdict}, ${tally}`,
        width,
      ),
    ),
    '',
  ].join('\n');

/**
 * @param runs the newest first
 * @param most so many are told; one more is there for the last of them to be compared with
 */
export const runsText = (runs: readonly PastRun[], most: number, width: number): string =>
  [
    ...runs.slice(0, most).flatMap((run, row) => {
      const before = runs[row + 1];
      return [
        ...hanging(`${minuteOf(run.startedMs)}  `, `${run.verdict}: ${run.tally}`, width),
        ...hanging(
          '                  run ',
          printable(run.id, 60) + (before ? since(before, run) : ''),
          width,
        ),
      ];
    }),
    '',
  ].join('\n');

const shown: readonly Kind[] = ['new', 'fixed', 'out of sight'];

function since(before: PastRun, run: PastRun): string {
  const { changes, changed } = compare(before, run);
  const counts = shown
    .map((kind) => ({ kind, count: changes.filter((change) => change.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`);
  const other = changed.size === 0 ? [] : [`other ${[...changed.keys()].join(', ')}`];
  const said = [...counts, ...other];
  return said.length === 0 ? '' : `; ${said.join(', ')}`;
}
