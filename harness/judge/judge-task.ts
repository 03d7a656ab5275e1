/** Judges reads of one task: its id, its status, and whether several reads agree. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../spec/record.ts';
import { type Exchange, requestLine } from '../model/exchange.ts';
import type { Task } from '../model/task.ts';
import { type Finding, finding } from '../model/verdict.ts';
import { type ShownTask, type Status, shownStatus, shownTask, valueText } from './shown.ts';

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
  if (!first) return { inconclusive: finding('inconclusive', 'nothing was read', []) };
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
function judging(
  reads: readonly Exchange[],
  task: Task,
  judge: (tasks: readonly ShownTask[]) => { ok: boolean; seen: string; expected: string },
): Finding {
  const shown = shownInAll(reads, task);
  if ('inconclusive' in shown) return shown.inconclusive;
  const { ok, seen, expected } = judge(shown.tasks);
  const mayHaveMoved = !ok && !task.held && onlyForward(shown.tasks);
  const [first] = reads;
  const what = first ? requestLine(first) : '';
  const many = reads.length > 1 ? `${reads.length} reads, ` : '';
  const reason = `${many}${what} shows ${seen}, expected ${expected}`;
  if (mayHaveMoved)
    return finding('inconclusive', `${reason}; the task is not held and may have moved on`, reads);
  return finding(ok ? 'pass' : 'fail', reason, reads, { expected, seen });
}

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
  return last ? judgeShows(last, task, expected) : finding('inconclusive', 'nothing was read', []);
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
  return found.verdict === 'fail'
    ? { ...found, verdict: 'inconclusive', because: clause, attributedTo: clause }
    : undefined;
}

/** Whether a read shows the id that was asked for. */
export function judgeAskedId(exchange: Exchange, task: Task): Finding {
  const shown = shownTask(exchange, task.held);
  if ('inconclusive' in shown) return shown.inconclusive;
  const [seen, expected] = [`id ${shown.what.id}`, `id ${task.id}`];
  const reason = `${requestLine(exchange)} shows ${seen}, expected ${expected}`;
  return finding(seen === expected ? 'pass' : 'fail', reason, exchange, { expected, seen });
}

/** Whether a read shows the guid that the provisioner named. A read without a guid passes. */
export function judgeNamedGuid(exchange: Exchange, task: Task): Finding {
  if (task.guid === undefined)
    return finding('skip', 'the provisioner gave no crdb_guid for this task', exchange);
  return judging([exchange], task, ([shown]) => {
    const guid = shown?.fields.crdb_guid;
    return {
      ok: guid === undefined || guid === task.guid,
      seen: `crdb_guid ${valueText(guid)}`,
      expected: `crdb_guid ${task.guid}`,
    };
  });
}

const identity = ({ id, status, fields }: ShownTask): unknown => [id, status, fields.crdb_guid];

/** Whether all reads agree in id, guid and status. */
export const judgeUnchanged = (reads: readonly Exchange[], task: Task): Finding =>
  judging(reads, task, (tasks) => ({
    ok: tasks.every((shown) => isDeepStrictEqual(identity(shown), tasks[0] && identity(tasks[0]))),
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

/** The fields of objects/crdb_task. */
const documented = [
  'id',
  'crdb_guid',
  'status',
  'errors',
  'operation',
  'progress',
  'started',
  'ended',
  'worker_name',
] as const;

/** The fields that two reads must agree in. What the docs don't name may differ between reads of an ended task. */
const comparable = (shown: ShownTask | undefined): ShownTask['fields'] =>
  shown === undefined || rank[shown.status] < rank.finished
    ? (shown?.fields ?? {})
    : Object.fromEntries(
        documented.filter((name) => name in shown.fields).map((name) => [name, shown.fields[name]]),
      );

/** Whether all reads of a task agree in every field; where it has ended, in every documented field. */
export const judgeEqual = (reads: readonly Exchange[], task: Task): Finding =>
  judging(reads, task, (tasks) => {
    const differing = tasks.flatMap((shown) => differences(comparable(tasks[0]), comparable(shown)));
    return {
      ok: differing.length === 0,
      seen: differing.length === 0 ? 'the same fields' : `a difference in ${distinct(differing)}`,
      expected: 'the same fields',
    };
  });

const differences = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (field) => !isDeepStrictEqual(a[field], b[field]),
  );

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

/** Whether the `verbose` response has every field of the plain one, with the same value. */
export function judgeKeepsFields(plain: Exchange, verbose: Exchange, task: Task): Finding {
  return judging([plain, verbose], task, ([without, detailed]) => {
    const missing = contradictions(comparable(without), comparable(detailed), '');
    return {
      ok: missing.length === 0,
      seen:
        missing.length === 0
          ? 'all fields of the plain answer'
          : `${missing.slice(0, 5).join(', ')} lost or contradicted`,
      expected: 'all fields of the plain answer',
    };
  });
}

/** Fields of the plain response that the detailed one lacks or contradicts; details may be added anywhere. */
function contradictions(plain: unknown, detailed: unknown, name: string): string[] {
  if (Array.isArray(plain) && Array.isArray(detailed) && plain.length === detailed.length) {
    return plain.flatMap((element, index) => contradictions(element, detailed[index], `${name}[${index}]`));
  }
  if (isRecord(plain) && isRecord(detailed)) {
    return Object.keys(plain).flatMap((field) =>
      contradictions(plain[field], detailed[field], name === '' ? field : `${name}.${field}`),
    );
  }
  return isDeepStrictEqual(plain, detailed) ? [] : [name];
}

/** Whether `verbose` adds a field somewhere over all these pairs of a plain and a detailed read. */
export function judgeAdds(pairs: readonly { plain: Exchange; verbose: Exchange; task: Task }[]): Finding {
  if (pairs.length === 0) return finding('inconclusive', 'nothing was read', []);
  const all = pairs.flatMap(({ plain, verbose }) => [plain, verbose]);
  const added = pairs.map(({ plain, verbose, task }) =>
    judging([plain, verbose], task, ([without, detailed]) => ({
      ok: contradictions(detailed?.fields, without?.fields, '').length > 0,
      seen: 'details',
      expected: 'details',
    })),
  );
  const inconclusive = added.find(({ verdict }) => verdict === 'inconclusive');
  if (added.some(({ verdict }) => verdict === 'pass')) return finding('pass', 'verbose=true shows more', all);
  return (
    inconclusive ??
    finding('fail', `verbose=true shows no more than the plain read in any of ${pairs.length} phases`, all, {
      expected: 'more fields with verbose=true',
      seen: 'the same fields',
    })
  );
}

const timestamp = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Whether `started` and `ended`, where they are shown, are RFC 3339 timestamps. */
export const judgeTimestamps = (exchange: Exchange, task: Task): Finding =>
  judging([exchange], task, ([shown]) => {
    const wrong = ['started', 'ended']
      .map((field) => [field, shown?.fields[field]] as const)
      .filter(
        ([, value]) =>
          typeof value === 'string' && !(timestamp.test(value) && !Number.isNaN(Date.parse(value))),
      );
    return {
      ok: wrong.length === 0,
      seen:
        wrong.length === 0
          ? 'timestamps'
          : wrong.map(([field, value]) => `${field} ${String(value)}`).join(', '),
      expected: 'RFC 3339 timestamps in started and ended',
    };
  });

/** Records which fields are shown that the docs tie to no status, for a clause that judges nothing. */
export function observeFields(exchange: Exchange, task: Task): Finding {
  const shown = shownTask(exchange, task.held);
  if ('inconclusive' in shown) return shown.inconclusive;
  const fields = ['started', 'ended', 'errors', 'worker_name'].filter((field) => field in shown.what.fields);
  const seen = fields.length === 0 ? 'none of them' : fields.join(', ');
  return finding('observed', `at status ${shown.what.status}: ${seen}`, exchange, { seen });
}

const distinct = (words: readonly string[]): string => [...new Set(words)].join(', ');
