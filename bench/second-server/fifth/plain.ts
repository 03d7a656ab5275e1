/** Faults of single requests: one state is answered wrongly. */
import { faultsOf } from '../fault.ts';
import { hasEnded, notFound, phaseOf, problem } from '../rules.ts';
import { named, without } from '../tools.ts';

export const plainFaults = faultsOf('plain', {
  'w-dequeued-is-forgotten': {
    says:
      'A queued task whose cancel is accepted is taken out of the queue and of the records: reads ' +
      'give 404.',
    breaks: 'After an accepted cancel: still readable',
    change: (own) => ({
      accept(task, world) {
        if (phaseOf(task) === 'queued') task.notes.forgotten = 1;
        own.accept(task, world);
      },
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task?.notes.forgotten ? undefined : task;
      },
    }),
  },
  'w-cancel-does-not-know-failed-tasks': {
    says: 'The cancel looks among live and finished tasks only, so a task that failed by itself gives 404.',
    breaks: 'Cancel finished or failed: 406 or 409, 404 fails while readable',
    change: (own) => ({
      cancel(call, world) {
        const task = named(call, world);
        const gaveUp = task && phaseOf(task) === 'failed' && task.cancelledMs === undefined;
        return gaveUp ? notFound : own.cancel(call, world);
      },
    }),
  },
  'w-errors-map-of-a-cancelled-task': {
    says: 'The errors of a cancelled task are an object by cluster name instead of an array.',
    breaks: 'A 200 of a read is valid against the schema',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        if (task.cancelledMs === undefined || !('errors' in body)) return body;
        return { ...body, errors: { 'one.example': { description: 'Cancelled', error_code: 'cancelled' } } };
      },
    }),
  },
  'w-cancelling-shows': {
    says: 'Between the accepted cancel and its end the task shows the internal status `cancelling`.',
    breaks: 'After an accepted cancel: status still one of the four',
    change: (own) => ({
      status(task, world) {
        return task.cancelledMs !== undefined && !hasEnded(task) ? 'cancelling' : own.status(task, world);
      },
    }),
  },
  'w-zero-time-for-not-yet-ended': {
    says:
      'The verbose read of a task that has not ended shows the zero time 0001-01-01T00:00:00Z as ' +
      '`ended`.',
    breaks: 'Timestamps: no zero times',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        return verbose && !hasEnded(task) ? { ...body, ended: '0001-01-01T00:00:00Z' } : body;
      },
    }),
  },
  'w-ended-without-zone': {
    says: 'The timestamp `ended` is printed by isoformat() of a naive time: without `Z` or an offset.',
    breaks: 'Timestamps: RFC 3339',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        return typeof body.ended === 'string' ? { ...body, ended: body.ended.replace('Z', '') } : body;
      },
    }),
  },
  'w-expired-is-not-acceptable': {
    says:
      'A cancel of an expired task finds its row, which awaits the sweeper, and answers 406 instead ' +
      'of 404.',
    breaks: 'After expiry: 404 on read and on cancel',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return call.operation === 'cancel' ? world.tasks.get(id) : task;
      },
    }),
  },
  'w-commit-is-a-conflict': {
    says: 'A cancel of a committing task without force is answered 409, as a state conflict, instead of 406.',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      decide(task, force, world) {
        return phaseOf(task) === 'committing' && !force ? 409 : own.decide(task, force, world);
      },
    }),
  },
  'w-list-of-workers': {
    says: 'The list is made from what the workers hold, and they give a task away when its commit begins.',
    breaks: 'The list holds every running or committing task',
    change: (own) => ({
      listed: (world) => own.listed(world).filter((task) => phaseOf(task) !== 'committing'),
    }),
  },
  'w-number-for-verbose-crashes': {
    says: 'A whole number for `verbose` (`verbose=1`) passes the validator and crashes the handler with 500.',
    breaks: 'Non-boolean verbose: 400 or ignored, never 5xx',
    change: (own) => ({
      read(call, world) {
        const crashes = /^\d+$/.test(call.query.get('verbose') ?? '') && named(call, world);
        return crashes ? problem(500, 'TypeError') : own.read(call, world);
      },
    }),
  },
  'w-negative-ttl-deletes': {
    says: 'A negative X-Result-TTL is handed to EXPIRE, which deletes the record at once.',
    breaks: 'Negative X-Result-TTL: 400 or ignored, and the task is unchanged',
    change: (own) => ({
      retain(task, call, world) {
        if (/^-\d+$/.test(call.resultTtl ?? '')) task.notes.deleted = 1;
        else own.retain(task, call, world);
      },
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task?.notes.deleted ? undefined : task;
      },
    }),
  },
  'w-parse-int-ttl': {
    says: 'X-Result-TTL is read by parseInt, so `7.5` or `7 seconds` set a retention of 7 seconds.',
    breaks: 'Non-integer X-Result-TTL: 400 or ignored, and the task is unchanged',
    change: (own) => ({
      retain(task, call, world) {
        const seconds = Number.parseInt(call.resultTtl ?? '', 10);
        own.retain(task, seconds >= 0 ? { ...call, resultTtl: String(seconds) } : call, world);
      },
    }),
  },
  'w-conflict-comes-too-late': {
    says:
      'The cancel of a queued task is answered 200 before it is tried, also where the attempt then ' +
      'fails.',
    breaks: 'Cancel that fails: 409',
    change: (own) => ({
      decide(task, force, world) {
        return phaseOf(task) === 'queued' ? 200 : own.decide(task, force, world);
      },
      accept(task, world) {
        if (!task.cancelFails) own.accept(task, world);
      },
    }),
  },
  'w-details-of-a-failure-crash': {
    says:
      'The verbose read of a failed task kills the worker process: the connection is cut without an ' +
      'answer.',
    breaks: 'One shape of request whose connection is always cut is answered',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const task = named(call, world);
        const dies = reply.code === 200 && task && phaseOf(task) === 'failed';
        return dies && call.query.get('verbose') === 'true' ? { ...reply, cut: true } : reply;
      },
    }),
  },
  'w-progress-by-cluster-name': {
    says: 'The verbose read shows `progress.clusters` as an object by name, not as an array of objects.',
    breaks: 'A 200 of a read is valid against the schema',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        const progress = { clusters: { 'one.example': phaseOf(task) }, worker: phaseOf(task) };
        return verbose ? { ...without(body, 'progress'), progress } : body;
      },
    }),
  },
});
