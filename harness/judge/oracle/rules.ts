/**
 * The contract of one task, once, as a nondeterministic state machine: every state that the contract allows after an
 * operation with the answer that was seen. None means that the contract forbids what was seen. It reads like the
 * contract, and it shares nothing with the suites or the reference cluster: each must be able to contradict the other.
 */
import { cancel } from './cancel.ts';
import { cancelled, effectsOfNeighbours, ruledOutEffects, whenOf } from './effects.ts';
import { guardOf, type Judging, type Situation } from './guard.ts';
import {
  absent,
  aged,
  anyRetention,
  gone,
  goneClause,
  type Hypothesis,
  inWords,
  isEnded,
  isPhase,
  isUnfinished,
  keptClauses,
  keptInWords,
  mayBeGone,
  moved,
  movedOn,
  mustGo,
  overdueMs,
  retained,
  unseen,
  wouldHaveExpired,
} from './hypothesis.ts';
import { type Action, isSeconds, type TaskOperation } from './operation.ts';
import { fieldsAgree, guidAgrees, statusAgrees } from './shows.ts';

/** The states that the contract allows after an operation. The same object: the operation has changed nothing. */
export const step = (task: Hypothesis, operation: TaskOperation, judging: Judging): readonly Hypothesis[] =>
  [task, ...silently(task, operation, judging)].flatMap((one) => stepUnmoved(one, operation, judging));

/** The same for a task that has not moved by itself since the operation before. */
export function stepUnmoved(
  task: Hypothesis,
  operation: TaskOperation,
  judging: Judging,
): readonly Hypothesis[] {
  const allow = guardOf(judging, operation);
  return effectsOfNeighbours(task, operation, judging)
    .flatMap((one) => rules[operation.action]({ task: one, operation, judging, allow }))
    .flatMap((one) => ruledOutEffects(one, operation, judging));
}

/** What may have happened to a task before an operation that no request of the history did. */
function silently(
  task: Hypothesis,
  { sentAt, receivedAt }: TaskOperation,
  { othersAct }: Judging,
): readonly Hypothesis[] {
  if (task.where === 'nowhere' || task.where === 'gone')
    return othersAct ? unseen(sentAt).filter(({ where }) => where !== 'nowhere' && where !== 'gone') : [];
  return task.held || task.lag?.by === 'cancel' ? [] : movedOn(task, receivedAt);
}

type Rule = (situation: Situation) => readonly Hypothesis[];

/** What a request has done that was answered with success; both where its answer is lost; nothing else. */
function done(task: Hypothesis, { answer }: TaskOperation, effect: () => Hypothesis): readonly Hypothesis[] {
  if (answer === undefined) return [task, effect()];
  return answer.status >= 200 && answer.status < 300 ? [effect()] : [task];
}

const rules: Readonly<Record<Action, Rule>> = {
  create: ({ task, operation, judging: { settings, othersAct } }) =>
    done(task, operation, () => {
      const { phase = 'queued', ttlS, held = false, cancelFails, guid } = operation;
      const when = whenOf(operation);
      return {
        ...absent,
        where: phase,
        held: held && !othersAct,
        made: when,
        retention:
          ttlS === undefined
            ? { ttlS: settings.defaultTtlS, setBy: othersAct ? 'unknown' : 'default' }
            : { ttlS, setBy: othersAct || ttlS === 0 ? 'unknown' : 'creation' },
        ...(isEnded(phase) ? { end: when } : {}),
        ...(cancelFails ? { cancelFails } : {}),
        ...(guid === undefined ? {} : { guid: { value: guid, shownBy: 'provisioner' } }),
      };
    }),
  move: ({ task, operation, judging: { settings } }) =>
    isUnfinished(task.where) && operation.phase !== undefined
      ? done(task, operation, () =>
          moved(task, operation.phase ?? 'failed', whenOf(operation), { ...settings, by: 'move' }),
        )
      : [task],
  age: ({ task, operation }) =>
    done(task, operation, () => aged(task, operation.agedS ?? 0, whenOf(operation))),
  delete: ({ task, operation }) => done(task, operation, () => ({ ...absent, where: 'gone', removed: true })),
  'get-cancel': ({ task }) => [task],
  read: (situation) => (situation.operation.authorized ? read(situation) : unauthorized(situation)),
  list: (situation) => (situation.operation.authorized ? list(situation) : [situation.task]),
  cancel: (situation) => (situation.operation.authorized ? cancel(situation) : unauthorized(situation)),
};

/** Refused credentials change nothing. Where they were not refused, which other checks judge, they may have. */
function unauthorized({ task, operation, judging }: Situation): readonly Hypothesis[] {
  if (operation.answer) return [task];
  if (operation.action === 'cancel') return [task, ...cancelled(task, whenOf(operation), judging)];
  return [task, ...setRetention(task, operation, judging)];
}

/** The TTL that a read carries; a malformed one that reads as a number may be taken for it. */
function setRetention(
  task: Hypothesis,
  { ttl, ...operation }: TaskOperation,
  { othersAct }: Judging,
): readonly Hypothesis[] {
  if (ttl === undefined || othersAct) return []; // where others act, a retention is never known
  if (isSeconds(ttl)) return retained(task, Number(ttl), whenOf(operation));
  return Number.isInteger(Number(ttl)) && Number(ttl) >= 0 ? [anyRetention(task)] : [];
}

// ---- read

const read: Rule = (situation) => {
  const { task, operation, judging } = situation;
  const { answer, ttl } = operation;
  if (answer === undefined) return [task, ...setRetention(task, operation, judging)];
  if (answer.status === 400) return [task]; // malformed, and without an effect
  if (answer.status === 404) return notFound(situation);
  return found(situation).flatMap((one) =>
    ttl === undefined
      ? [one]
      : isSeconds(ttl)
        ? retainedOr(one, operation, judging)
        : [one, ...setRetention(one, operation, judging)],
  );
};

/** The retention that a read has set; a task that is not kept has none. */
const retainedOr = (task: Hypothesis, operation: TaskOperation, judging: Judging): readonly Hypothesis[] => {
  const after = setRetention(task, operation, judging);
  return after.length === 0 ? [task] : after;
};

/** A read was answered with 200. */
function found({ task, operation, judging, allow }: Situation): readonly Hypothesis[] {
  const { sentAt, receivedAt, answer } = operation;
  if (task.where === 'nowhere' || task.where === 'gone') {
    const clause = task.where === 'nowhere' || task.removed ? 'read.status.404' : goneClause(task);
    return allow(false, clause, `404, because ${inWords(task)}`, '200') ? [task] : [];
  }
  if (mustGo(task)) {
    const lateMs = overdueMs(task, sentAt, judging.settings.graceMs);
    const why = `404, because it is no longer kept: its retention of ${task.retention.ttlS} s is over`;
    if (lateMs > 0 && !isKeptAsAnother(task, sentAt, judging) && !allow(false, goneClause(task), why, '200'))
      return [];
  }
  const isKept = isUnfinished(task.where) || !mayBeGone(task, receivedAt);
  if (isKept && (isUnfinished(task.where) || task.cancelled || task.agedS > 0))
    allow(true, mustStay(task, receivedAt, judging));
  if (isKept && isEnded(task.where) && wouldHaveExpired(task, receivedAt))
    allow(true, 'expiry.from-completion');
  const shown = answer?.shown;
  if (!shown) return [task];
  return statusAgrees({ task, operation, judging, allow }, shown).flatMap((one) =>
    fieldsAgree(one, shown, operation, allow),
  );
}

/** A 404: fair where there is no such task, or where it may have expired; then it stays away. */
function notFound({ task, operation, judging, allow }: Situation): readonly Hypothesis[] {
  const { receivedAt, sentAt, ttl = '' } = operation;
  if (task.where === 'nowhere' || task.where === 'gone') {
    allow(true, task.removed || task.where === 'nowhere' ? 'read.status.404' : goneClause(task));
    return [task];
  }
  const clause = mustStay(task, receivedAt, judging);
  if (isUnfinished(task.where))
    return allow(false, clause, `200, because ${inWords(task)}`, '404') ? [gone(task)] : [];
  if (task.touched) return [gone(task)];
  if (mayBeGone(task, receivedAt)) {
    if (mustGo(task) && overdueMs(task, sentAt, judging.settings.graceMs) > 0) allow(true, goneClause(task));
    return [gone(task)];
  }
  const shortened = isSeconds(ttl) ? setRetention(task, operation, judging) : [];
  if (shortened.some((one) => mayBeGone(one, receivedAt)) || isGoneAsAnother(task, receivedAt, judging))
    return [gone(task)];
  return allow(false, clause, `200, because ${keptInWords(task)}`, '404') ? [gone(task)] : [];
}

/** The clauses by which a task is readable: the retention of a young one is not what is tried. */
function mustStay(task: Hypothesis, atMs: number, { settings }: Judging): string | readonly string[] {
  if (isUnfinished(task.where)) return wouldHaveExpired(task, atMs) ? 'expiry.unfinished' : 'read.status.200';
  if (task.agedS + task.agedBeforeEndS > 0) return keptClauses(task);
  if (task.cancelled) return 'cancel.still-readable';
  const isYoung = task.end !== undefined && atMs < task.end.latestMs + settings.settleMs;
  return isYoung ? ['read.status.200', ...keptClauses(task)] : keptClauses(task);
}

/** Where it is waived that a TTL is for one task alone, another task's may count. */
const isKeptAsAnother = (
  task: Hypothesis,
  atMs: number,
  { waived, neighbours, settings }: Judging,
): boolean =>
  waived.has('expiry.that-task-alone') &&
  neighbours.ttlsS.some(
    (ttlS) => overdueMs(task, atMs, settings.graceMs) <= (ttlS - task.retention.ttlS) * 1000,
  );

const isGoneAsAnother = (task: Hypothesis, atMs: number, { waived, neighbours }: Judging): boolean =>
  (waived.has('expiry.that-task-alone') &&
    neighbours.ttlsS.some((ttlS) => mayBeGone(task, atMs - (ttlS - task.retention.ttlS) * 1000))) ||
  (waived.has('expiry.from-completion') && wouldHaveExpired(task, atMs));

// ---- list

/** A list holds every running and committing task, nothing that never was, and each once, as reads show it. */
const list: Rule = ({ task, operation, judging, allow }) => {
  const rows = operation.answer?.rows?.get(operation.task);
  if (!operation.answer) return [task];
  const [row] = rows ?? [];
  if (!row) {
    if (!isPhase(task.where)) allow(true, notListed(task));
    const mustBeThere = task.where === 'running' || task.where === 'committing';
    const isOnItsWay = task.lag !== undefined && task.lag.untilMs >= operation.sentAt;
    if (!mustBeThere || isOnItsWay) return [task];
    const hasExpired =
      judging.waived.has('expiry.unfinished') && wouldHaveExpired(task, operation.receivedAt);
    if (hasExpired) return [gone(task)];
    return allow(false, 'list.holds-running', `a row of it, because it is ${task.where}`, 'no row of it')
      ? [task]
      : [];
  }
  if (!allow((rows?.length ?? 0) === 1, 'list.no-duplicates', 'no task twice', 'more than one row of it'))
    return [];
  if (task.where === 'nowhere' || task.where === 'gone') {
    return allow(false, notListed(task), `no row of it, because ${inWords(task)}`, 'a row of it')
      ? [task]
      : [];
  }
  if (mustGo(task) && overdueMs(task, operation.sentAt, judging.settings.graceMs) > 0) {
    if (!allow(false, 'expiry.list', 'no row of it, because it has expired', 'a row of it')) return [];
  }
  if (isUnfinished(task.where) && task.where !== 'queued') allow(true, 'list.holds-running');
  if (task.revealed) allow(true, 'list.agrees-with-read');
  return statusAgrees({ task, operation, judging, allow }, row).flatMap((one) =>
    guidAgrees(one, row, 'list', allow),
  );
};

/** The clause by which a task that is not there has no row. */
const notListed = ({ where, removed }: Hypothesis): string =>
  where === 'nowhere' || removed ? 'list.empty' : 'expiry.list';
