/** Faults that show the second time, for one way through the phases, or at some moment or age. */
import type { RulesChange } from './contract.ts';
import { detectedBy, type Mutant } from './mutant.ts';
import { accepted, actsWith, type RequestContext, refusedWith } from './rules.ts';
import { phaseOf, type Task } from './task.ts';

const graceful = (phase: 'running' | 'committing' | 'finished', outcome: typeof accepted): RulesChange => ({
  cancel: { outcome: { [phase]: { graceful: outcome, forced: outcome } } },
});
/** Whether a task came into its phase through these others alone. */
const came =
  (...before: readonly string[]) =>
  ({ marks }: Task): boolean =>
    marks.length > 1 && marks.slice(0, -1).every(({ phase }) => before.includes(phase));
/** Whether a task is in its third phase or a later one. */
const movedTwice = ({ marks }: Task): boolean => marks.length > 2;
const isOld = ({ agedMs }: Task): boolean => agedMs >= 200_000;
/** Whether a task was cancelled within these milliseconds before a request. */
const cancelledBefore =
  (fromMs: number, toMs: number) =>
  ({ task, nowMs }: RequestContext): boolean => {
    const sinceMs = nowMs - (task?.cancelledMs ?? Number.NEGATIVE_INFINITY);
    return sinceMs >= fromMs && sinceMs < toMs;
  };
/** Whether a task came into its phase within these milliseconds before a request, from another one. */
const cameWithin =
  (ms: number) =>
  ({ task, nowMs }: RequestContext): boolean =>
    task !== undefined && task.marks.length > 1 && nowMs - (task.marks.at(-1)?.atMs ?? 0) < ms;

export const seldomMutants: readonly Mutant[] = [
  ...detectedBy('cancel.commit-phase.refused', {
    'second-refusal-accepts': [
      'only the second graceful cancel in the commit phase is accepted',
      graceful('committing', accepted),
      {
        when: {
          operation: 'cancel',
          phase: 'committing',
          force: 'omitted',
          task: ({ timesCancelled }) => timesCancelled === 1,
        },
      },
    ],
    'failure-before-phase': [
      'a cancel in the commit phase that would fail is answered with 409, not 406',
      graceful('committing', refusedWith(409)),
      {
        when: {
          operation: 'cancel',
          phase: 'committing',
          force: 'omitted',
          task: ({ cancelFails }) => cancelFails,
        },
      },
    ],
    'cancels-in-commit-out-of-queued': [
      'only a task that came from queued into its commit phase can be cancelled there',
      graceful('committing', accepted),
      { when: { operation: 'cancel', phase: 'committing', force: 'omitted', task: came('queued') } },
    ],
    'cancels-in-commit-out-of-running': [
      'only a task that came from running into its commit phase can be cancelled there',
      graceful('committing', accepted),
      { when: { operation: 'cancel', phase: 'committing', force: 'omitted', task: came('running') } },
    ],
    'cancels-in-early-commit': [
      'in the first 50 ms of its commit phase a task can be cancelled',
      graceful('committing', accepted),
      { when: { operation: 'cancel', phase: 'committing', force: 'omitted', context: cameWithin(50) } },
    ],
  }),
  ...detectedBy('cancel.commit-phase.forced', {
    'force-after-refusal-is-406': [
      'only after a refused cancel, a forced one is refused too',
      graceful('committing', refusedWith(406)),
      {
        when: {
          operation: 'cancel',
          phase: 'committing',
          force: 'true',
          task: ({ timesCancelled }) => timesCancelled > 0,
        },
      },
    ],
  }),
  ...detectedBy('cancel.ended.refused', {
    'fourth-cancel-of-finished-accepts': [
      'only the fourth cancel of a finished task is answered with 200',
      graceful('finished', { status: 200, acts: false }),
      { when: { operation: 'cancel', phase: 'finished', task: ({ timesCancelled }) => timesCancelled >= 3 } },
    ],
    'old-finished-cancel-is-404': [
      'a cancel of a task that finished more than 200 s ago is answered with 404',
      graceful('finished', refusedWith(404)),
      { when: { operation: 'cancel', phase: 'finished', task: isOld } },
    ],
  }),
  ...detectedBy('cancel.stays-out', {
    'fourth-cancel-revives': [
      'the fourth cancel of a task queues it again',
      { cancel: { again: actsWith(406, { endsAs: 'queued', afterMs: 0 }) } },
      { when: { operation: 'cancel', task: ({ timesCancelled }) => timesCancelled === 3 } },
    ],
    'cancelled-runs-for-a-moment': [
      'from 300 to 900 ms after its cancel, a cancelled task is shown as started again',
      { task: { status: { failed: 'started' } } },
      { when: { operation: 'read', phase: 'failed', context: cancelledBefore(300, 900) } },
    ],
  }),
  ...detectedBy('cancel.still-readable', {
    'just-cancelled-is-404': [
      'in the first 20 ms after its cancel, a read of a task is answered with 404',
      { read: { status: { queued: 404, running: 404, committing: 404, failed: 404 } } },
      { when: { operation: 'read', context: cancelledBefore(0, 20) } },
    ],
    'force-cancelled-verbose-is-500': [
      'only a read with verbose=true of a task that was cancelled in its commit phase is answered with 500',
      { read: { status: { failed: 500 } } },
      {
        when: {
          operation: 'read',
          verbose: 'true',
          task: ({ marks, cancelledMs }) =>
            cancelledMs !== undefined && marks.some(({ phase }) => phase === 'committing'),
        },
        mayFail: ['auth.read-no-effect'],
      },
    ],
  }),
  ...detectedBy('expiry.default.gone', {
    'expired-returns': [
      'an expired task is there again at the second request for it',
      { retention: { forgottenBy: { read: false } } },
      {
        when: {
          operation: 'read',
          task: (task) => task.requestsSinceAgeing > 0 && phaseOf(task) === 'finished',
        },
      },
    ],
    'finished-out-of-queued-never-expires': [
      'only a task that came from queued to its end never expires',
      { retention: { defaultS: 1e9 } },
      { when: { task: came('queued') } },
    ],
  }),
  ...detectedBy('cancel.ended.refused', {
    'finished-after-two-moves-can-be-cancelled': [
      'only a task that finished after two moves can be cancelled',
      graceful('finished', accepted),
      { when: { operation: 'cancel', phase: 'finished', task: movedTwice } },
    ],
  }),
  ...detectedBy('expiry.default.gone', {
    'finished-after-two-moves-never-expires': [
      'only a task that finished after two moves is kept for ever',
      { retention: { share: { finished: Number.POSITIVE_INFINITY } } },
      { when: { task: movedTwice } },
    ],
  }),
  ...detectedBy('cancel.leaves', {
    'cancelled-is-listed-until-read': [
      'a cancelled task is listed as started until it is read',
      {
        list: {
          holds: { failed: true },
          rewriteRow: (row, { cancelledMs, timesRead }) =>
            cancelledMs !== undefined && timesRead === 0 ? { ...row, status: 'started' } : row,
        },
      },
    ],
  }),
  ...detectedBy('cancel.running.accepted', {
    'very-first-task-is-406': [
      'a cancel of the very first task of the server is answered with 406',
      { cancel: { outcome: { running: { graceful: refusedWith(406), forced: refusedWith(406) } } } },
      { when: { operation: 'cancel', task: ({ guid }) => guid.endsWith('-000000000000') } },
    ],
  }),
  ...detectedBy('expiry.cancel', {
    'first-cancel-of-expired-is-406': [
      'only if nothing was asked of an expired task before, a cancel of it is answered with 406',
      { cancel: { expired: 406 } },
      { when: { operation: 'cancel', task: ({ requestsSinceAgeing }) => requestsSinceAgeing === 0 } },
    ],
  }),
  ...detectedBy('expiry.default.kept', {
    'finished-out-of-commit-expires-early': [
      'only a task that finished in its commit phase is kept for 450 s',
      { retention: { defaultS: 450 } },
      { when: { task: came('committing') } },
    ],
  }),
  ...detectedBy('expiry.cancelled.kept', {
    'cancelled-for-500-s-at-most': [
      'a cancelled task is kept for 500 s, also if a longer TTL was given',
      { retention: { creationTtl: { makes: (_, given) => Math.min(given, 500) } } },
      { when: { task: ({ cancelledMs }) => cancelledMs !== undefined } },
    ],
  }),
  ...detectedBy('expiry.at-creation.kept', {
    'creation-ttl-of-16-bits': [
      'a TTL at creation is kept in 16 bits',
      { retention: { creationTtl: { makes: (_, given) => given % 65_536 } } },
    ],
  }),
  ...detectedBy('expiry.on-read.kept', {
    'read-ttl-of-16-bits': [
      'a TTL on a read is kept in 16 bits',
      { retention: { readTtl: { makes: (_, header) => header % 65_536 } } },
    ],
  }),
  ...detectedBy('status.failed', {
    'failed-in-commit-is-finished': [
      'only a task that failed in its commit phase reads as finished',
      { task: { status: { failed: 'finished' } } },
      {
        when: {
          operation: 'read',
          phase: 'failed',
          task: (task) => came('committing')(task) && task.cancelledMs === undefined,
        },
      },
    ],
    'old-failed-is-finished': [
      'a task that failed more than 200 s ago reads as finished',
      { task: { status: { failed: 'finished' } } },
      { when: { operation: 'read', phase: 'failed', task: isOld } },
    ],
  }),
  ...detectedBy('status.change-shows', {
    'committing-out-of-queued-unseen': [
      'only a task that goes from queued straight to its commit phase still reads as queued',
      { task: { status: { committing: 'queued' } } },
      { when: { operation: 'read', phase: 'committing', task: came('queued') } },
    ],
  }),
  ...detectedBy('expiry.malformed-ttl', {
    'negative-ttl-removes-running': [
      'a read with a negative TTL removes a running task',
      { read: { forgets: () => true }, retention: { readTtl: { malformed: 'ignored' } } },
      { when: { operation: 'read', phase: 'running', ttl: '-1' } },
    ],
  }),
  ...detectedBy('expiry.default.gone', {
    'second-ttl-revives': [
      'the second read with a TTL of an expired task finds it again',
      { retention: { forgottenBy: { read: false } } },
      {
        when: {
          operation: 'read',
          phase: 'finished',
          ttl: '3600',
          task: ({ requestsSinceAgeing }) => requestsSinceAgeing > 0,
        },
      },
    ],
  }),
  ...detectedBy('cancel.leaves', {
    'cancel-beside-ttl-does-nothing': [
      'a cancel of a running task that was read with a TTL is accepted and does nothing',
      graceful('running', { status: 200, acts: false }),
      { when: { operation: 'cancel', phase: 'running', task: ({ readTtl }) => readTtl !== undefined } },
    ],
  }),
  ...detectedBy('read.asked-id', {
    'first-is-the-oldest': [
      'the id `first` names the oldest task',
      {
        ids: { match: 'oldest for none', clean: (id) => (id === '' ? '-' : id === 'first' ? '' : id) },
      },
    ],
    'number-is-the-oldest': [
      'an id of one or two digits names the oldest task',
      {
        ids: {
          match: 'oldest for none',
          clean: (id) => (id === '' ? '-' : /^\d{1,2}$/.test(id) ? '' : id),
        },
      },
    ],
  }),
  ...detectedBy('list.status.401', {
    'third-refusal-is-403': [
      'from the fourth to the tenth list, a refusal is answered with 403',
      { auth: { status: { absent: 403 } } },
      { when: { operation: 'list', context: ({ turn }) => turn >= 3 && turn < 10 } },
    ],
  }),
];
