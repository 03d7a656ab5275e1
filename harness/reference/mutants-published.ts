/** Faults of mocks of this API that were really published. */
import { type RulesChange, rules } from './contract.ts';
import { detectedBy, type Mutant } from './mutant.ts';
import { type Route, refusedWith, type TaskBody } from './rules.ts';

/** The same change of a task in both reads. */
const shownAs = (change: (task: TaskBody) => TaskBody): RulesChange => ({
  read: { rewrite: change },
  list: { rewriteRow: change },
});
const refused400 = { graceful: refusedWith(400), forced: refusedWith(400) };
const cancelByDelete: readonly Route[] = rules.routes.map((route) =>
  route.operation === 'cancel'
    ? { operation: 'cancel', method: 'DELETE', path: '/v1/crdb_tasks/{id}' }
    : route,
);

export const publishedMutants: readonly Mutant[] = [
  ...detectedBy(['read.schema', 'list.schema'], {
    'mock-task-id': [
      'a task has its id as `task_id`, and a `task_type`',
      shownAs(({ id, ...task }) => ({ task_id: id, task_type: 'crdb_update', ...task })),
    ],
    'mock-statuses': [
      'the statuses are pending, running, completed and error',
      {
        task: {
          status: {
            queued: 'pending',
            running: 'running',
            committing: 'running',
            finished: 'completed',
            failed: 'error',
          },
        },
      },
    ],
    'mock-progress': ['`progress` is a number', shownAs((task) => ({ ...task, progress: 45.5 }))],
    'mock-error-text': ['`errors` is a string', shownAs((task) => ({ ...task, errors: 'none' }))],
  }),
  ...detectedBy('read.schema', {
    'mock-completed': [
      'a finished task has the status `completed`',
      { task: { status: { finished: 'completed' } } },
    ],
    'mock-cancelled': [
      'a cancelled task has the status `cancelled`',
      {
        read: {
          rewrite: (task, { cancelledMs, phase }) =>
            cancelledMs !== undefined && phase === 'failed' ? { ...task, status: 'cancelled' } : task,
        },
      },
    ],
    'mock-verbose-progress': [
      'with verbose=true `progress` is a number',
      { read: { rewriteVerbose: (task) => ({ ...task, progress: 100 }) } },
    ],
  }),
  ...detectedBy(['read.absent-not-null', 'list.absent-not-null'], {
    'mock-times-null': [
      '`start_time`, `end_time` and `ended` are null until they are known',
      shownAs((task) => ({ start_time: null, end_time: null, ended: null, ...task })),
    ],
  }),
  ...detectedBy('cancel.running.accepted', {
    'mock-cancel-by-delete': [
      'DELETE cancels a task; POST on the cancel path does not exist',
      { routes: cancelByDelete },
      {
        mayFail: ['cancel.queued.accepted'], // where the network hides that it is the same fault
      },
    ],
  }),
  ...detectedBy('cancel.ended.refused', {
    'mock-completed-is-400': [
      'a cancel of an ended task is refused with 400',
      { cancel: { outcome: { finished: refused400, failed: refused400 } } },
    ],
  }),
];
