/**
 * What an answer shows of a task: a status that its phase allows, and between two effects the same documented fields, of
 * which `verbose` loses nothing. Pure.
 */
import { bracket } from '../../model/bracket.ts';
import { type ShownTask, type Status, statusOf } from '../shown.ts';
import type { Allow, Situation } from './guard.ts';
import { type Hypothesis, isEnded, isPhase, isUnfinished, type TaskFields } from './hypothesis.ts';
import type { TaskOperation } from './operation.ts';

const changeShows = 'status.change-shows';
const showsAtOnce = 'status.change-shows-at-once';
const agrees = 'list.agrees-with-read';

const rank: Readonly<Record<Status, number>> = { queued: 0, started: 1, finished: 2, failed: 2 };

/** A status is that of the phase, or for the settle time one before it; what was shown once does not go back. */
export function statusAgrees(
  { task, operation, judging, allow }: Situation,
  { status }: ShownTask,
): readonly Hypothesis[] {
  if (!isEnded(task.where) && !isUnfinished(task.where)) return [task];
  const due = statusOf[task.where];
  const { lag, ...rest } = task;
  if (status === due) {
    allow(true, `status.${due}`);
    if (task.cancelled) allow(true, task.revealed ? 'cancel.stays-out' : 'cancel.leaves');
    if (task.cancelled && lag?.shows === 'queued') allow(true, 'cancel.not-finished');
    if (lag?.by === 'move') for (const clause of [changeShows, showsAtOnce]) allow(true, clause);
    if (task.revealed && due === 'started') allow(true, 'status.forward-only');
    // In this order of requests that overlap, the task would end after the answer that shows it.
    if (task.end && operation.receivedAt < task.end.earliestMs) return [];
    if (task.revealed && !lag) return [task];
    // Where changes show late, each of read and list may show them at a time of its own.
    if (lag && (judging.waived.has(changeShows) || judging.waived.has(showsAtOnce))) return [task];
    const end =
      lag && task.end && bracket(task.end.earliestMs, Math.min(task.end.latestMs, operation.receivedAt));
    return [{ ...rest, revealed: true, ...(end ? { end } : {}) }];
  }
  if (lag && rank[status] >= rank[lag.shows] && rank[status] < rank.finished) {
    const lateS = ((operation.sentAt - lag.sinceMs) / 1000).toFixed(1);
    const clause = lag.by === 'cancel' ? 'cancel.leaves' : changeShows;
    const within = `status ${due} within ${judging.settings.settleMs / 1000} s`;
    const isLate = operation.sentAt > lag.untilMs && !judging.waived.has(changeShows);
    if (!allow(!isLate, clause, within, `status ${status} after ${lateS} s`)) return [];
    const isAtOnce =
      lag.by === 'cancel' || operation.sentAt <= lag.sinceMs || judging.waived.has(changeShows);
    if (!isAtOnce && !allow(false, showsAtOnce, `status ${due} at once`, `status ${status}`)) return [];
    return [lag.shows === status ? task : { ...task, lag: { ...lag, shows: status } }];
  }
  if (task.touched) return [{ ...task, where: status === 'started' ? 'running' : status }];
  if (operation.verbose === 'true' && judging.waived.has('verbose.keeps-fields')) return [task];
  const expected = `status ${due}, because ${isEnded(task.where) ? `it ended as ${task.where}` : `it is ${task.where}`}`;
  return allow(false, contradicted(task, status, operation), expected, `status ${status}`) ? [task] : [];
}

/** The clause that another status contradicts; a row of a task that was not read before may contradict either. */
function contradicted(
  task: Hypothesis,
  status: Status,
  { action }: TaskOperation,
): string | readonly string[] {
  const goesBack = rank[status] < rank.finished;
  if (task.cancelled && goesBack) return task.revealed ? 'cancel.stays-out' : 'cancel.leaves';
  if (task.lag && rank[status] < rank[task.lag.shows]) return 'status.forward-only';
  if (task.cancelled && status === 'finished') return 'cancel.not-finished';
  const own = `status.${isPhase(task.where) ? statusOf[task.where] : status}`;
  if (action === 'list') return task.revealed ? agrees : [agrees, own];
  if (task.revealed && isEnded(task.where)) return 'status.ended-stays';
  if (task.revealed && status === 'queued') return 'status.forward-only';
  return own;
}

/** Documented fields whose values don't change while the task does not. */
const steady = ['crdb_guid', 'operation', 'started', 'ended', 'worker_name'];
const documented = [...steady, 'errors', 'progress'];

/** The hypothesis with what the read shows; none where the read contradicts an earlier one. */
export function fieldsAgree(
  task: Hypothesis,
  shown: ShownTask,
  operation: TaskOperation,
  allow: Allow,
): readonly Hypothesis[] {
  return guidAgrees(task, shown, 'read', allow).flatMap((known) =>
    // A task that moves by itself, or with an effect on its way, may show other fields at any time.
    (known.held || isEnded(known.where)) && !known.lag && !known.touched
      ? compared(known, shown.fields, operation, allow)
      : [known],
  );
}

/** Every answer that shows a guid shows the same. */
export function guidAgrees(
  task: Hypothesis,
  { fields }: ShownTask,
  shownBy: 'read' | 'list',
  allow: Allow,
): readonly Hypothesis[] {
  const { crdb_guid: value } = fields;
  if (typeof value !== 'string') return [task];
  if (task.guid?.value === value && task.guid.shownBy === 'provisioner' && shownBy === 'read')
    allow(true, 'read.named-guid');
  if (task.guid?.value === value) return [task];
  if (!task.guid) return [{ ...task, guid: { value, shownBy } }];
  const clause =
    shownBy === 'list' || task.guid.shownBy === 'list'
      ? agrees
      : task.guid.shownBy === 'provisioner'
        ? 'read.named-guid'
        : 'read.changes-nothing';
  return allow(false, clause, `crdb_guid ${task.guid.value}`, `crdb_guid ${value}`) ? [task] : [];
}

function compared(
  task: Hypothesis,
  fields: TaskFields,
  { verbose = 'omitted' }: TaskOperation,
  allow: Allow,
): readonly Hypothesis[] {
  if (verbose !== 'omitted' && verbose !== 'true' && verbose !== 'false') return [task]; // malformed: as it likes
  const { omitted, true: detailed, false: refused } = task.reads ?? {};
  const agrees =
    verbose === 'true'
      ? [omitted, refused].every((plain) => !plain || keeps(plain, fields, allow)) &&
        (!detailed || !isEnded(task.where) || equals(detailed, fields, 'status.ended-stays', allow))
      : (!detailed || keeps(fields, detailed, allow)) &&
        (!omitted || equals(omitted, fields, verbose === 'false' ? falseIsPlain : sameAgain(task), allow)) &&
        (!refused || equals(refused, fields, verbose === 'omitted' ? falseIsPlain : sameAgain(task), allow));
  if (!agrees) return [];
  return [task.reads?.[verbose] ? task : { ...task, reads: { ...task.reads, [verbose]: fields } }];
}

const falseIsPlain = 'verbose.false-is-plain';

const sameAgain = ({ where }: Hypothesis): string =>
  isEnded(where) ? 'status.ended-stays' : 'read.changes-nothing';

function equals(before: TaskFields, fields: TaskFields, clause: string, allow: Allow): boolean {
  const differing = documented.filter(
    (name) => name in fields !== name in before || contradicts(name, fields, before),
  );
  const seen = `a difference in ${differing.join(', ')}`;
  return allow(differing.length === 0, clause, 'the fields of the read before', seen);
}

/** Whether the verbose answer has what the plain one has. */
function keeps(plain: TaskFields, detailed: TaskFields, allow: Allow): boolean {
  const lost = documented.filter(
    (name) => name in plain && (!(name in detailed) || contradicts(name, plain, detailed)),
  );
  const seen = `${lost.join(', ')} lost or contradicted`;
  return allow(lost.length === 0, 'verbose.keeps-fields', 'all fields of the plain answer', seen);
}

const contradicts = (name: string, one: TaskFields, other: TaskFields): boolean =>
  steady.includes(name) && name in one && name in other && one[name] !== other[name];
