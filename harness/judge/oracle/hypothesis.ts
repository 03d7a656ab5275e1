/** What may be true of one task: a state of the contract's machine, and the effects that lead to the next one. Pure. */
import { type Bracket, bracket } from '../../model/bracket.ts';
import type { Phase } from '../../model/task.ts';
import { type Status, statusOf } from '../shown.ts';

export interface Hypothesis {
  /** `nowhere`: never made. `gone`: made, and no longer kept. */
  readonly where: 'nowhere' | Phase | 'gone';
  /** It stays in its phase until it is moved or cancelled. */
  readonly held: boolean;
  /** An effect that is on its way: until then, answers may still show the status before it. */
  readonly lag?: {
    readonly shows: Status;
    readonly sinceMs: number;
    readonly untilMs: number;
    readonly by: 'move' | 'cancel';
  };
  /** A cancel was accepted. */
  readonly cancelled?: true;
  readonly made?: Bracket;
  readonly end?: Bracket;
  readonly retention: RetentionSet;
  /** Seconds by which it was aged after its end. */
  readonly agedS: number;
  /** Seconds by which it was aged while it may not have ended: they count or not. */
  readonly agedBeforeEndS: number;
  readonly cancelFails?: true;
  /** A refused cancel may still change or remove it: only where that clause is waived. */
  readonly touched?: true;
  /** The control protocol removed it. */
  readonly removed?: true;
  readonly guid?: { readonly value: string; readonly shownBy: 'provisioner' | 'read' | 'list' };
  /** An answer has shown it in this phase. */
  readonly revealed?: true;
  /** The fields of the first read since the last effect, for each value of `verbose`. */
  readonly reads?: Readonly<Partial<Record<'omitted' | 'true' | 'false', TaskFields>>>;
}

export type TaskFields = Readonly<Record<string, unknown>>;

interface RetentionSet {
  readonly ttlS: number;
  readonly setBy: 'default' | 'creation' | 'read' | 'unknown';
  /** The read from which it counts; undefined: it counts from the end. */
  readonly from?: Bracket;
}

const unknownRetention: RetentionSet = { ttlS: 0, setBy: 'unknown' };

export const absent: Hypothesis = {
  where: 'nowhere',
  held: true,
  retention: unknownRetention,
  agedS: 0,
  agedBeforeEndS: 0,
};

/** A task whose creation is not in the history: it may be anywhere, it moves by itself, its retention is unknown. */
export const unseen = (atMs: number): readonly Hypothesis[] =>
  (['nowhere', 'queued', 'running', 'committing', 'finished', 'failed', 'gone'] as const).map((where) => ({
    ...absent,
    where,
    held: false,
    ...(isEnded(where) ? { end: bracket(Number.NEGATIVE_INFINITY, atMs) } : {}),
  }));

export const isEnded = (where: Hypothesis['where']): where is 'finished' | 'failed' =>
  where === 'finished' || where === 'failed';

export const isUnfinished = (where: Hypothesis['where']): where is 'queued' | 'running' | 'committing' =>
  where === 'queued' || where === 'running' || where === 'committing';

const wholeSecondMs = 1000;

/** Between which instants the status ceases to be kept; unbounded where that is not known. */
export function deadline({ end, retention, agedS, agedBeforeEndS }: Hypothesis): Bracket {
  if (retention.setBy === 'unknown' || !end)
    return bracket(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const from = retention.from ?? end;
  return {
    earliestMs: from.earliestMs + (retention.ttlS - agedS - agedBeforeEndS) * 1000,
    latestMs: from.latestMs + (retention.ttlS - agedS) * 1000,
  };
}

/** Whether it may be gone by an instant: servers may count whole seconds. */
export const mayBeGone = (task: Hypothesis, atMs: number): boolean =>
  atMs >= deadline(task).earliestMs - wholeSecondMs;

/** By how many milliseconds it is surely overdue at an instant, beyond the grace; negative where it is not. */
export const overdueMs = (task: Hypothesis, atMs: number, graceMs: number): number =>
  atMs - deadline(task).latestMs - graceMs;

/** Whether it would be gone by an instant if the retention counted from its creation. */
export const wouldHaveExpired = (
  { made, retention, agedS, agedBeforeEndS }: Hypothesis,
  atMs: number,
): boolean =>
  made === undefined ||
  atMs >= made.earliestMs + (retention.ttlS - agedS - agedBeforeEndS) * 1000 - wholeSecondMs;

/** Without what was shown before the last effect. */
export function unshown(task: Hypothesis): Hypothesis {
  const { reads: _, revealed: __, ...rest } = task;
  return rest;
}

/** In another phase. What answers showed before may still be shown until the settle time is over. */
export function moved(
  task: Hypothesis,
  phase: Phase,
  when: Bracket,
  { settleMs, by }: { readonly settleMs: number; readonly by: 'move' | 'cancel' },
): Hypothesis {
  const untilMs = when.latestMs + settleMs;
  const { lag, end: _, ...rest } = unshown(task);
  const shows = lag?.shows ?? (isPhase(task.where) ? statusOf[task.where] : undefined);
  const isOnItsWay = shows !== undefined && shows !== statusOf[phase];
  return {
    ...rest,
    where: phase,
    ...(isOnItsWay ? { lag: { shows, sinceMs: when.latestMs, untilMs, by } } : {}),
    ...(isEnded(phase) ? { end: by === 'cancel' ? bracket(when.earliestMs, untilMs) : when } : {}),
    ...(by === 'cancel' ? { cancelled: true } : {}),
  };
}

export const isPhase = (where: Hypothesis['where']): where is Phase =>
  where !== 'nowhere' && where !== 'gone';

const course: readonly Phase[] = ['queued', 'running', 'committing', 'finished'];

/** The phases after one, in which a task that moves by itself may be later. */
export const phasesAfter = (phase: 'queued' | 'running' | 'committing'): readonly Phase[] => [
  ...course.slice(course.indexOf(phase) + 1),
  'failed',
];

/** It moved on by itself, at some time up to `untilMs`. */
export const movedOn = (task: Hypothesis, untilMs: number): readonly Hypothesis[] =>
  isUnfinished(task.where)
    ? phasesAfter(task.where).map((phase) => ({
        ...unshown(task),
        where: phase,
        ...(isEnded(phase)
          ? { end: bracket(Math.min(untilMs, task.made?.earliestMs ?? Number.NEGATIVE_INFINITY), untilMs) }
          : {}),
      }))
    : [];

/** Aged by so many seconds during `when`. */
export const aged = (task: Hypothesis, seconds: number, when: Bracket): Hypothesis =>
  hasSurelyEnded(task, when)
    ? { ...task, agedS: task.agedS + seconds }
    : { ...task, agedBeforeEndS: task.agedBeforeEndS + seconds };

const hasSurelyEnded = ({ end, where }: Hypothesis, { earliestMs }: Bracket): boolean =>
  isEnded(where) && end !== undefined && end.latestMs <= earliestMs;

/**
 * A read has set the retention. It counts from the end or from that read; ageing before that read counts or not. It may
 * be ignored where a TTL was given before, or where the task may not have ended yet: the last one counts, and counts
 * once it ends, only by a `should`. A TTL of 0 may do anything.
 */
export function retained(task: Hypothesis, ttlS: number, when: Bracket): readonly Hypothesis[] {
  if (!isPhase(task.where)) return [];
  if (ttlS === 0) return [anyRetention(task)];
  const { setBy } = task.retention;
  const mayStay = setBy === 'creation' || setBy === 'read' || !hasSurelyEnded(task, when);
  const agedBeforeEndS = task.agedS + task.agedBeforeEndS;
  return [
    { ...task, retention: { ttlS, setBy: 'read' } },
    { ...task, retention: { ttlS, setBy: 'read', from: when }, agedS: 0, agedBeforeEndS },
    ...(mayStay ? [task] : []),
  ];
}

export const anyRetention = (task: Hypothesis): Hypothesis => ({ ...task, retention: unknownRetention });

export function gone(task: Hypothesis): Hypothesis {
  const { lag: _, ...rest } = task;
  return { ...rest, where: 'gone' };
}

// ---- what its retention requires, by clause and in words

/** A finished task must go after its retention; a failed or cancelled one may stay. */
export const mustGo = ({ where, cancelled }: Hypothesis): boolean => where === 'finished' && !cancelled;

export const goneClause = ({ retention: { setBy } }: Hypothesis): string =>
  setBy === 'creation'
    ? 'expiry.at-creation.gone'
    : setBy === 'read'
      ? 'expiry.on-read.gone'
      : 'expiry.default.gone';

/** By what set its retention, and by how it ended, where that is not as finished: an early loss does not tell which. */
export const keptClauses = ({ cancelled, retention: { setBy }, where }: Hypothesis): readonly string[] => [
  setBy === 'creation'
    ? 'expiry.at-creation.kept'
    : setBy === 'read'
      ? 'expiry.on-read.kept'
      : 'expiry.default.kept',
  ...(cancelled ? ['expiry.cancelled.kept'] : where === 'failed' ? ['expiry.failed.kept'] : []),
];

export const inWords = ({ where, removed }: Hypothesis): string =>
  where === 'nowhere'
    ? 'there is no such task'
    : where === 'gone'
      ? `it ${removed ? 'was removed' : 'has expired'}`
      : `it has not ended (${where})`;

export const keptInWords = (task: Hypothesis): string =>
  `it ${task.cancelled ? 'was cancelled' : `ended as ${task.where}`} and is kept for ${task.retention.ttlS} s`;

const keys = new WeakMap<object, number>();
let lastKey = 0;
/** A number for each object: two hypotheses that hold the same answers are the same. */
export function keyOf(object: object | undefined): number {
  if (!object) return 0;
  const known = keys.get(object);
  if (known !== undefined) return known;
  keys.set(object, ++lastKey);
  return lastKey;
}

const texts = new Map<number, string>();
const mostTexts = 1000;

/** An instant as text. Fractions take long to be written out, and the same instants come again and again. */
function textOf(ms: number): string {
  const known = texts.get(ms);
  if (known !== undefined) return known;
  if (texts.size >= mostTexts) texts.clear();
  const text = String(ms);
  texts.set(ms, text);
  return text;
}

/** The same text for hypotheses that allow the same. */
export const identityOf = ({
  where,
  lag,
  cancelled,
  end,
  retention: { ttlS, setBy, from },
  agedS,
  agedBeforeEndS,
  guid,
  reads,
  revealed,
  removed,
  touched,
}: Hypothesis): string =>
  `${where}|${lag ? `${lag.shows}${textOf(lag.untilMs)}` : ''}|${cancelled}|${end ? `${textOf(end.earliestMs)}~${textOf(end.latestMs)}` : ''}|${ttlS}${setBy}${from ? textOf(from.earliestMs) : ''}|${agedS}|${agedBeforeEndS}|${guid?.value}|${reads ? `${keyOf(reads.omitted)}.${keyOf(reads.true)}.${keyOf(reads.false)}` : ''}|${revealed}|${removed}|${touched}`;
