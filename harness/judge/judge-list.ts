/** What the list shows: which tasks are in it, and whether it agrees with single reads around it. Pure. */
import { asked, type Exchange } from '../model/exchange.ts';
import type { Task } from '../model/task.ts';
import { type Finding, finding } from '../model/verdict.ts';
import { type ShownTask, type Status, said, shownRows, shownTask } from './shown.ts';

/** Judges the rows of a list, or gives the doubt about them. */
function judgingRows(
  listing: Exchange,
  judge: (rows: readonly ShownTask[]) => { ok: boolean; seen: string; expected: string },
): Finding {
  const shown = shownRows(listing);
  if ('doubt' in shown) return shown.doubt;
  const { ok, seen, expected } = judge(shown.what);
  return finding(ok ? 'pass' : 'fail', `${asked(listing)} shows ${seen}, expected ${expected}`, listing, {
    expected,
    seen,
  });
}

const rowsOf = (rows: readonly ShownTask[], id: string): readonly ShownTask[] =>
  rows.filter((row) => row.id === id);

/** Whether a task is in the list. One that isn't held may have ended before the list was made. */
export function judgeListed(listing: Exchange, task: Task): Finding {
  const found = judgingRows(listing, (rows) => ({
    ok: rowsOf(rows, task.id).length > 0,
    seen: rowsOf(rows, task.id).length > 0 ? 'the task' : `${rows.length} rows without the task ${task.id}`,
    expected: `the task ${task.id} (${task.history.at(-1)?.phase})`,
  }));
  return found.verdict === 'fail' && !task.held
    ? finding('inconclusive', `${found.reason}; the task moves by itself`, listing)
    : found;
}

/** Whether the list shows a task with a status; a queued or ended one may be left out. */
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

/** Whether a task is in the list, for a clause that judges nothing. */
export function observeListed(listing: Exchange, task: Task): Finding {
  const shown = shownRows(listing);
  if ('doubt' in shown) return shown.doubt;
  const seen = rowsOf(shown.what, task.id).length > 0 ? 'listed' : 'not listed';
  return finding('observed', `a ${task.history.at(-1)?.phase} task is ${seen}`, listing, { seen });
}

/** Whether no id is in the list twice; the list must hold `task`, or it shows nothing. */
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
  return empty ? finding('inconclusive', notListed(task), listing, { because: 'list.holds-running' }) : found;
}

const notListed = ({ id }: Task): string => `the task ${id} is not in the list`;

/**
 * Whether the list's row of a task agrees with single reads of it before and after: in id, guid and status, unless
 * the reads themselves differ, for then the task has moved on between them.
 */
export function judgeAgreement(before: Exchange, listing: Exchange, after: Exchange, task: Task): Finding {
  const rows = shownRows(listing);
  if ('doubt' in rows) return rows.doubt;
  const around = [before, after].map((read) => shownTask(read, task.held));
  const [first, second] = around;
  if (!first || 'doubt' in first) return first?.doubt ?? finding('inconclusive', 'nothing was read', []);
  if (!second || 'doubt' in second) return second?.doubt ?? finding('inconclusive', 'nothing was read', []);
  const row = rowsOf(rows.what, task.id)[0];
  const all = [before, listing, after];
  if (!row) {
    return mustBeListed(task)
      ? finding('inconclusive', notListed(task), all, { because: 'list.holds-running' })
      : finding('pass', `${notListed(task)}, and needn't be`, all);
  }
  const said = words(row, first.what);
  const [earlier, later] = [words(first.what, row), words(second.what, row)];
  const verdict = said === earlier || said === later ? 'pass' : earlier === later ? 'fail' : 'inconclusive';
  return finding(
    verdict,
    `the list shows ${said}; single reads before and after show ${earlier} and ${later}`,
    all,
    {
      expected: earlier,
      seen: said,
      ...(verdict === 'inconclusive' ? { byChance: true } : {}),
    },
  );
}

/** Queued and ended tasks may be left out. */
const mustBeListed = ({ history }: Task): boolean =>
  ['running', 'committing'].includes(history.at(-1)?.phase ?? '');

/** Id, status and (where both show one) guid, in words. */
function words(shown: ShownTask, other: ShownTask): string {
  const guid = shown.fields.crdb_guid;
  const comparable = guid !== undefined && other.fields.crdb_guid !== undefined;
  return `id ${shown.id}, status ${shown.status}${comparable ? `, crdb_guid ${said(guid)}` : ''}`;
}

/**
 * Whether the list is empty where nothing is about.
 * @param removed ids of tasks that this run made and surely removed: a row of another says that this can't be judged
 */
export function judgeEmpty(listing: Exchange, removed: ReadonlySet<string>): Finding {
  const shown = shownRows(listing);
  if ('doubt' in shown) return shown.doubt;
  const rows = shown.what;
  const details = { expected: '[]', seen: rows.length === 0 ? '[]' : `${rows.length} rows` };
  if (rows.length === 0) return finding('pass', `${asked(listing)} shows []`, listing, details);
  const own = rows.find(({ id }) => removed.has(id));
  return own
    ? finding(
        'fail',
        `${asked(listing)} shows the task ${own.id}, which was removed; expected []`,
        listing,
        details,
      )
    : finding('skip', 'other tasks are about, so that the list is never empty', listing);
}
