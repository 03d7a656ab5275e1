/** It needs two conditions at once. */
import { faultsOf } from '../fault.ts';
import { flag, hasEnded, notFound, phaseOf, problem } from '../rules.ts';
import { givesTtl, named, rowsOf, without } from '../tools.ts';
import { on200 } from './helpers.ts';

export const two = faultsOf('two at once', {
  'v-verbose-drops-ttl': {
    says: 'With `verbose=true` another handler answers, which does not look at X-Result-TTL.',
    breaks: 'Retention by `X-Result-TTL` on the read',
    change: (own) => ({
      retain(task, call, world) {
        if (!flag(call, 'verbose')) own.retain(task, call, world);
      },
    }),
  },
  'v-force-is-for-commits': {
    says: '`force=true` is refused with 406 unless the task is in its commit phase.',
    breaks: 'Cancel queued, running, with force: 200',
    change: (own) => ({
      decide: (task, force, world) =>
        force && phaseOf(task) !== 'committing' ? 406 : own.decide(task, force, world),
    }),
  },
  'v-force-hides-failure': {
    says: 'A forced cancel whose attempt fails is answered with 200, and the task goes on.',
    breaks: 'Cancel that fails: 409',
    change: (own) => ({
      decide: (task, force, world) =>
        force && task.cancelFails && !hasEnded(task) ? 200 : own.decide(task, force, world),
      accept(task, world) {
        if (!task.cancelFails) own.accept(task, world);
      },
    }),
  },
  'v-force-without-lookup': {
    says: 'A forced cancel is only put on a queue: it answers 200 for an id that nobody knows.',
    breaks: 'Cancel unknown, with force: 404',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        return reply.code === 404 && flag(call, 'force') ? { code: 200 } : reply;
      },
    }),
  },
  'v-nothing-done-is-nan': {
    says: 'The verbose answer for a queued task divides zero by zero and contains a bare NaN.',
    breaks: 'What is a 200 of the two reads',
    change: (own) => ({
      read: on200(own.read, (reply, call, world) => {
        const task = named(call, world);
        if (!flag(call, 'verbose') || !task || phaseOf(task) !== 'queued') return reply;
        return { ...reply, text: JSON.stringify(reply.body).replace('"worker":"queued"', '"worker":NaN') };
      }),
    }),
  },
  'v-read-ttl-ends-running': {
    says: 'X-Result-TTL on the read of a task that has not ended counts at once and removes it while it runs.',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (givesTtl(call) && !hasEnded(task))
          task.notes.gone = world.now() + Number(call.resultTtl) * 1000 + task.agedMs;
      },
      expiresMs: (task, world) =>
        !hasEnded(task) && task.notes.gone !== undefined
          ? task.notes.gone - task.agedMs
          : own.expiresMs(task, world),
    }),
  },
  'v-verbose-without-errors': {
    says: 'The verbose answer for a failed task lacks the errors that the plain one has.',
    breaks: '`verbose=true` loses no field of the plain answer',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        return verbose && phaseOf(task) === 'failed' ? without(body, 'errors') : body;
      },
    }),
  },
  'v-forced-from-queue-finishes': {
    says: 'A queued task that is cancelled with force ends as finished: it had nothing left to do.',
    breaks: 'After an accepted cancel: never `finished` for a task held before its commit',
    change: (own) => ({
      cancel: on200(own.cancel, (reply, call, world) => {
        const task = named(call, world);
        if (task && flag(call, 'force') && phaseOf(task) === 'queued') task.notes.done = 1;
        return reply;
      }),
      enter(task, phase, atMs) {
        own.enter(task, task.notes.done && phase === 'failed' ? 'finished' : phase, atMs);
      },
    }),
  },
  'v-get-with-force': {
    says: 'The route for GET on the cancel path refuses only calls without `force=true`.',
    breaks: 'Cancel by GET never cancels',
    change: (own) => ({
      otherMethod(call, method, world) {
        const runs = method === 'GET' && call.operation === 'cancel' && flag(call, 'force');
        return runs ? world.rules.cancel(call, world) : own.otherMethod(call, method, world);
      },
    }),
  },
  'v-forced-commit-purged': {
    says: 'A forced cancel in the commit phase rolls everything back, the record of the task too.',
    breaks: 'After an accepted cancel: still readable',
    change: (own) => ({
      cancel(call, world) {
        const task = named(call, world);
        const commits = task && phaseOf(task) === 'committing';
        const reply = own.cancel(call, world);
        if (commits && reply.code === 200) world.tasks.delete(task.id);
        return reply;
      },
    }),
  },
  'v-cancelled-in-queue-vanishes': {
    says: 'A task that is cancelled while it is queued never was: its read answers 404.',
    breaks: 'After an accepted cancel: still readable',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const unstarted = task?.way.join() === 'queued,failed' && task.cancelledMs !== undefined;
        return unstarted ? undefined : task;
      },
    }),
  },
  'v-cancelled-stays-in-queue': {
    says: 'A task that is cancelled while it is queued stays in the list as queued; its read says failed.',
    breaks: 'Every row agrees in status with a single read',
    change: (own) => ({
      list(call, world) {
        const { body } = own.list(call, world);
        const left = [...world.tasks.values()].filter(
          ({ way, cancelledMs }) => cancelledMs !== undefined && way.join() === 'queued,failed',
        );
        const rows = left.map(({ id, guid }) => ({ id, crdb_guid: guid, status: 'queued' }));
        return { code: 200, body: [...(body as object[]), ...rows] };
      },
    }),
  },
  'v-verbose-says-canceled': {
    says: 'The verbose answer for a cancelled task has the status `canceled`.',
    breaks: 'After an accepted cancel: status still one of the four',
    change: (own) => ({
      body: (task, verbose, world) => ({
        ...own.body(task, verbose, world),
        ...(verbose && task.cancelledMs !== undefined && { status: 'canceled' }),
      }),
    }),
  },
  'v-bad-ttl-of-ended': {
    says: 'A malformed X-Result-TTL is parsed only once the task has ended, and is a server error then.',
    breaks: 'Non-integer or negative `X-Result-TTL`: never 5xx',
    change: (own) => ({
      read: on200(own.read, (reply, call, world) => {
        const task = named(call, world);
        const breaksDown = call.resultTtl !== undefined && !givesTtl(call) && task && hasEnded(task);
        return breaksDown ? problem(500, 'invalid literal for int()') : reply;
      }),
    }),
  },
  'v-force-looks-among-running': {
    says: 'A forced cancel looks for the task among the running ones only: an ended one is not found.',
    breaks: 'Cancel finished or failed, with force: refused with 406 or 409',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        return reply.code === 406 && flag(call, 'force') ? notFound : reply;
      },
    }),
  },
  'v-list-without-own-ttl': {
    says: 'Running tasks with a retention of their own are kept under other keys, which the list does not scan.',
    breaks: 'The list holds every running or committing task',
    change: () => ({
      list(_, world) {
        const plain = rowsOf(world).filter(({ id }) => world.tasks.get(String(id))?.resultTtlS === undefined);
        return { code: 200, body: plain };
      },
    }),
  },
});
