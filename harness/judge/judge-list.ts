/** Judges the list: which tasks are in it, and whether it agrees with single reads before and after it. Pure. */
import { type Exchange, requestLine } from '../model/exchange.ts';
import type { Task } from '../model/task.ts';
import { type Finding, finding } from '../model/verdict.ts';
import {
  comparison,
  type ShownComparison,
  type ShownTask,
  type Status,
  shownRows,
  shownStatus,
  shownTask,
  valueText,
} from './shown.ts';

/** Judges the rows of a list; inconclusive where they can't be read. */
function judgingRows(listing: Exchange, judge: (rows: readonly ShownTask[]) => ShownComparison): Finding {
  const shown = shownRows(listing);
  return 'inconclusive' in shown
    ? shown.inconclusive
    : comparison(requestLine(listing), listing, judge(shown.what));
}

const rowsOf = (rows: readonly ShownTask[], id: string): readonly ShownTask[] =>
  rows.filter((row) => row.id === id);

/**
 * Whether a task is in the list. One that is not held may have ended before the list was made.
 * @param after reads of such a task after the list: one that still shows it as started proves that it had to be listed
 */
export function judgeListed(listing: Exchange, task: Task, after: readonly Exchange[] = []): Finding {
  const found = judgingRows(listing, (rows) => ({
    ok: rowsOf(rows, task.id).length > 0,
    seen: rowsOf(rows, task.id).length > 0 ? 'the task' : `${rows.length} rows without the task ${task.id}`,
    expected: `the task ${task.id} (${task.history.at(-1)?.phase})`,
  }));
  if (found.verdict !== 'fail' || task.held) return found;
  if (after.some((one) => shownStatus(one) === 'started'))
    return { ...found, exchanges: [listing, ...after] };
  const reason = `${found.reason}; the task is not held and may have moved on`;
  return finding('inconclusive', reason, [listing, ...after], { byChance: true });
}

/** Whether the list shows a task with a status. A queued or ended task may be left out. */
export const judgeListShows = (listing: Exchange, task: Task, status: Status): Finding =>
  judgingRows(listing, (rows) => {
    const row = rowsOf(rows, task.id)[0];
    return {
      ok: row ? row.status === status : !mustBeListed(task),
      seen: row ? `status ${row.status} of the task ${task.id}` : `no row of the task ${task.id}`,
      expected: `status ${status}${mustBeListed(task) ? '' : ', or no row'}`,
    };
  });

/** Whether a task is not in the list. */
export const judgeUnlisted = (listing: Exchange, task: Task): Finding =>
  judgingRows(listing, (rows) => ({
    ok: rowsOf(rows, task.id).length === 0,
    seen: rowsOf(rows, task.id).length === 0 ? 'no such row' : `the task ${task.id}`,
    expected: 'no row of an expired task',
  }));

/** Records whether a task is in the list, for a clause that judges nothing. */
export function observeListed(listing: Exchange, task: Task): Finding {
  const shown = shownRows(listing);
  if ('inconclusive' in shown) return shown.inconclusive;
  const seen = rowsOf(shown.what, task.id).length > 0 ? 'listed' : 'not listed';
  return finding('observed', `a ${task.history.at(-1)?.phase} task is ${seen}`, listing, { seen });
}

/** Whether no id is in the list twice. The list must hold `task`: an empty one proves nothing. */
export function judgeNoDuplicates(listing: Exchange, task: Task): Finding {
  const found = judgingRows(listing, (rows) => {
    const ids = new Set<string>();
    const twice = rows.find(({ id }) => ids.size === ids.add(id).size);
    return {
      ok: twice === undefined,
      seen: twice === undefined ? `${rows.length} rows` : `the task ${twice.id} more than once`,
      expected: 'no task twice',
    };
  });
  const empty = found.verdict === 'pass' && judgeListed(listing, task).verdict !== 'pass';
  return empty ? missing(task, [listing], !task.held) : found;
}

const notListed = ({ id }: Task): string => `the task ${id} is not in the list`;

/**
 * A list without a task that it had to hold.
 * @param mayHaveEnded the task may have ended before the list was made, and then need not be in it
 */
const missing = (task: Task, exchanges: readonly Exchange[], mayHaveEnded: boolean): Finding =>
  mayHaveEnded
    ? finding('inconclusive', `${notListed(task)}; it is not held and may have moved on`, exchanges, {
        byChance: true,
      })
    : finding('inconclusive', notListed(task), exchanges, { because: 'list.holds-running' });

/**
 * Whether the list's row of a task agrees with single reads before and after it in id, guid and status. Where the two
 * reads differ, the task has moved on between them and the row may show either.
 */
export function judgeAgreement(before: Exchange, listing: Exchange, after: Exchange, task: Task): Finding {
  const rows = shownRows(listing);
  if ('inconclusive' in rows) return rows.inconclusive;
  const first = shownTask(before, task.held);
  if ('inconclusive' in first) return first.inconclusive;
  const second = shownTask(after, task.held);
  if ('inconclusive' in second) return second.inconclusive;
  const row = rowsOf(rows.what, task.id)[0];
  const all = [before, listing, after];
  if (!row)
    return mustBeListed(task)
      ? missing(task, all, !task.held && second.what.status !== 'started')
      : finding('pass', `${notListed(task)}, and need not be`, all);
  const listed = words(row, first.what);
  const [earlier, later] = [words(first.what, row), words(second.what, row)];
  const verdict =
    listed === earlier || listed === later ? 'pass' : earlier === later ? 'fail' : 'inconclusive';
  return finding(
    verdict,
    `the list shows ${listed}; single reads before and after show ${earlier} and ${later}`,
    all,
    {
      expected: earlier,
      seen: listed,
      ...(verdict === 'inconclusive' ? { byChance: true } : {}),
    },
  );
}

/** Queued and ended tasks may be left out. */
const mustBeListed = ({ history }: Task): boolean =>
  ['running', 'committing'].includes(history.at(-1)?.phase ?? '');

/** Id, status and, where both show one, guid: as a reason shows them. */
function words(shown: ShownTask, other: ShownTask): string {
  const guid = shown.fields.crdb_guid;
  const comparable = guid !== undefined && other.fields.crdb_guid !== undefined;
  return `id ${shown.id}, status ${shown.status}${comparable ? `, crdb_guid ${valueText(guid)}` : ''}`;
}

/**
 * Whether the list is empty when no tasks exist.
 * @param removed ids of tasks that this run made and certainly removed. Rows of other tasks: `skip`
 */
export function judgeEmpty(listing: Exchange, removed: ReadonlySet<string>): Finding {
  const shown = shownRows(listing);
  if ('inconclusive' in shown) return shown.inconclusive;
  const rows = shown.what;
  const details = { expected: '[]', seen: rows.length === 0 ? '[]' : `${rows.length} rows` };
  if (rows.length === 0) return finding('pass', `${requestLine(listing)} shows []`, listing, details);
  const own = rows.find(({ id }) => removed.has(id));
  return own
    ? finding(
        'fail',
        `${requestLine(listing)} shows the task ${own.id}, which was removed; expected []`,
        listing,
        details,
      )
    : finding('skip', 'tasks exist that this run did not remove, so the list cannot be empty', listing);
}
