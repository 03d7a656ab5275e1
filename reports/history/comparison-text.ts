/** A comparison for a person at a terminal. */
import { printable } from '../escape.ts';
import { counted } from '../headline.ts';
import { hanging } from '../terminal/layout.ts';
import { blame, changedLines } from './causes.ts';
import { type Change, type Comparison, type Kind, kinds } from './compare.ts';
import type { PastRun, PastVerdict } from './past-run.ts';
import { minuteOf } from './when.ts';

const titles: Readonly<Record<Kind, string>> = {
  new: 'New: broken, and was not before',
  'still broken': 'Still broken',
  fixed: 'Fixed',
  'out of sight': 'Out of sight: was broken, and nothing could be proven now',
  'no longer proven': 'No longer proven',
  'newly proven': 'Newly proven',
  added: 'Added: the earlier run was not about it',
  removed: 'Removed: the later run was not about it',
};

/** Told with their reason and what may explain them; the others by name. */
const told: readonly Kind[] = ['new', 'still broken', 'fixed'];

export function comparisonText(comparison: Comparison, width: number): string {
  const { before, after, changes } = comparison;
  const differing = changes.filter(({ kind }) => kind !== 'still broken');
  return [
    ...hanging('before   ', head(before), width),
    ...hanging('after    ', head(after), width),
    ...changedLines(comparison).flatMap((line, row) =>
      hanging(row === 0 ? 'changed  ' : '         ', line, width),
    ),
    ...(comparison.changed.size === 0
      ? hanging(
          'changed  ',
          'nothing that is recorded: target version, suites, docs and settings are the same',
          width,
        )
      : []),
    ...kinds.flatMap((kind) => part(kind, changes, width)),
    '',
    differing.length === 0
      ? 'No clause is judged otherwise.'
      : `${counted(differing.length, 'clause')} judged otherwise.`,
    '',
  ].join('\n');
}

const head = ({ id, target, startedMs, verdict, tally, cutShort }: PastRun): string =>
  `${printable(target, 60)}, ${minuteOf(startedMs)}, run ${printable(id, 60)}: ${verdict}, ${tally}${cutShort === null ? '' : `; cut short: ${printable(cutShort, 200)}`}`;

function part(kind: Kind, all: readonly Change[], width: number): string[] {
  const changes = all.filter((change) => change.kind === kind);
  if (changes.length === 0) return [];
  const entries = told.includes(kind)
    ? changes.flatMap((change) => entry(change, width))
    : hanging('  ', changes.map(({ clause }) => printable(clause, 80)).join(', '), width);
  return ['', `${titles[kind]} (${changes.length})`, ...entries];
}

function entry({ clause, kind, level, before, after, causes }: Change, width: number): string[] {
  const turned = `${verdict(before)} → ${verdict(after)}`;
  const reason = kind === 'fixed' ? undefined : after?.reason;
  return [
    `  ${printable(clause, 80)} (${level}): ${turned}`,
    ...(reason ? hanging('    ', printable(reason), width) : []),
    ...(kind === 'still broken' ? [] : hanging('    why: ', blame(causes), width)),
  ];
}

const verdict = (of: PastVerdict | undefined): string => (of ? of.verdict : 'not judged');
