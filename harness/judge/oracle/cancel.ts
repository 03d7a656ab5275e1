/** How a cancel is answered in each phase, and what it leaves behind. Part of the contract's machine: see rules.ts. */
import { cancelled, whenOf } from './effects.ts';
import type { Situation } from './guard.ts';
import {
  gone,
  type Hypothesis,
  inWords,
  isEnded,
  isUnfinished,
  keptClauses,
  keptInWords,
  mayBeGone,
  moved,
  mustGo,
  overdueMs,
} from './hypothesis.ts';
import { isBoolean } from './operation.ts';

/** How a cancel is answered, by phase: what is accepted, what is refused, and what each leaves behind. */
export function cancel(situation: Situation): readonly Hypothesis[] {
  const { task, operation, judging, allow } = situation;
  const { answer, force } = operation;
  if (answer === undefined) return [task, ...cancelled(task, whenOf(operation), judging)];
  const { status } = answer;
  if (status === 400) return [task]; // malformed, and without an effect
  const must: Must = (statuses, clause, why) =>
    allow(statuses.includes(status), clause, `${statuses.join(' or ')}, because ${why}`, String(status));
  if (task.where === 'nowhere' || (task.where === 'gone' && task.removed))
    return must([404], 'cancel.status.404', inWords(task)) ? [task] : [];
  if (task.where === 'gone') return must([404], 'expiry.cancel', inWords(task)) ? [task] : [];
  if (task.cancelled) return again(situation);
  if (judging.othersAct) return perhapsAgain(situation);
  if (isEnded(task.where)) return tooLate(situation, must);
  const isForced = force === 'true' || (force !== undefined && !isBoolean(force) && status === 200);
  if (task.where === 'committing' && !isForced) return refusedInCommit(situation, must);
  const mayFail = task.cancelFails || !task.held;
  if (status === 409 && mayFail) {
    if (task.cancelFails) allow(true, 'cancel.status.409');
    return [task, moved(task, 'failed', whenOf(operation), { ...judging.settings, by: 'cancel' })];
  }
  if (task.cancelFails) return must([409], 'cancel.status.409', 'this cancel fails') ? [task] : [];
  const clause =
    task.where === 'committing'
      ? 'cancel.commit-phase.forced'
      : force === 'true'
        ? 'cancel.forced.accepted'
        : `cancel.${task.where}.accepted`;
  if (!must([200], clause, `it is ${task.where}`)) return [];
  return status === 200 ? cancelled(task, whenOf(operation), judging) : [task];
}

type Must = (statuses: readonly number[], clause: string | readonly string[], why: string) => boolean;

/** A second cancel gets any documented answer. */
function again({ task, operation }: Situation): readonly Hypothesis[] {
  const mayHaveExpired =
    operation.answer?.status === 404 && isEnded(task.where) && mayBeGone(task, operation.receivedAt);
  return mayHaveExpired ? [task, gone(task)] : [task];
}

/** Where others may have cancelled it a moment before, this may be a second cancel. */
function perhapsAgain(situation: Situation): readonly Hypothesis[] {
  const { task, operation, judging } = situation;
  return operation.answer?.status === 200 && isUnfinished(task.where)
    ? cancelled(task, whenOf(operation), judging)
    : again(situation);
}

/** A task that has ended refuses a cancel while it is kept, and is unknown afterwards. */
function tooLate({ task, operation, judging }: Situation, must: Must): readonly Hypothesis[] {
  const { sentAt, receivedAt, answer } = operation;
  if (answer?.status === 404 && mayBeGone(task, receivedAt)) return [gone(task)];
  if (mustGo(task) && overdueMs(task, sentAt, judging.settings.graceMs) > 0)
    return must([404], 'expiry.cancel', 'it is no longer kept') ? [task] : [];
  const isYoung = task.agedS + task.agedBeforeEndS === 0;
  // An old one may be unknown because it is no longer kept, or because a cancel does not find it.
  const refused = 'cancel.ended.refused';
  const isOldAndUnknown = answer?.status === 404 && !isYoung;
  const clause = isOldAndUnknown ? [...keptClauses(task), refused] : refused;
  if (!must([406, 409], clause, keptInWords(task))) return [];
  return isOldAndUnknown && !judging.waived.has(refused) ? [gone(task)] : [task];
}

/** The commit phase refuses a cancel without force. One that fails, or one of a task that moves, may be a conflict. */
function refusedInCommit({ task, operation, judging }: Situation, must: Must): readonly Hypothesis[] {
  const statuses = task.cancelFails || !task.held ? [406, 409] : [406];
  if (!must(statuses, 'cancel.commit-phase.refused', 'it is committing')) return [];
  return operation.answer?.status === 200 ? [task, ...cancelled(task, whenOf(operation), judging)] : [task];
}
