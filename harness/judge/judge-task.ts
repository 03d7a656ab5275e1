/** What reads show of one task: its id, its status, and how several reads of it go together. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../spec/record.ts';
import { asked, type Exchange } from '../model/exchange.ts';
import type { Task } from '../model/task.ts';
import { type Finding, finding } from '../model/verdict.ts';
import { type ShownTask, type Status, said, shownStatus, shownTask } from './shown.ts';

const rank: Readonly<Record<Status, number>> = { queued: 0, started: 1, finished: 2, failed: 2 };

/** The tasks that reads show, or the first doubt: of a task that isn't held a 404 proves nothing. */
function shownInAll(
  reads: readonly Exchange[],
  task: Task,
): { tasks: readonly ShownTask[] } | { doubt: Finding } {
  const tasks: ShownTask[] = [];
  for (const exchange of reads) {
    const shown = shownTask(exchange, task.held);
    if ('doubt' in shown)
      return { doubt: tasks.length > 0 ? asExpiry(shown.doubt, exchange, task) : shown.doubt };
    if (isAnother(shown.what, task)) return { doubt: ofAnother(shown.what, exchange, task) };
    tasks.push(shown.what);
  }
  const [first] = reads;
  if (!first) return { doubt: finding('inconclusive', 'nothing was read', []) };
  return { tasks };
}

/** Whether what is shown is neither this task, nor this task with its id misspelt or its guid in the id's place. */
const isAnother = ({ id }: ShownTask, task: Task): boolean =>
  !id.toLowerCase().includes(task.id.toLowerCase()) && id !== task.guid;

/** What is shown of another task says nothing of this one. */
const ofAnother = ({ id }: ShownTask, exchange: Exchange, task: Task): Finding =>
  finding('inconclusive', `${asked(exchange)} shows another task, ${id}`, exchange, {
    because: 'read.asked-id',
    blames: 'read.asked-id',
    expected: `id ${task.id}`,
    seen: `id ${id}`,
  });

/** An ended task that was there a moment ago and is not found has expired too early. */
function asExpiry(doubt: Finding, { response }: Exchange, { history }: Task): Finding {
  const phase = history.at(-1)?.phase;
  if (response?.status !== 404 || doubt.blames === undefined || (phase !== 'finished' && phase !== 'failed'))
    return doubt;
  const clause = phase === 'finished' ? 'expiry.default.kept' : 'expiry.failed.kept';
  return { ...doubt, because: clause, blames: clause };
}

/** Judges what some reads of one task show, or gives the doubt about them. */
function judging(
  reads: readonly Exchange[],
  task: Task,
  judge: (tasks: readonly ShownTask[]) => { ok: boolean; seen: string; expected: string },
): Finding {
  const shown = shownInAll(reads, task);
  if ('doubt' in shown) return shown.doubt;
  const { ok, seen, expected } = judge(shown.tasks);
  const mayHaveMoved = !ok && !task.held && onlyForward(shown.tasks);
  const [first] = reads;
  const what = first ? asked(first) : '';
  const many = reads.length > 1 ? `${reads.length} reads, ` : '';
  const reason = `${many}${what} shows ${seen}, expected ${expected}`;
  if (mayHaveMoved) return finding('inconclusive', `${reason}; the task moves by itself`, reads);
  return finding(ok ? 'pass' : 'fail', reason, reads, { expected, seen });
}

/** Whether several reads of one task show no more than that it has moved on: what differs is its status, forward. */
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

/** Whether a read shows one of these statuses. A task that moves by itself may be further on: no proof. */
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

/** Whether the last of some reads, taken until the settle time was over, shows one of these statuses. */
export function judgeSettles(reads: readonly Exchange[], task: Task, expected: readonly Status[]): Finding {
  const last = reads.at(-1);
  return last ? judgeShows(last, task, expected) : finding('inconclusive', 'nothing was read', []);
}

/**
 * The doubt that is left where the last of such reads surely shows another status: whether it may is for `clause` to
 * say, which is charged.
 */
export function unlessSettled(
  reads: readonly Exchange[],
  task: Task,
  expected: readonly Status[],
  clause: string,
): Finding | undefined {
  const found = judgeSettles(reads, task, expected);
  return found.verdict === 'fail'
    ? { ...found, verdict: 'inconclusive', because: clause, blames: clause }
    : undefined;
}

/** Whether a read shows the id that was asked for. */
export function judgeAskedId(exchange: Exchange, task: Task): Finding {
  const shown = shownTask(exchange, task.held);
  if ('doubt' in shown) return shown.doubt;
  const [seen, expected] = [`id ${shown.what.id}`, `id ${task.id}`];
  const reason = `${asked(exchange)} shows ${seen}, expected ${expected}`;
  return finding(seen === expected ? 'pass' : 'fail', reason, exchange, { expected, seen });
}

/** Whether a read shows the guid that the provisioner named. One that is left out contradicts nothing. */
export function judgeNamedGuid(exchange: Exchange, task: Task): Finding {
  if (task.guid === undefined) return finding('skip', 'the provisioner named no guid', exchange);
  return judging([exchange], task, ([shown]) => {
    const guid = shown?.fields.crdb_guid;
    return {
      ok: guid === undefined || guid === task.guid,
      seen: `crdb_guid ${said(guid)}`,
      expected: `crdb_guid ${task.guid}`,
    };
  });
}

const identity = ({ id, status, fields }: ShownTask): unknown => [id, status, fields.crdb_guid];

/** Whether all reads agree in id, guid and status: nothing has happened to a held or ended task. */
export const judgeUnchanged = (reads: readonly Exchange[], task: Task): Finding =>
  judging(reads, task, (tasks) => ({
    ok: tasks.every((shown) => isDeepStrictEqual(identity(shown), tasks[0] && identity(tasks[0]))),
    seen: distinct(tasks.map(({ status }) => `status ${status}`)),
    expected: `id, crdb_guid and status as at first (status ${tasks[0]?.status})`,
  }));

/**
 * Whether what was done to another task left this one alone: it is unchanged, and still there.
 * Only for a clause that stands on its retention: of a task that expires too early, this would say the same.
 */
export function judgeLeftAlone(reads: readonly Exchange[], task: Task): Finding {
  const [first, ...later] = reads;
  const gone = later.find(({ response }) => response?.status === 404);
  if (!first || !gone || !task.held || shownStatus(first) === undefined) return judgeUnchanged(reads, task);
  return finding('fail', `${asked(gone)} answered 404, and before it was there`, [first, gone], {
    expected: 'the task as it was',
    seen: 'no task',
  });
}

/** Whether all reads of an ended task agree in every field. */
export const judgeEqual = (reads: readonly Exchange[], task: Task): Finding =>
  judging(reads, task, (tasks) => {
    const differing = tasks.flatMap((shown) => differences(tasks[0]?.fields ?? {}, shown.fields));
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

/** From an ended status there is no way on, not even to the other one. */
const isForward = (from: Status, to: Status): boolean =>
  from === to || (rank[to] > rank[from] && rank[from] < rank.finished);

/** Whether no read shows one of these statuses. Of a task that moves by itself, one that does proves nothing. */
export function judgeNever(reads: readonly Exchange[], task: Task, forbidden: readonly Status[]): Finding {
  const found = judging(reads, task, (tasks) => ({
    ok: tasks.every(({ status }) => !forbidden.includes(status)),
    seen: distinct(tasks.map(({ status }) => `status ${status}`)),
    expected: `never ${forbidden.join(' or ')}`,
  }));
  return task.held ? found : unproven(found);
}

/** What a failing finding about a task that isn't held comes to. */
const unproven = (found: Finding): Finding =>
  found.verdict === 'fail'
    ? { ...found, verdict: 'inconclusive', reason: `${found.reason}; the task moves by itself` }
    : found;

/** Whether the `verbose` answer has every field of the plain one, with the same value. */
export function judgeKeepsFields(plain: Exchange, verbose: Exchange, task: Task): Finding {
  return judging([plain, verbose], task, ([without, detailed]) => {
    const missing = contradictions(without?.fields, detailed?.fields, '');
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

/** Names of the plain answer's fields that the detailed one lacks or contradicts; details may be added anywhere. */
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
  const doubt = added.find(({ verdict }) => verdict === 'inconclusive');
  if (added.some(({ verdict }) => verdict === 'pass')) return finding('pass', 'verbose=true shows more', all);
  return (
    doubt ??
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

/** Which of the fields that the docs tie to no status are shown, for a clause that judges nothing. */
export function observeFields(exchange: Exchange, task: Task): Finding {
  const shown = shownTask(exchange, task.held);
  if ('doubt' in shown) return shown.doubt;
  const fields = ['started', 'ended', 'errors', 'worker_name'].filter((field) => field in shown.what.fields);
  const seen = fields.length === 0 ? 'none of them' : fields.join(', ');
  return finding('observed', `at status ${shown.what.status}: ${seen}`, exchange, { seen });
}

const distinct = (words: readonly string[]): string => [...new Set(words)].join(', ');
