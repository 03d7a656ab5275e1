/** Faults that need two conditions at once. */
import { faultsOf } from '../fault.ts';
import { flag, hasEnded, notFound, phaseOf, problem } from '../rules.ts';
import { named, under, without } from '../tools.ts';

export const twoFaults = faultsOf('two at once', {
  'w-force-false-is-a-refusal': {
    says:
      'A cancel of a queued or running task that says `force=false` in so many words is refused with ' +
      '406.',
    breaks: 'Cancel queued, running: 200; force=false is no force',
    change: (own) => ({
      cancel(call, world) {
        if (call.query.get('force') !== 'false') return own.cancel(call, world);
        return own.cancel(call, under(world, { decide: () => 406 }));
      },
    }),
  },
  'w-force-purges-ended': {
    says: 'A forced cancel of an ended task is refused with 406, but its record has been purged by then.',
    breaks: 'Retention; cancel finished: refused while the task is still readable',
    change: (own) => ({
      decide(task, force, world) {
        if (force && hasEnded(task)) task.notes.purged = 1;
        return own.decide(task, force, world);
      },
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task?.notes.purged ? undefined : task;
      },
    }),
  },
  'w-force-cancels-the-failed': {
    says: 'A cancel with force of a failed task is answered 200, since there is nothing left to stop.',
    breaks: 'Cancel finished or failed, with or without force: refused',
    change: (own) => ({
      decide(task, force, world) {
        return force && phaseOf(task) === 'failed' ? 200 : own.decide(task, force, world);
      },
    }),
  },
  'w-verbose-failure-has-no-guid': {
    says: 'The verbose read of a failed task leaves out the crdb_guid that its plain read shows.',
    breaks: 'verbose=true loses no field of the plain answer',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        return verbose && phaseOf(task) === 'failed' ? without(body, 'crdb_guid') : body;
      },
    }),
  },
  'w-verbose-reads-the-archive': {
    says: 'A verbose read takes the details from an archive that forgets nothing: expired tasks give 200.',
    breaks: 'After expiry: 404 on read',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return call.operation === 'read' && flag(call, 'verbose') ? world.tasks.get(id) : task;
      },
    }),
  },
  'w-verbose-commit-looks-finished': {
    says: 'A verbose read of a committing task derives the status from the progress and says `finished`.',
    breaks: 'Status by phase; verbose contradicts no field',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        return verbose && phaseOf(task) === 'committing' ? { ...body, status: 'finished' } : body;
      },
    }),
  },
  'w-verbose-false-of-the-ended': {
    says:
      'For an ended task `verbose=false` gives the details, as the archive looks only whether it is ' +
      'given.',
    breaks: 'verbose=false equals leaving it out',
    change: (own) => ({
      read(call, world) {
        const task = named(call, world);
        const details = task && hasEnded(task) && call.query.get('verbose') === 'false';
        return own.read(details ? { ...call, query: new URLSearchParams('verbose=true') } : call, world);
      },
    }),
  },
  'w-verbose-ignores-the-ttl': {
    says: 'X-Result-TTL on a read does nothing if the read is verbose, which another handler serves.',
    breaks: 'Retention by X-Result-TTL where given on the read',
    change: (own) => ({
      retain(task, call, world) {
        if (!flag(call, 'verbose')) own.retain(task, call, world);
      },
    }),
  },
  'w-anonymous-force': {
    says: 'A forced cancel without credentials is answered 401, but the emergency route has already done it.',
    breaks: 'No credentials: 401 and nothing has happened',
    change: (own) => ({
      async serve(call, world) {
        const task = named(call, world);
        const urgent = call.operation === 'cancel' && flag(call, 'force') && call.authorization === undefined;
        if (urgent && task && own.decide(task, true, world) === 200) own.accept(task, world);
        return own.serve(call, world);
      },
    }),
  },
  'w-forced-attempt-fails-as-406': {
    says: 'A forced cancel of a committing task that is tried and fails is answered 406 instead of 409.',
    breaks: 'Cancel committing with force: 409 if the attempt failed',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        return code === 409 && phaseOf(task) === 'committing' ? 406 : code;
      },
    }),
  },
  'w-force-only-in-commit': {
    says: 'A cancel with force of a queued task is refused with 409, since there is no commit to break off.',
    breaks: 'Cancel queued, running, with or without force: 200',
    change: (own) => ({
      decide(task, force, world) {
        return force && phaseOf(task) === 'queued' ? 409 : own.decide(task, force, world);
      },
    }),
  },
  'w-get-with-force-cancels': {
    says: 'A GET of the cancel path with `force=true` is answered 405, but cancels the task.',
    breaks: 'Cancel by GET never cancels',
    change: (own) => ({
      otherMethod(call, method, world) {
        const forced = method === 'GET' && call.operation === 'cancel' && flag(call, 'force');
        if (forced) world.rules.cancel(call, world);
        return own.otherMethod(call, method, world);
      },
    }),
  },
  'w-unknown-with-force-is-fine': {
    says:
      'A forced cancel of an id that does not exist is answered 200, as deleting something absent ' +
      'would be.',
    breaks: 'Cancel unknown or expired, with or without force: 404',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        return reply === notFound && flag(call, 'force') ? { code: 200 } : reply;
      },
    }),
  },
  'w-bad-ttl-with-verbose': {
    says: 'A read with `verbose=true` and an X-Result-TTL that is no whole number is answered 500.',
    breaks: 'Non-integer or negative X-Result-TTL: never 5xx',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const bad = call.resultTtl !== undefined && !/^\d+$/.test(call.resultTtl);
        return reply.code === 200 && bad && flag(call, 'verbose') ? problem(500, 'NumberFormat') : reply;
      },
    }),
  },
  'w-null-ttl-in-the-list-join': {
    says:
      'The list leaves out committing tasks that were made with a retention of their own (an inner ' +
      'join).',
    breaks: 'The list holds every running or committing task',
    change: (own) => ({
      listed: (world) =>
        own.listed(world).filter((task) => phaseOf(task) !== 'committing' || task.resultTtlS === undefined),
    }),
  },
});
