/** The fourth set: single requests that are answered wrongly in some state. */
import { faultsOf } from '../fault.ts';
import { notFound, phaseOf, problem } from '../rules.ts';

export const plainFaults = faultsOf('plain', {
  'v-empty-list-is-not-found': {
    says: 'The list is answered with 404 while there is nothing to list.',
    breaks: 'Nothing to list: 200 with []',
    change: (own) => ({
      list: (call, world) => (world.rules.listed(world).length === 0 ? notFound : own.list(call, world)),
    }),
  },
  'v-empty-list-is-plain-text': {
    says: 'An empty list goes out as text/plain, because an empty array is taken for no JSON.',
    breaks: 'What is a 200 of the two reads: JSON under application/json',
    change: (own) => ({
      list(call, world) {
        const reply = own.list(call, world);
        const isEmpty = Array.isArray(reply.body) && reply.body.length === 0;
        return isEmpty ? { ...reply, headers: { 'Content-Type': 'text/plain' } } : reply;
      },
    }),
  },
  'v-lone-row-is-unwrapped': {
    says: 'A list of exactly one task is that task alone, not an array of one, as after a way through XML.',
    breaks: 'What is a 200 of the two reads: an array',
    change: (own) => ({
      list(call, world) {
        const reply = own.list(call, world);
        const [only, ...rest] = Array.isArray(reply.body) ? reply.body : [];
        return only === undefined || rest.length > 0 ? reply : { ...reply, body: only };
      },
    }),
  },
  'v-rows-are-all-started': {
    says: 'Every row of the list of running tasks has the status started, that of a queued task too.',
    breaks: 'What must the list hold: every row agrees in status with a single read',
    change: (own) => ({
      list(_, world) {
        const rows = own.listed(world).map((task) => world.rules.body(task, false, world));
        return { code: 200, body: rows.map((row) => ({ ...row, status: 'started' })) };
      },
    }),
  },
  'v-rows-show-a-guid-in-capitals': {
    says: 'The list shows the guids in capitals, the single read as they were given.',
    breaks: 'What must the list hold: every row agrees in guid with a single read',
    change: (own) => ({
      list(_, world) {
        const rows = world.rules.listed(world).map((task) => ({
          ...own.body(task, false, world),
          crdb_guid: task.guid.toUpperCase(),
        }));
        return { code: 200, body: rows };
      },
    }),
  },
  'v-verbose-errors-by-cluster': {
    says: 'The verbose answer of a failed task has its errors as an object by cluster, not as an array.',
    breaks: 'What is a 200 of the two reads: valid against the schema',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        const errors = { 'one.example': { description: 'The task has failed', error_code: 'failed' } };
        return verbose && 'errors' in body ? { ...body, errors } : body;
      },
    }),
  },
  'v-verbose-drops-errors': {
    says: 'The verbose answer of a failed task has its progress in place of its errors.',
    breaks: 'verbose=true loses no field of the plain answer',
    change: (own) => ({
      body(task, verbose, world) {
        const { errors, ...rest } = own.body(task, verbose, world);
        return verbose || errors === undefined ? rest : { ...rest, errors };
      },
    }),
  },
  'v-committing-progress-in-percent': {
    says: 'While a task commits, its verbose progress has a number of percent for the worker, not a string.',
    breaks: 'What is a 200 of the two reads: valid against the schema',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        if (!verbose || phaseOf(task) !== 'committing') return body;
        return { ...body, progress: { clusters: [{ name: 'one.example', progress: '95' }], worker: 95 } };
      },
    }),
  },
  'v-ended-in-epoch-seconds': {
    says: 'The verbose answer of an ended task has `ended` as a number of seconds since 1970.',
    breaks: 'What is a 200 of the two reads: valid against the schema',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        if (!verbose || task.endedMs === undefined) return body;
        return { ...body, ended: Math.floor((performance.timeOrigin + task.endedMs) / 1000) };
      },
    }),
  },
  'v-verbose-queued-is-started': {
    says: 'The verbose read asks the worker, which calls a task that still waits in its queue started.',
    breaks: 'verbose=true contradicts no field of the plain answer; status by phase',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        return verbose && body.status === 'queued' ? { ...body, status: 'started' } : body;
      },
    }),
  },
  'v-cancelling-has-its-own-status': {
    says: 'A task whose cancel was accepted shows the status cancelled for good, when it was running.',
    breaks: 'After an accepted cancel: status still one of the four',
    change: (own) => ({
      status(task, world) {
        const wasRunning = task.cancelledMs !== undefined && task.way.includes('running');
        return wasRunning ? 'cancelled' : own.status(task, world);
      },
    }),
  },
  'v-queued-cancel-is-202': {
    says: 'The cancel of a queued task is answered with 202, that of a running one with 200.',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 200 && phaseOf(task) === 'queued') {
          world.rules.accept(task, world);
          return 202;
        }
        return code;
      },
    }),
  },
  'v-failed-cancel-is-404': {
    says: 'The cancel of a failed task that is still readable is answered with 404.',
    breaks: 'Cancel finished or failed: refused with 406 or 409',
    change: (own) => ({
      decide: (task, force, world) => (phaseOf(task) === 'failed' ? 404 : own.decide(task, force, world)),
    }),
  },
  'v-failing-cancel-of-queued-is-406': {
    says: 'A cancel that fails is answered with 406 instead of 409 while the task is queued.',
    breaks: 'Cancel that fails: 409',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        return code === 409 && phaseOf(task) === 'queued' ? 406 : code;
      },
    }),
  },
  'v-blank-verbose-is-500': {
    says: 'A read with `verbose=` and nothing behind it is answered with 500.',
    breaks: 'Non-boolean verbose: 400 or ignored, never 5xx',
    change: (own) => ({
      read: (call, world) =>
        call.query.get('verbose') === '' ? problem(500, 'Index out of range') : own.read(call, world),
    }),
  },
  'v-get-on-cancel-takes-queued-tasks': {
    says: 'A GET of the cancel path is answered with 405, but a queued task is cancelled all the same.',
    breaks: 'Cancel by GET never cancels',
    change: (own) => ({
      otherMethod(call, method, world) {
        const task = world.tasks.get(own.idOf(call.segment, call) ?? '');
        const isCancel = call.operation === 'cancel' && method === 'GET';
        if (isCancel && task && phaseOf(task) === 'queued') world.rules.accept(task, world);
        return own.otherMethod(call, method, world);
      },
    }),
  },
});
