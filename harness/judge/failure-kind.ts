/**
 * The fingerprint of a failure: operation, phase, what was expected and what was seen, without ids, times, positions
 * and values. The same fault of a server gives the same fingerprint in every run; a different fault gives another.
 */
import type { Clause } from '../../spec/clause.ts';
import { phases } from '../model/task.ts';
import type { CheckRecord } from '../model/verdict.ts';

export type FailedCheck = Pick<CheckRecord, 'name' | 'suite' | 'expected' | 'seen'>;

/** `cancel committing: expected 406, seen 200` */
export function failureKind(check: FailedCheck, operation: Clause['operation']): string {
  const words = check.name.split(', ');
  // A finding on every exchange is named after the first check that saw it, which varies from run to run.
  const phase = check.suite === 'every exchange' ? undefined : phases.find((known) => words.includes(known));
  const asked = words.find((word) => word.startsWith('operation='))?.slice('operation='.length);
  const subject = [asked ?? operation, ...(phase === undefined ? [] : [phase])].join(' ');
  const compared = [
    ...(check.expected === undefined ? [] : [`expected ${plain(check.expected)}`]),
    ...(check.seen === undefined ? [] : [`seen ${plain(check.seen)}`]),
  ];
  return compared.length === 0 ? subject : `${subject}: ${compared.join(', ')}`;
}

/** HTTP statuses are the only numbers that are part of a fingerprint. */
const statuses = /^(one of )?\d{3}((, | or )\d{3})*$/;

/** Parts of the judges' texts that vary from run to run, and their replacement. */
const chance: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [/^(status \w+, )+(?=status \w+$)/, ''], // the statuses before the last depend on timing
  [/^\w+( → \w+)+$/, backwards],
  [/; and \d+ more$/, ''],
  [/^(id|crdb_guid) \S+$/, '$1 …'],
  [/\b(id|crdb_guid) (?=[^\s,;]*[\d-])[^\s,;]+/g, '$1 …'],
  [/\bthe task (?!as it was)[^\s,;()]+/g, 'the task …'],
  [
    /^(ended|started) .*$/,
    (found) => (found.includes(', started ') ? 'ended …, started …' : found.replace(/ .*/, ' …')),
  ],
  [/"(?:[^"\\]|\\.)*"/g, '"…"'],
  [/\[\d+\]/g, '[]'],
  [/(?<=^null in ).*$/, (found) => each(found, ', ')],
  [/-?\d+(\.\d+)?/g, '#'],
];

const longest = 240;

function plain(text: string): string {
  if (statuses.test(text)) return text;
  let words = text;
  for (const [what, instead] of chance)
    words = typeof instead === 'string' ? words.replace(what, instead) : words.replace(what, instead);
  return each(words, '; ').slice(0, longest);
}

/** Each part once, sorted. */
const each = (text: string, between: string): string =>
  [...new Set(text.split(between))].sort().join(between);

const rank: ReadonlyMap<string, number> = new Map([
  ['queued', 0],
  ['started', 1],
]);
const last = 2;

/** The backward steps of a course of statuses; how often each status was read depends on timing. */
function backwards(course: string): string {
  const statuses = course.split(' → ');
  const steps = statuses.slice(1).map((to, at) => ({ from: statuses[at] ?? to, to }));
  const back = steps.filter(
    ({ from, to }) => (rank.get(to) ?? last) < (rank.get(from) ?? last) || isOtherEnd(from, to),
  );
  return each(back.map(({ from, to }) => `${from} → ${to}`).join(', '), ', ');
}

const isOtherEnd = (from: string, to: string): boolean => !rank.has(from) && !rank.has(to) && from !== to;
