/** What is flaky, for a person at a terminal. */
import { printable } from '../escape.ts';
import { counted } from '../headline.ts';
import { hanging } from '../terminal/layout.ts';
import type { Flaky } from './flaky.ts';
import { minuteOf } from './when.ts';

export interface Asked {
  readonly target: string;
  /** How many runs were looked at. */
  readonly runs: number;
}

export function flakyText(all: readonly Flaky[], { target, runs }: Asked, width: number): string {
  const over = `${printable(target, 60)}, the last ${counted(runs, 'run')}`;
  if (all.length === 0)
    return [
      ...hanging(
        '',
        `${over}: no clause was judged in two ways while target version, suites, docs and settings were the same.`,
        width,
      ),
      '',
    ].join('\n');
  return [
    ...part(
      `Flaky on ${over}`,
      all.filter(({ kind }) => kind === 'flaky'),
      width,
    ),
    ...part(
      'Turned once and stayed so, though nothing that is recorded changed: rather the target than a flake',
      all.filter(({ kind }) => kind === 'turned once'),
      width,
    ),
    '',
  ].join('\n');
}

const part = (title: string, all: readonly Flaky[], width: number): readonly string[] =>
  all.length === 0
    ? []
    : [...hanging('', `${title} (${all.length})`, width), ...all.flatMap((one) => entry(one, width))];

/** `pass in 7, fail in 1 of 8 runs under the same conditions; 2 turns` */
export function countsText({ counts, runs, turns }: Flaky): string {
  const each = Object.entries(counts).map(([verdict, count]) => `${verdict} in ${count}`);
  return `${each.join(', ')} of ${counted(runs, 'run')} under the same conditions; ${counted(turns, 'turn')}`;
}

function entry(one: Flaky, width: number): readonly string[] {
  const { clause, level, unstable, turned } = one;
  const last = turned ? `, last in run ${printable(turned.run, 60)} (${minuteOf(turned.startedMs)})` : '';
  return [
    `  ${printable(clause, 80)} (${level})`,
    ...hanging('    ', countsText(one) + last, width),
    ...(unstable > 0 ? hanging('    ', `repeats differed within ${counted(unstable, 'run')}`, width) : []),
  ];
}
