/** Faults that an implementer makes in the first hour. */
import { faultsOf } from '../fault.ts';
import { hasEnded, phaseOf } from '../rules.ts';

export const plainFaults = faultsOf('plain', {
  'status-running': {
    says: 'a running task has the status running',
    breaks: 'Status by phase',
    change: (own) => ({
      status: (task, world) => (phaseOf(task) === 'running' ? 'running' : own.status(task, world)),
    }),
  },
  'wraps-list': {
    says: 'the list is an object with the key tasks',
    breaks: 'What is a 200 of the two reads?',
    change: (own) => ({
      list: (call, world) => ({ code: 200, body: { tasks: own.list(call, world).body } }),
    }),
  },
  'cancel-202': {
    says: 'an accepted cancel is answered with 202',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        return reply.code === 200 ? { code: 202 } : reply;
      },
    }),
  },
  'committing-409': {
    says: 'a graceful cancel in the commit phase is answered with 409',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      decide: (task, force, world) =>
        phaseOf(task) === 'committing' && !force ? 409 : own.decide(task, force, world),
    }),
  },
  'ended-200': {
    says: 'a cancel of a finished task is answered with 200',
    breaks: 'Cancel finished or failed: refused',
    change: (own) => ({
      decide: (task, force, world) => (phaseOf(task) === 'finished' ? 200 : own.decide(task, force, world)),
    }),
  },
  'force-false-forces': {
    says: 'force counts as set if the parameter is there, also as false',
    breaks: 'force=false is no force',
    change: (own) => ({
      cancel: (call, world) =>
        own.cancel(
          call.query.has('force') ? { ...call, query: new URLSearchParams('force=true') } : call,
          world,
        ),
    }),
  },
  'cancel-does-nothing': {
    says: 'an accepted cancel has no effect',
    breaks: 'After an accepted cancel: leaves queued/started',
    change: () => ({ accept: () => {} }),
  },
  'cancelled-is-removed': {
    says: 'an accepted cancel removes the task',
    breaks: 'After an accepted cancel: still readable',
    change: () => ({ accept: (task, world) => void world.tasks.delete(task.id) }),
  },
  'cancelled-finishes': {
    says: 'a cancelled task ends as finished',
    breaks: 'After an accepted cancel: never finished',
    change: (own) => ({
      settle(task) {
        if (task.cancelledMs !== undefined && !hasEnded(task)) own.enter(task, 'finished', task.cancelledMs);
      },
    }),
  },
  'cancelled-status': {
    says: 'a cancelled task has the status cancelled',
    breaks: 'After an accepted cancel: status one of the four',
    change: (own) => ({
      status: (task, world) =>
        task.cancelledMs !== undefined && hasEnded(task) ? 'cancelled' : own.status(task, world),
    }),
  },
  'list-without-committing': {
    says: 'the list leaves out tasks in the commit phase',
    breaks: 'What must the list hold?',
    change: (own) => ({
      listed: (world) => own.listed(world).filter((task) => phaseOf(task) !== 'committing'),
    }),
  },
  'retention-300': {
    says: 'the default retention is 300 s',
    breaks: 'Retention: default 500 s',
    change: (own) => ({
      expiresMs: (task, world) => own.expiresMs(task, world) - (task.resultTtlS === undefined ? 200_000 : 0),
    }),
  },
  'never-expires': {
    says: 'an ended task is kept for ever',
    breaks: 'After expiry: 404',
    change: () => ({ expiresMs: () => Number.POSITIVE_INFINITY }),
  },
  'failed-without-trace': {
    says: 'failed tasks are not kept',
    breaks: 'Failed and cancelled tasks: readable for the retention',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task && phaseOf(task) === 'failed' ? undefined : task;
      },
    }),
  },
  'unknown-400': {
    says: 'a read of an unknown id is answered with 400',
    breaks: 'Unknown id, read: 404',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        return reply.code === 404 ? { ...reply, code: 400 } : reply;
      },
    }),
  },
  'read-ttl-ignored': {
    says: 'X-Result-TTL on a read is ignored',
    breaks: 'Retention: by X-Result-TTL where given',
    change: () => ({ retain: () => {} }),
  },
});
