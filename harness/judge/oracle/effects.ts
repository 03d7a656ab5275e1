/**
 * The effect of a cancel, and effects that the contract rules out: of a refused request, of a read, of what was done to
 * another task. Where the clause that rules one out is waived, it may have happened: so a violation is diagnosed.
 */
import { type Bracket, bracket } from '../../model/bracket.ts';
import type { Judging } from './guard.ts';
import {
  anyRetention,
  gone,
  type Hypothesis,
  isEnded,
  isPhase,
  isUnfinished,
  moved,
  movedOn,
  retained,
  unshown,
} from './hypothesis.ts';
import { isSeconds, type TaskOperation } from './operation.ts';

/** A cancel takes effect: the task ends within the settle time, and as finished only out of the commit phase. */
export function cancelled(
  task: Hypothesis,
  when: Bracket,
  { settings, waived }: Judging,
): readonly Hypothesis[] {
  if (!isUnfinished(task.where)) return [];
  const mayFinish = task.where === 'committing' || !task.held || waived.has('cancel.not-finished');
  return [
    moved(task, 'failed', when, { ...settings, by: 'cancel' }),
    ...(mayFinish ? [moved(task, 'finished', when, { ...settings, by: 'cancel' })] : []),
    ...(waived.has('cancel.leaves') ? [task] : []),
    ...(waived.has('cancel.still-readable') ? [{ ...gone(unshown(task)), cancelled: true as const }] : []),
  ];
}

/** The states that an effect would lead to; none where it could not have happened. */
type Effect = (task: Hypothesis, operation: TaskOperation, judging: Judging) => readonly Hypothesis[];

export const whenOf = ({ sentAt, receivedAt }: TaskOperation): Bracket => bracket(sentAt, receivedAt);

const cancels: Effect = (task, operation, judging) => cancelled(task, whenOf(operation), judging);

const isRefusedCancel = ({ action, authorized, answer }: TaskOperation): boolean =>
  action === 'cancel' && authorized && (answer?.status === 406 || answer?.status === 409);

const isRead = ({ action, authorized, answer }: TaskOperation): boolean =>
  action === 'read' && authorized && (answer?.status === 200 || answer?.status === 400);

const hasSeconds = ({ ttl }: TaskOperation): boolean => ttl !== undefined && isSeconds(ttl);

const effects: Readonly<Record<string, Effect>> = {
  'read.changes-nothing': (task, operation) =>
    isRead(operation) ? movedOn(task, operation.receivedAt).map(endedBetween(operation)) : [],
  'auth.no-effect': (task, operation, judging) =>
    operation.action === 'cancel' && !operation.authorized ? cancels(task, operation, judging) : [],
  'auth.read-no-effect': (task, operation) =>
    operation.action === 'read' && !operation.authorized && hasSeconds(operation)
      ? retained(task, Number(operation.ttl), whenOf(operation))
      : [],
  'cancel.by-get.no-effect': (task, operation, judging) =>
    operation.action === 'get-cancel' ? cancels(task, operation, judging) : [],
  'cancel.commit-phase.untouched': (task, operation, judging) =>
    isRefusedCancel(operation) && task.where === 'committing'
      ? [...cancels(task, operation, judging), gone(unshown(task)), { ...unshown(task), where: 'queued' }]
      : [],
  'cancel.ended.untouched': (task, operation) =>
    isRefusedCancel(operation) && isEnded(task.where) ? [{ ...unshown(task), touched: true }] : [],
  'expiry.plain-read-keeps': (task, operation) =>
    isRead(operation) && operation.ttl === undefined && isEnded(task.where)
      ? [
          {
            ...task,
            retention: { ...task.retention, from: whenOf(operation) },
            agedS: 0,
            agedBeforeEndS: 0,
          },
        ]
      : [],
  'expiry.malformed-ttl': (task, operation) =>
    isRead(operation) && operation.ttl !== undefined && !hasSeconds(operation)
      ? [anyRetention(task), gone(task)]
      : [],
  'verbose.malformed': (task, operation) =>
    isRead(operation) && operation.answer?.status === 400 && hasSeconds(operation)
      ? retained(task, Number(operation.ttl), whenOf(operation))
      : [],
};

/** The clauses that rule an effect out. */
export const effectClauses: readonly string[] = [
  ...Object.keys(effects),
  'cancel.that-task-alone',
  'expiry.that-task-alone',
  'expiry.from-completion',
];

/** Whether `always` may name the clause: its effect can be taken to happen each time. */
export const canAlwaysHappen = (clause: string): boolean => clause in effects || clause === cancelAlone;

const cancelAlone = 'cancel.that-task-alone';

const endedBetween =
  ({ sentAt, receivedAt }: TaskOperation) =>
  (task: Hypothesis): Hypothesis =>
    task.end ? { ...task, end: bracket(sentAt, receivedAt), agedBeforeEndS: 0 } : task;

/** The state after an operation, and those after each effect that the operation must not have, where that is waived. */
export function ruledOutEffects(
  task: Hypothesis,
  operation: TaskOperation,
  judging: Judging,
): readonly Hypothesis[] {
  const had = [...judging.waived]
    .map((clause) => ({ clause, states: effects[clause]?.(task, operation, judging) ?? [] }))
    .filter(({ states }) => states.length > 0);
  const isSure = had.some(({ clause }) => clause === judging.always);
  return [...(isSure ? [] : [task]), ...had.flatMap(({ states }) => states)];
}

/** The state before an operation: where it is waived that a cancel touches its own task alone, others' may have hit it. */
export function effectsOfNeighbours(
  task: Hypothesis,
  { sentAt, receivedAt, action }: TaskOperation,
  judging: Judging,
): readonly Hypothesis[] {
  if (!judging.waived.has(cancelAlone) || !isPhase(task.where) || action === 'create') return [task];
  const madeMs = task.made?.earliestMs ?? Number.NEGATIVE_INFINITY;
  const hit = judging.neighbours.cancels.find(
    ({ earliestMs, latestMs }) => earliestMs < receivedAt && latestMs > madeMs,
  );
  if (!hit) return [task];
  const when = bracket(
    Math.max(hit.earliestMs, madeMs),
    Math.max(hit.latestMs, Math.min(sentAt, receivedAt), madeMs),
  );
  const states = isEnded(task.where) ? [gone(unshown(task))] : cancelled(task, when, judging);
  return judging.always === cancelAlone ? states : [task, ...states];
}
