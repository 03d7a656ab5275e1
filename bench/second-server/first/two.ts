/** Faults of two conditions: each of the two alone is served well. */
import { faultsOf } from '../fault.ts';
import { flag, hasEnded, notFound, phaseOf, type Task } from '../rules.ts';

const isVerbose = (query: URLSearchParams) => query.get('verbose') === 'true';
const wasCancelled = (task: Task) => task.cancelledMs !== undefined;

export const twoFaults = faultsOf('two at once', {
  'verbose-open': {
    says: 'a read with verbose=true needs no login',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      admits: (call, world) =>
        (call.operation === 'read' && isVerbose(call.query)) || own.admits(call, world),
    }),
  },
  'ttl-open': {
    says: 'a read without a login and with X-Result-TTL is answered with 401, and the TTL counts',
    breaks: 'No credentials: nothing has happened',
    change: (own) => ({
      admits(call, world) {
        const admitted = own.admits(call, world);
        const task = call.operation === 'read' ? world.tasks.get(call.segment) : undefined;
        if (!admitted && task) own.retain(task, call, world);
        return admitted;
      },
    }),
  },
  'force-open': {
    says: 'a cancel with force=true and no login is answered with 401, and cancels',
    breaks: 'No credentials: nothing has happened',
    change: (own) => ({
      admits(call, world) {
        const admitted = own.admits(call, world);
        if (!admitted && call.operation === 'cancel' && flag(call, 'force')) own.cancel(call, world);
        return admitted;
      },
    }),
  },
  'force-after-refusal': {
    says: 'after a refused graceful cancel, force is refused too',
    breaks: 'Cancel committing with force=true: 200',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406) task.notes.refused = 1;
        return code === 200 && task.notes.refused ? 406 : code;
      },
    }),
  },
  'force-unknown-409': {
    says: 'a forced cancel of an unknown task is answered with 409',
    breaks: 'Cancel unknown, with or without force: 404',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        const known = world.tasks.has(call.segment);
        return reply.code === 404 && flag(call, 'force') && !known ? { ...reply, code: 409 } : reply;
      },
    }),
  },
  'force-expired-406': {
    says: 'a forced cancel of an expired task is answered with 406',
    breaks: 'Cancel expired, with or without force: 404',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        const known = world.tasks.has(call.segment);
        return reply.code === 404 && flag(call, 'force') && known ? { ...reply, code: 406 } : reply;
      },
    }),
  },
  'force-failed-200': {
    says: 'a forced cancel of a failed task is answered with 200',
    breaks: 'Cancel finished or failed, with or without force: refused',
    change: (own) => ({
      decide: (task, force, world) =>
        force && phaseOf(task) === 'failed' ? 200 : own.decide(task, force, world),
    }),
  },
  'forced-failure-hidden': {
    says: 'a forced cancel that fails is answered with 200',
    breaks: 'Cancel that fails: 409',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        return code === 409 && force ? 200 : code;
      },
      accept: (task, world) => (task.cancelFails ? undefined : own.accept(task, world)),
    }),
  },
  'failure-before-phase': {
    says: 'a graceful cancel in the commit phase that would fail is answered with 409',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      decide: (task, force, world) =>
        task.cancelFails && !hasEnded(task) ? 409 : own.decide(task, force, world),
    }),
  },
  'cancelled-keeps-default': {
    says: 'a cancelled task is kept for the default 500 s, also if a longer TTL was given',
    breaks: 'Failed and cancelled tasks: readable for the retention',
    change: (own) => ({
      expiresMs: (task, world) =>
        wasCancelled(task)
          ? Math.min(own.expiresMs(task, world), (task.endedMs ?? Infinity) - task.agedMs + 500_000)
          : own.expiresMs(task, world),
    }),
  },
  'force-cancelled-verbose': {
    says: 'verbose reads of a task that was cancelled in its commit phase are answered with 500',
    breaks: 'After an accepted cancel: still readable',
    change: (own) => ({
      body(task, verbose, world) {
        if (verbose && wasCancelled(task) && task.way.includes('committing')) throw new Error('no snapshot');
        return own.body(task, verbose, world);
      },
    }),
  },
  'verbose-drops-ttl': {
    says: 'X-Result-TTL is ignored on a read with verbose=true',
    breaks: 'Retention: by X-Result-TTL where given',
    change: (own) => ({
      retain: (task, call, world) => (isVerbose(call.query) ? undefined : own.retain(task, call, world)),
    }),
  },
  'ttl-ends-running': {
    says: 'X-Result-TTL on a read of a task that has not ended counts at once',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (!hasEnded(task)) task.notes.dueMs = world.now() + (task.resultTtlS ?? 500) * 1000;
      },
      expiresMs: (task, world) =>
        hasEnded(task) ? own.expiresMs(task, world) : (task.notes.dueMs ?? Infinity) - task.agedMs,
    }),
  },
  'verbose-expired': {
    says: 'verbose reads still show an expired task',
    breaks: 'After expiry: 404 on read',
    change: (own) => ({
      find: (id, world, call) =>
        own.find(id, world, call) ?? (isVerbose(call.query) ? world.tasks.get(id) : undefined),
    }),
  },
  'negative-ttl-drops': {
    says: 'a negative X-Result-TTL forgets an ended task',
    breaks: 'Negative X-Result-TTL: the task is unchanged',
    change: (own) => ({
      retain(task, call, world) {
        if (hasEnded(task) && call.resultTtl?.startsWith('-')) task.resultTtlS = -1;
        else own.retain(task, call, world);
      },
    }),
  },
  'ended-cancel-open': {
    says: 'a cancel of an ended task without a login is answered with 406',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const task = own.find(call.segment, world, call);
        const refused = call.operation === 'cancel' && task && hasEnded(task);
        return refused ? own.cancel(call, world) : own.serve(call, world);
      },
    }),
  },
  'verbose-lost-guid': {
    says: 'verbose reads of a failed task leave out crdb_guid',
    breaks: 'verbose=true loses no field of the plain answer',
    change: (own) => ({
      body(task, verbose, world) {
        const { crdb_guid, ...rest } = own.body(task, verbose, world);
        return verbose && phaseOf(task) === 'failed' ? rest : { ...rest, crdb_guid };
      },
    }),
  },
  'verbose-false-queued': {
    says: 'verbose=false of a queued task is answered with 404',
    breaks: 'verbose=false: equals leaving it out',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const lost = call.query.get('verbose') === 'false' && task && phaseOf(task) === 'queued';
        return lost ? undefined : task;
      },
    }),
  },
  'creation-ttl-failed': {
    says: 'the TTL given at creation does not count for a task that fails',
    breaks: 'Failed and cancelled tasks: readable for the retention',
    change: (own) => ({
      expiresMs: (task, world) =>
        phaseOf(task) === 'failed' && !task.notes.read
          ? (task.endedMs ?? Infinity) - task.agedMs + 500_000
          : own.expiresMs(task, world),
      retain(task, call, world) {
        own.retain(task, call, world);
        if (call.resultTtl !== undefined) task.notes.read = 1;
      },
    }),
  },
  'verbose-unknown-200': {
    says: 'a verbose read of an unknown id is answered with an empty object',
    breaks: 'Unknown id, read: 404',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        return reply === notFound && isVerbose(call.query) ? { code: 200, body: {} } : reply;
      },
    }),
  },
});
