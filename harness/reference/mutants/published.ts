/** Mocks of this API that were really published. */
import type { Body } from '../body.ts';
import { contractBut } from '../change.ts';
import { rules } from '../contract.ts';
import type { Mutant } from '../mutant.ts';
import { type Route, refusedWith } from '../rules.ts';

/** The same change of a task in both reads. */
const shownAs = (change: (task: Body) => Body) =>
  contractBut({ read: { rewrite: change }, list: { rewriteRow: change } });
const refused400 = refusedWith(400);

const cancelByDelete: readonly Route[] = rules.routes.map((route) =>
  route.operation === 'cancel'
    ? { operation: 'cancel', method: 'DELETE', path: '/v1/crdb_tasks/{id}' }
    : route,
);

export const publishedMutants: readonly Mutant[] = [
  {
    id: 'mock-task-id',
    breaks: 'a task bears its id as `task_id`, and has a `task_type`',
    rules: shownAs(({ id, ...task }) => ({ task_id: id, task_type: 'crdb_update', ...task })),
    killedBy: ['read.schema', 'list.schema'],
    mayFail: [],
  },
  {
    id: 'mock-statuses',
    breaks: 'the statuses are pending, running, completed and error',
    rules: contractBut({
      task: {
        status: {
          queued: 'pending',
          running: 'running',
          committing: 'running',
          finished: 'completed',
          failed: 'error',
        },
      },
    }),
    killedBy: ['read.schema', 'list.schema'],
    mayFail: [],
  },
  {
    id: 'mock-completed',
    breaks: 'a finished task has the status `completed`',
    rules: contractBut({ task: { status: { finished: 'completed' } } }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'mock-cancelled',
    breaks: 'a cancelled task has the status `cancelled`',
    rules: contractBut({
      read: {
        rewrite: (task, { cancelledMs, phase }) =>
          cancelledMs !== undefined && phase === 'failed' ? { ...task, status: 'cancelled' } : task,
      },
    }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'mock-progress',
    breaks: '`progress` is a number',
    rules: shownAs((task) => ({ ...task, progress: 45.5 })),
    killedBy: ['read.schema', 'list.schema'],
    mayFail: [],
  },
  {
    id: 'mock-verbose-progress',
    breaks: '`progress` is a number with verbose=true',
    rules: contractBut({ read: { rewriteVerbose: (task) => ({ ...task, progress: 100 }) } }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'mock-error-text',
    breaks: '`errors` is one text',
    rules: shownAs((task) => ({ ...task, errors: 'none' })),
    killedBy: ['read.schema', 'list.schema'],
    mayFail: [],
  },
  {
    id: 'mock-times-null',
    breaks: '`start_time`, `end_time` and `ended` are null until they are known',
    rules: shownAs((task) => ({ start_time: null, end_time: null, ended: null, ...task })),
    killedBy: ['read.absent-not-null', 'list.absent-not-null'],
    mayFail: [],
  },
  {
    id: 'mock-cancel-by-delete',
    breaks: 'a task is cancelled by DELETE; POST on the cancel path is unknown',
    rules: contractBut({ routes: cancelByDelete }),
    killedBy: ['cancel.running.accepted'],
    mayFail: ['cancel.queued.accepted'], // where the network hides that it is the same fault
  },
  {
    id: 'mock-completed-is-400',
    breaks: 'a cancel of an ended task is refused with 400',
    rules: contractBut({
      cancel: {
        outcome: {
          finished: { graceful: refused400, forced: refused400 },
          failed: { graceful: refused400, forced: refused400 },
        },
      },
    }),
    killedBy: ['cancel.ended.refused'],
    mayFail: [],
  },
];
