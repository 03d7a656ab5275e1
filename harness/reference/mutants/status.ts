/** What a single read shows: the wrong phase, the wrong task, or the right one too late. */
import { contractBut } from '../change.ts';
import type { Mutant } from '../mutant.ts';

const upper = (id: unknown): string => `${id}`.toUpperCase();
const onlyGuid = '99999999-0000-4000-8000-000000000000';

export const statusMutants: readonly Mutant[] = [
  {
    id: 'queued-as-started',
    breaks: 'a queued task reads as started',
    rules: contractBut({ task: { status: { queued: 'started' } } }),
    killedBy: ['status.queued'],
    mayFail: [],
  },
  {
    id: 'queued-as-failed',
    breaks: 'a queued task reads as failed',
    rules: contractBut({ task: { status: { queued: 'failed' } } }),
    killedBy: ['status.queued'],
    mayFail: ['status.forward-only'],
  },
  {
    id: 'running-as-queued',
    breaks: 'a task reads as queued until its commit phase',
    rules: contractBut({ task: { status: { running: 'queued' } } }),
    killedBy: ['status.started'],
    mayFail: [],
  },
  {
    id: 'committing-as-queued',
    breaks: 'a task in its commit phase reads as queued again',
    rules: contractBut({ task: { status: { committing: 'queued' } } }),
    killedBy: ['status.started', 'status.forward-only'],
    mayFail: [],
  },
  {
    id: 'committing-as-finished',
    breaks: 'a task in its commit phase reads as finished',
    rules: contractBut({ task: { status: { committing: 'finished' } } }),
    killedBy: ['status.started'],
    mayFail: [],
  },
  {
    id: 'finished-as-started',
    breaks: 'a finished task reads as started for ever',
    rules: contractBut({ task: { status: { finished: 'started' } } }),
    killedBy: ['status.finished'],
    mayFail: [],
  },
  {
    id: 'failed-as-finished',
    breaks: 'a failed task reads as finished',
    rules: contractBut({ task: { status: { failed: 'finished' } } }),
    killedBy: ['status.failed'],
    mayFail: [],
  },
  {
    id: 'failed-as-started',
    breaks: 'a failed task reads as started for ever',
    rules: contractBut({ task: { status: { failed: 'started' } } }),
    killedBy: ['status.failed'],
    mayFail: ['cancel.leaves', 'status.change-shows'],
  },
  {
    id: 'finished-as-failed',
    breaks: 'a finished task reads as failed',
    rules: contractBut({ task: { status: { finished: 'failed' } } }),
    killedBy: ['status.finished'],
    mayFail: [],
  },
  {
    id: 'status-falls-back',
    breaks: 'every second read of a started task shows it queued',
    rules: contractBut({
      read: {
        rewrite: (task, { timesRead }) =>
          task.status === 'started' && timesRead % 2 === 0 ? { ...task, status: 'queued' } : task,
      },
    }),
    killedBy: ['read.changes-nothing'],
    mayFail: ['status.forward-only'],
  },
  {
    id: 'ended-ticks-on',
    breaks: 'the `ended` of a task is the time of the read',
    rules: contractBut({
      read: {
        rewrite: (task, _, { upMs }) =>
          'ended' in task ? { ...task, ended: new Date(upMs).toISOString() } : task,
      },
    }),
    killedBy: ['status.ended-stays'],
    mayFail: [],
  },
  {
    id: 'errors-shown-once',
    breaks: 'the `errors` of a failed task are shown to its first reader only',
    rules: contractBut({
      read: {
        rewrite: ({ errors, ...task }, { timesRead }) =>
          errors !== undefined && timesRead === 1 ? { ...task, errors } : task,
      },
    }),
    killedBy: ['status.ended-stays'],
    mayFail: [],
  },
  {
    id: 'read-starts-queued',
    breaks: 'reading a queued task starts it',
    rules: contractBut({ read: { moves: (phase) => (phase === 'queued' ? 'running' : null) } }),
    killedBy: ['read.changes-nothing'],
    mayFail: [],
  },
  {
    id: 'read-finishes-committing',
    breaks: 'reading a task in its commit phase finishes it',
    rules: contractBut({ read: { moves: (phase) => (phase === 'committing' ? 'finished' : null) } }),
    killedBy: ['read.changes-nothing'],
    mayFail: [],
  },
  {
    id: 'read-frozen',
    breaks: 'a read shows the task as it was at its creation, for ever',
    rules: contractBut({ read: { lagMs: Number.POSITIVE_INFINITY } }),
    killedBy: ['status.change-shows'],
    mayFail: [],
  },
  {
    id: 'read-half-a-minute-late',
    breaks: 'a phase change shows in a read after 30 s',
    rules: contractBut({ read: { lagMs: 30_000 } }),
    killedBy: ['status.change-shows'],
    mayFail: [],
  },
  {
    id: 'changes-three-seconds-late',
    breaks: 'a phase change shows after 3 s, in both reads',
    rules: contractBut({ read: { lagMs: 3000 }, list: { lagMs: 3000 } }),
    killedBy: ['status.change-shows-at-once'],
    mayFail: [],
  },
  {
    id: 'read-other-id',
    breaks: 'a read shows the id in upper case',
    rules: contractBut({ read: { rewrite: (task) => ({ ...task, id: upper(task.id) }) } }),
    killedBy: ['read.asked-id'],
    mayFail: [],
  },
  {
    id: 'read-guid-for-id',
    breaks: 'a read shows the database guid as the id',
    rules: contractBut({ read: { rewrite: (task) => ({ ...task, id: task.crdb_guid }) } }),
    killedBy: ['read.asked-id'],
    mayFail: [],
  },
  {
    id: 'one-guid-for-all',
    breaks: 'all tasks show the guid of one database',
    rules: contractBut({
      read: { rewrite: (task) => ({ ...task, crdb_guid: onlyGuid }) },
      list: { rewriteRow: (row) => ({ ...row, crdb_guid: onlyGuid }) },
    }),
    killedBy: ['read.named-guid'],
    mayFail: [],
  },
  {
    id: 'id-for-guid',
    breaks: 'the id of a task is shown as its database guid',
    rules: contractBut({ read: { rewrite: (task) => ({ ...task, crdb_guid: task.id }) } }),
    killedBy: ['read.named-guid'],
    mayFail: [],
  },
  {
    id: 'committing-falls-back',
    breaks: 'a task that has waited reads as queued again in its commit phase',
    rules: contractBut({
      read: {
        rewrite: (task, { phase, marks: [first] }) =>
          phase === 'committing' && first.phase === 'queued' ? { ...task, status: 'queued' } : task,
      },
    }),
    killedBy: ['status.forward-only'],
    mayFail: [],
  },
];
