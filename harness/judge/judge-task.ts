/** Judges reads of one task: its id, its status, and whether several reads agree. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { type Exchange, requestLine } from '../model/exchange.ts';
import type { Task } from '../model/task.ts';
import { type Finding, finding } from '../model/verdict.ts';
import { hasLeft } from './judge.ts';
import {
  comparison,
  distinct,
  type ShownComparison,
  type ShownTask,
  type Status,
  shownStatus,
  shownTask,
  valueText,
} from './shown.ts';

const rank: Readonly<Record<Status, number>> = { queued: 0, started: 1, finished: 2, failed: 2 };

/** The tasks that reads show, or the first inconclusive one. A 404 for a task that is not held proves nothing. */
function shownInAll(
  reads: readonly Exchange[],
  task: Task,
): { tasks: readonly ShownTask[] } | { inconclusive: Finding } {
  const tasks: ShownTask[] = [];
  for (const exchange of reads) {
    const shown = shownTask(exchange, task.held);
    if ('inconclusive' in shown)
      return {
        inconclusive: tasks.length > 0 ? asExpiry(shown.inconclusive, exchange, task) : shown.inconclusive,
      };
    if (isAnother(shown.what, task)) return { inconclusive: ofAnother(shown.what, exchange, task) };
    tasks.push(shown.what);
  }
  const [first] = reads;
  if (!first) return { inconclusive: finding('inconclusive', 'no read was recorded', []) };
  return { tasks };
}

/** Whether a read shows neither this task, nor this task with its id misspelt or its guid as the id. */
const isAnother = ({ id }: ShownTask, task: Task): boolean =>
  !id.toLowerCase().includes(task.id.toLowerCase()) && id !== task.guid;

/** A read that shows another task proves nothing about this one. */
const ofAnother = ({ id }: ShownTask, exchange: Exchange, task: Task): Finding =>
  finding('inconclusive', `${requestLine(exchange)} shows another task, ${id}`, exchange, {
    because: 'read.asked-id',
    attributedTo: 'read.asked-id',
    expected: `id ${task.id}`,
    seen: `id ${id}`,
  });

/** An ended task that was found before and is now not found has expired too early. */
function asExpiry(found: Finding, { response }: Exchange, { history }: Task): Finding {
  const phase = history.at(-1)?.phase;
  if (
    response?.status !== 404 ||
    found.attributedTo === undefined ||
    (phase !== 'finished' && phase !== 'failed')
  )
    return found;
  const clause = phase === 'finished' ? 'expiry.default.kept' : 'expiry.failed.kept';
  return { ...found, because: clause, attributedTo: clause };
}

/** Judges what reads of one task show; inconclusive where one of them shows nothing that can be judged. */
export function judging(
  reads: readonly Exchange[],
  task: Task,
  judge: (tasks: readonly ShownTask[]) => ShownComparison,
): Finding {
  const shown = shownInAll(reads, task);
  if ('inconclusive' in shown) return shown.inconclusive;
  const [first] = reads;
  const many = reads.length > 1 ? `${reads.length} reads, ` : '';
  const found = comparison(`${many}${first ? requestLine(first) : ''}`, reads, judge(shown.tasks));
  if (found.verdict !== 'fail' || task.held || !onlyForward(shown.tasks)) return found;
  const reason = `${found.reason}; the task is not held and may have moved on`;
  const failed = task.finishes && shown.tasks.at(-1)?.status === 'failed';
  return finding('inconclusive', reason, reads, failed ? { ...details(found), suspect: 'once' } : {});
}

const details = ({ expected, seen }: Finding) => ({
  ...(expected === undefined ? {} : { expected }),
  ...(seen === undefined ? {} : { seen }),
});

/** Whether reads of one task differ only in that its status has moved forward. */
function onlyForward(tasks: readonly ShownTask[]): boolean {
  const moved = tasks.some(({ status }) => status !== tasks[0]?.status);
  // A guid may come with the new status: real clusters don't show it from the beginning.
  const guids = new Set(tasks.map(({ fields }) => fields.crdb_guid).filter((guid) => guid !== undefined));
  const sameTask = guids.size <= 1 && tasks.every(({ id }) => id === tasks[0]?.id);
  return (
    moved &&
    sameTask &&
    tasks.every((shown, index) => isForward(tasks[index - 1]?.status ?? shown.status, shown.status))
  );
}

/** Whether a read shows one of these statuses. A later status of a task that is not held proves nothing. */
export function judgeShows(exchange: Exchange, task: Task, expected: readonly Status[]): Finding {
  const found = judging([exchange], task, ([shown]) => ({
    ok: shown !== undefined && expected.includes(shown.status),
    seen: `status ${shown?.status}`,
    expected: `status ${expected.join(' or ')}`,
  }));
  const shown = shownTask(exchange, false);
  const furthest = Math.max(...expected.map((status) => rank[status]));
  return found.verdict === 'fail' && !task.held && 'what' in shown && rank[shown.what.status] > furthest
    ? unproven(found)
    : found;
}

/** Whether the last read within the settle time shows one of these statuses. */
export function judgeSettles(reads: readonly Exchange[], task: Task, expected: readonly Status[]): Finding {
  const last = reads.at(-1);
  return last ? judgeShows(last, task, expected) : finding('inconclusive', 'no read was recorded', []);
}

/**
 * Whether a task has ended within the settle time after an accepted cancel. One that moves by itself may have finished in
 * spite of it: once is a race.
 */
export function judgeCancelled(reads: readonly Exchange[], task: Task): Finding {
  const found = judgeSettles(reads, task, ['finished', 'failed']);
  if (found.verdict !== 'pass' || !finishedBySelf(reads, task)) return found;
  const reason = `${found.reason}; the task is not held and may have finished in spite of the cancel`;
  return finding('inconclusive', reason, reads, {
    ...details(found),
    expected: 'a cancelled task',
    suspect: 'once',
  });
}

/** Whether the end that reads show may be the one that a task has by itself. A forced cancel may come late in the commit phase. */
function finishedBySelf(reads: readonly Exchange[], { held, history }: Task): boolean {
  const last = reads.at(-1);
  return (
    !held && history.at(-1)?.phase !== 'committing' && last !== undefined && shownStatus(last) === 'finished'
  );
}

/**
 * The prerequisite that the last read within the settle time does not show another status. Where it is not proven, the
 * failure is attributed to `clause`.
 */
export function prerequisiteSettled(
  reads: readonly Exchange[],
  task: Task,
  expected: readonly Status[],
  clause: string,
): Finding | undefined {
  const found = judgeSettles(reads, task, expected);
  if (finishedBySelf(reads, task)) return { ...found, verdict: 'inconclusive', because: clause };
  return found.verdict === 'fail'
    ? { ...found, verdict: 'inconclusive', because: clause, attributedTo: clause }
    : undefined;
}

/** Whether a read shows the requested id. */
export function judgeAskedId(exchange: Exchange, task: Task): Finding {
  const shown = shownTask(exchange, task.held);
  if ('inconclusive' in shown) return shown.inconclusive;
  const [seen, expected] = [`id ${shown.what.id}`, `id ${task.id}`];
  return comparison(requestLine(exchange), exchange, { ok: seen === expected, seen, expected });
}

/**
 * Whether reads show the guid that the provisioner named; where it named none, whether they agree. A read without a guid
 * shows no other one.
 */
export const judgeNamedGuid = (reads: readonly Exchange[], task: Task): Finding =>
  judging(reads, task, (tasks) => {
    const guids = tasks.map(({ fields }) => fields.crdb_guid).filter((guid) => guid !== undefined);
    const expected = task.guid ?? guids[0];
    return {
      ok: guids.every((guid) => guid === expected),
      seen: guids.length === 0 ? 'no crdb_guid' : `crdb_guid ${distinct(guids.map(valueText))}`,
      expected: task.guid === undefined ? 'the same crdb_guid in each read' : `crdb_guid ${task.guid}`,
    };
  });

const identity = ({ id, status, fields }: ShownTask): unknown => [id, status, fields.crdb_guid];

/**
 * Whether all reads agree in id, guid and status. One that moves by itself and went on to `finished` is unchanged too: it
 * did what it would have done.
 */
export const judgeUnchanged = (reads: readonly Exchange[], task: Task): Finding =>
  judging(reads, task, (tasks) => ({
    ok:
      tasks.every((shown) => isDeepStrictEqual(identity(shown), tasks[0] && identity(tasks[0]))) ||
      (!task.held && onlyForward(tasks) && tasks.at(-1)?.status === 'finished'),
    seen: distinct(tasks.map(({ status }) => `status ${status}`)),
    expected: `id, crdb_guid and status as at first (status ${tasks[0]?.status})`,
  }));

/**
 * Whether a task is unchanged and still found after something was done to another one. Only for a clause that depends
 * on the retention clauses: a task that expires too early looks the same.
 */
export function judgeLeftAlone(reads: readonly Exchange[], task: Task): Finding {
  const [first, ...later] = reads;
  const gone = later.find(({ response }) => response?.status === 404);
  if (!first || !gone || !task.held || shownStatus(first) === undefined) return judgeUnchanged(reads, task);
  return finding('fail', `${requestLine(gone)} answered 404, but the task was found before`, [first, gone], {
    expected: 'the task as it was',
    seen: 'no task',
  });
}

/** Whether the statuses of one task, in the order of the reads, never move backwards. */
export const judgeForward = (reads: readonly Exchange[], task: Task): Finding =>
  judging(reads, task, (tasks) => ({
    ok: tasks.every((shown, index) => {
      const before = tasks[index - 1];
      return before === undefined || isForward(before.status, shown.status);
    }),
    seen: tasks.map(({ status }) => status).join(' → '),
    expected: 'each status at or after the one before it',
  }));

/**
 * Whether both kinds of reads of a task that moves by itself show its end.
 * @param reads of both kinds in turn, until both showed it, or the settle time after the first that did was over
 */
export function judgeEndShows(reads: readonly Exchange[], task: Task): Finding {
  const ended = reads.find((one) => hasLeft(one) && shownStatus(one) !== undefined);
  const status = ended && shownStatus(ended);
  if (!ended || !status)
    return finding('inconclusive', 'the task was not seen to end', reads, { byChance: true });
  return judging([ended, ...reads.slice(-2)], task, (tasks) => ({
    ok: tasks.every((shown) => shown.status === status),
    seen: distinct(tasks.map((shown) => `status ${shown.status}`)),
    expected: `status ${status} with and without verbose`,
  }));
}

/** An ended status never changes, not even to the other ended one. */
const isForward = (from: Status, to: Status): boolean =>
  from === to || (rank[to] > rank[from] && rank[from] < rank.finished);

/** Whether no read shows one of these statuses. For a task that is not held, a read that does proves nothing. */
export function judgeNever(reads: readonly Exchange[], task: Task, forbidden: readonly Status[]): Finding {
  const found = judging(reads, task, (tasks) => ({
    ok: tasks.every(({ status }) => !forbidden.includes(status)),
    seen: distinct(tasks.map(({ status }) => `status ${status}`)),
    expected: `never ${forbidden.join(' or ')}`,
  }));
  return task.held ? found : unproven(found);
}

/** A failure becomes inconclusive for a task that is not held. */
const unproven = (found: Finding): Finding =>
  found.verdict === 'fail'
    ? {
        ...found,
        verdict: 'inconclusive',
        reason: `${found.reason}; the task is not held and may have moved on`,
      }
    : found;
