/** What is wrong with the list alone. */
import { contractBut } from '../change.ts';
import type { Mutant } from '../mutant.ts';

const halfAMinuteMs = 30_000;

export const listMutants: readonly Mutant[] = [
  {
    id: 'list-wrapped',
    breaks: 'the list is wrapped into {"tasks": […]}',
    rules: contractBut({ list: { answer: (tasks) => ({ tasks }) } }),
    killedBy: ['list.schema'],
    mayFail: [],
  },
  {
    id: 'list-by-id',
    breaks: 'the list is an object, a task under each id',
    rules: contractBut({
      list: { answer: (tasks) => Object.fromEntries(tasks.map((task) => [`${task.id}`, task])) },
    }),
    killedBy: ['list.schema'],
    mayFail: [],
  },
  {
    id: 'list-of-ids',
    breaks: 'the list holds ids, not tasks',
    rules: contractBut({ list: { answer: (tasks) => tasks.map(({ id }) => id) } }),
    killedBy: ['list.schema'],
    mayFail: [],
  },
  {
    id: 'list-rows-without-status',
    breaks: 'the rows of the list have no status',
    rules: contractBut({ list: { rewriteRow: ({ status: _, ...row }) => row } }),
    killedBy: ['list.schema'],
    mayFail: [],
  },
  {
    id: 'list-nulls',
    breaks: 'a field without a value is null in the list',
    rules: contractBut({ list: { rewriteRow: (row) => ({ ...row, ended: null }) } }),
    killedBy: ['list.absent-not-null'],
    mayFail: [],
  },
  {
    id: 'list-always-empty',
    breaks: 'the list is always []',
    rules: contractBut({ list: { answer: () => [] } }),
    killedBy: ['list.holds-running'],
    mayFail: [],
  },
  {
    id: 'list-without-committing',
    breaks: 'tasks in their commit phase are left out of the list',
    rules: contractBut({ list: { holds: { committing: false } } }),
    killedBy: ['list.holds-running'],
    mayFail: [],
  },
  {
    id: 'list-first-only',
    breaks: 'the list holds its first task only',
    rules: contractBut({ list: { answer: (rows) => rows.slice(0, 1) } }),
    killedBy: ['list.holds-running'],
    mayFail: [],
  },
  {
    id: 'list-queued-only',
    breaks: 'the list holds the tasks that wait, not those that run',
    rules: contractBut({ list: { holds: { queued: true, running: false, committing: false } } }),
    killedBy: ['list.holds-running'],
    mayFail: [],
  },
  {
    id: 'list-null-when-empty',
    breaks: 'an empty list is null',
    rules: contractBut({ list: { answer: (rows) => (rows.length === 0 ? null : rows) } }),
    killedBy: ['list.schema'],
    mayFail: [],
  },
  {
    id: 'list-keeps-removed',
    breaks: 'a task that was removed stays in the list',
    rules: contractBut({ control: { removedStaysListed: true } }),
    killedBy: ['list.empty'],
    mayFail: [],
  },
  {
    id: 'list-never-empty-again',
    breaks: 'when the last task goes, the list stays as it was before',
    rules: contractBut({
      transport: {
        finish: (reply, { operation }, before) =>
          operation === 'list' && reply.body === '[]' && before?.status === 200 ? before : reply,
      },
    }),
    killedBy: ['list.empty'],
    mayFail: [],
  },
  {
    id: 'list-duplicates',
    breaks: 'the last task of the list is listed twice',
    rules: contractBut({
      list: { answer: (rows) => rows.flatMap((row, at) => (at === rows.length - 1 ? [row, row] : [row])) },
    }),
    killedBy: ['list.no-duplicates'],
    mayFail: [],
  },
  {
    id: 'list-twice-over',
    breaks: 'the whole list is sent twice over',
    rules: contractBut({ list: { answer: (rows) => [...rows, ...rows] } }),
    killedBy: ['list.no-duplicates'],
    mayFail: [],
  },
  {
    id: 'list-says-queued',
    breaks: 'running tasks are shown as queued in the list',
    rules: contractBut({ list: { rewriteRow: (row) => ({ ...row, status: 'queued' }) } }),
    killedBy: ['list.agrees-with-read'],
    mayFail: [],
  },
  {
    id: 'list-other-guid',
    breaks: 'the list shows another database guid than the read',
    rules: contractBut({
      list: { rewriteRow: (row) => ({ ...row, crdb_guid: '99999999-0000-4000-8000-000000000000' }) },
    }),
    killedBy: ['list.agrees-with-read'],
    mayFail: [],
  },
  {
    id: 'list-ended-as-started',
    breaks: 'ended tasks stay in the list as started',
    rules: contractBut({
      list: {
        holds: { finished: true, failed: true },
        rewriteRow: (row) => ({ ...row, status: 'started' }),
      },
    }),
    killedBy: ['list.agrees-with-read'],
    mayFail: [],
  },
  {
    id: 'list-frozen',
    breaks: 'the list shows each task as it was at its creation, for ever',
    rules: contractBut({
      list: { lagMs: Number.POSITIVE_INFINITY, holds: { queued: true, finished: true, failed: true } },
    }),
    killedBy: ['status.change-shows'],
    mayFail: [],
  },
  {
    id: 'list-half-a-minute-late',
    breaks: 'a phase change shows in the list after 30 s',
    rules: contractBut({
      list: { lagMs: halfAMinuteMs, holds: { queued: true, finished: true, failed: true } },
    }),
    killedBy: ['status.change-shows'],
    mayFail: [],
  },
  {
    id: 'list-holds-expired',
    breaks: 'expired tasks stay in the list',
    rules: contractBut({
      list: { holds: { finished: true, failed: true } },
      retention: { forgottenBy: { list: false } },
    }),
    killedBy: ['expiry.list'],
    mayFail: [],
  },
];
