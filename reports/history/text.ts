/** Histories for a person at a terminal: runs, comparisons, and since when a clause is broken. */

import type { DatabaseSync } from 'node:sqlite';
import { printable } from '../text/escape.ts';
import { hanging } from '../text/layout.ts';
import { counted } from '../text/sentences.ts';
import {
  type Change,
  type ChangeKind,
  type Comparison,
  changedLines,
  compare,
  explanation,
  kinds,
} from './compare.ts';
import { type Moment, type PastRun, type PastVerdict, type Since, sinceWhen } from './runs.ts';

/** `2026-11-16 03:12` */
export const minuteOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `3 days ago`, rounded: a nightly run starts a little sooner or later each time. */
export function ago(ms: number): string {
  if (ms < 90 * minuteMs) return times(Math.max(1, Math.round(ms / minuteMs)), 'minute');
  if (ms < 18 * hourMs) return times(Math.round(ms / hourMs), 'hour');
  return times(Math.max(1, Math.round(ms / dayMs)), 'day');
}

const times = (count: number, what: string): string => `${counted(count, what)} ago`;

const titles: Readonly<Record<ChangeKind, string>> = {
  new: 'New: broken now, not broken before',
  'still broken': 'Still broken',
  fixed: 'Fixed',
  unconfirmed: 'Unconfirmed: broken before, not proven now',
  'no longer proven': 'No longer proven',
  'newly proven': 'Newly proven',
  added: 'Added: the earlier run did not test it',
  removed: 'Removed: the later run did not test it',
};

/** Shown with their reason and what may explain them; the others by name. */
const explained: readonly ChangeKind[] = ['new', 'still broken', 'fixed'];

export function comparisonText(comparison: Comparison, width: number): string {
  const { before, after, changes } = comparison;
  const untested = changes.filter(({ before: was, after: is }) => !was || !is);
  const differing = changes.filter((change) => change.kind !== 'still broken' && !untested.includes(change));
  return [
    ...hanging('before   ', head(before), width),
    ...hanging('after    ', head(after), width),
    ...changedLines(comparison).flatMap((line, row) =>
      hanging(row === 0 ? 'changed  ' : '         ', line, width),
    ),
    ...(comparison.changed.size === 0
      ? hanging(
          'changed  ',
          'no recorded condition: target version, suites, docs and settings are the same',
          width,
        )
      : []),
    ...kinds.flatMap((kind) => part(kind, changes, width)),
    '',
    differing.length === 0 ? 'No verdict changed.' : `${counted(differing.length, 'verdict')} changed.`,
    ...(untested.length === 0 ? [] : [`${counted(untested.length, 'clause')} in one of the runs only.`]),
    '',
  ].join('\n');
}

const head = ({ id, target, startedMs, verdict, tally, cutShort }: PastRun): string =>
  `${printable(target, 60)}, ${minuteOf(startedMs)}, run ${printable(id, 60)}: ${verdict}, ${tally}${cutShort === null ? '' : `; cut short: ${printable(cutShort, 200)}`}`;

function part(kind: ChangeKind, all: readonly Change[], width: number): string[] {
  const changes = all.filter((change) => change.kind === kind);
  if (changes.length === 0) return [];
  const entries = explained.includes(kind)
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
    ...(kind === 'still broken' ? [] : hanging('    possible reason: ', explanation(causes), width)),
  ];
}

const verdict = (of: PastVerdict | undefined): string => (of ? of.verdict : 'not judged');

export const targetsText = (
  targets: readonly { readonly run: PastRun; readonly runs: number }[],
  width: number,
): string =>
  [
    ...targets.flatMap(({ runs, run: { target, startedMs, verdict, tally } }) =>
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
 * @param most so many are shown; one more is there to compare the last of them with
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

const shown: readonly ChangeKind[] = ['new', 'fixed', 'unconfirmed'];

function since(before: PastRun, run: PastRun): string {
  const { changes, changed } = compare(before, run);
  const counts = shown
    .map((kind) => ({ kind, count: changes.filter((change) => change.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`);
  const other = changed.size === 0 ? [] : [`other ${[...changed.keys()].join(', ')}`];
  const news = [...counts, ...other];
  return news.length === 0 ? '' : `; ${news.join(', ')}`;
}

/**
 * @param startedMs when the run started that shows the clause broken
 * @returns `since run 2026…, 3 days ago`, or `new: it passed in run 2026…, 1 day ago`
 */
export function sinceText(since: Since, startedMs: number): string {
  const moment = ({ run, startedMs: atMs }: Moment): string =>
    `${printable(run, 60)}, ${ago(startedMs - atMs)}`;
  return since.kind === 'since'
    ? `since run ${moment(since.first)}`
    : `new: it passed in run ${moment(since.passed)}`;
}

/** By clause id, of each that is broken and was judged before. */
export const sinceInWords = (db: DatabaseSync, run: PastRun): ReadonlyMap<string, string> =>
  new Map([...sinceWhen(db, run)].map(([id, since]) => [id, sinceText(since, run.startedMs)]));
