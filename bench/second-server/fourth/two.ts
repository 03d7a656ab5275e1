/** The fourth set: two conditions that must come together. */
import { faultsOf } from '../fault.ts';
import { faithful, flag, hasEnded, notFound, phaseOf, problem } from '../rules.ts';
import { named } from '../tools.ts';

export const twoFaults = faultsOf('two at once', {
  'v-force-on-failed-is-accepted': {
    says: 'The cancel of a failed task with force is answered with 200.',
    breaks: 'Cancel finished or failed, with or without force: refused',
    change: (own) => ({
      decide: (task, force, world) =>
        force && phaseOf(task) === 'failed' ? 200 : own.decide(task, force, world),
    }),
  },
  'v-force-on-unknown-is-accepted': {
    says: 'The cancel of an unknown id with force is answered with 200, as there is nothing left to do.',
    breaks: 'Cancel unknown, with or without force: 404',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        return reply.code === 404 && flag(call, 'force') && !named(call, world) ? { code: 200 } : reply;
      },
    }),
  },
  'v-force-finds-expired': {
    says: 'The cancel with force passes by the expiry and refuses an expired task with 406, not 404.',
    breaks: 'Cancel expired, with or without force: 404',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        return reply.code === 404 && flag(call, 'force') && named(call, world)
          ? problem(406, 'The task is not cancelled')
          : reply;
      },
    }),
  },
  'v-force-false-is-force': {
    says: 'The cancel of a committing task with `force=false` is a forced one.',
    breaks: 'force=false is no force: cancel committing is 406',
    change: (own) => ({
      cancel(call, world) {
        const query = new URLSearchParams(call.query.get('force') ? 'force=true' : '');
        return own.cancel(flag(call, 'force') === undefined ? call : { ...call, query }, world);
      },
    }),
  },
  'v-force-hides-failure': {
    says: 'A forced cancel that fails is answered with 200, although the task goes on.',
    breaks: 'Cancel that fails: 409',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        return reply.code === 409 && flag(call, 'force') ? { code: 200 } : reply;
      },
    }),
  },
  'v-force-needs-a-commit': {
    says: 'A cancel with force of a task that does not commit is refused with 406.',
    breaks: 'Cancel queued, running, with or without force: 200',
    change: (own) => ({
      decide: (task, force, world) =>
        force && phaseOf(task) !== 'committing' ? 406 : own.decide(task, force, world),
    }),
  },
  'v-forced-cancel-of-commit-is-lost': {
    says: 'A forced cancel of a committing task, after a plain one was refused, is accepted and lost.',
    breaks: 'After an accepted cancel: leaves started within the settle time',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406 && !hasEnded(task)) task.notes.refused = 1;
        return code;
      },
      accept(task, world) {
        if (task.notes.refused === undefined) own.accept(task, world);
      },
    }),
  },
  'v-verbose-read-drops-ttl': {
    says: 'X-Result-TTL has no effect on a read with verbose=true.',
    breaks: 'Retention by X-Result-TTL where given on the read',
    change: (own) => ({
      retain(task, call, world) {
        if (!flag(call, 'verbose')) own.retain(task, call, world);
      },
    }),
  },
  'v-verbose-false-with-ttl-is-verbose': {
    says: 'With X-Result-TTL, a read with verbose=false is verbose, one without verbose is not.',
    breaks: 'verbose=false equals leaving it out',
    change: (own) => ({
      read(call, world) {
        const isMixed = call.resultTtl !== undefined && call.query.get('verbose') === 'false';
        return own.read(isMixed ? { ...call, query: new URLSearchParams('verbose=true') } : call, world);
      },
    }),
  },
  'v-bad-ttl-with-verbose-is-500': {
    says: 'A verbose read with an X-Result-TTL that is no integer is answered with 500.',
    breaks: 'Non-integer X-Result-TTL: 400 or ignored, never 5xx',
    change: (own) => ({
      read(call, world) {
        const isBad = call.resultTtl !== undefined && !/^\d+$/.test(call.resultTtl);
        return isBad && flag(call, 'verbose') ? problem(500, 'Invalid literal') : own.read(call, world);
      },
    }),
  },
  'v-verbose-of-forced-cancel-has-no-guid': {
    says: 'The verbose answer of a task that was cancelled during its commit has no guid any more.',
    breaks: 'verbose=true loses no field; a read shows the guid',
    change: (own) => ({
      body(task, verbose, world) {
        const { crdb_guid, ...rest } = own.body(task, verbose, world);
        const isBroken = task.cancelledMs !== undefined && task.way.includes('committing');
        return verbose && isBroken ? rest : { ...rest, crdb_guid };
      },
    }),
  },
  'v-get-with-force-cancels-a-commit': {
    says: 'A GET of the cancel path with force=true cancels a committing task.',
    breaks: 'Cancel by GET never cancels',
    change: (own) => ({
      otherMethod(call, method, world) {
        const task = named(call, world);
        const isForced = call.operation === 'cancel' && method === 'GET' && flag(call, 'force') === true;
        if (isForced && task && phaseOf(task) === 'committing') world.rules.accept(task, world);
        return own.otherMethod(call, method, world);
      },
    }),
  },
  'v-anonymous-cancel-of-ended-is-406': {
    says: 'A cancel of an ended task without a login is refused with 406 before anyone asks for the login.',
    breaks: 'No or wrong credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const task = call.operation === 'cancel' ? named(call, world) : undefined;
        const isEnded = task && hasEnded(task) && world.now() < faithful.expiresMs(task, world);
        return isEnded && !world.rules.admits(call, world)
          ? problem(406, 'The task is not cancelled')
          : own.serve(call, world);
      },
    }),
  },
  'v-failed-forgets-its-creation-ttl': {
    says: 'A TTL given at creation counts for a finished task, while a failed one goes after the default.',
    breaks: 'Failed and cancelled tasks: readable for the retention',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        if (!task || phaseOf(task) !== 'failed' || task.notes.ttlByRead) return task;
        const limited = { ...task, resultTtlS: undefined };
        return world.now() < own.expiresMs(limited, world) ? task : undefined;
      },
      retain(task, call, world) {
        if (call.resultTtl !== undefined) task.notes.ttlByRead = 1;
        own.retain(task, call, world);
      },
    }),
  },
  'v-verbose-read-of-never-run-is-404': {
    says: 'A verbose read is answered with 404 when the task was cancelled before it ever ran.',
    breaks: 'After an accepted cancel: still readable',
    change: (own) => ({
      read(call, world) {
        const task = named(call, world);
        const isCancelled = task?.cancelledMs !== undefined;
        const hasRun = task?.way.some((phase) => phase === 'running' || phase === 'committing');
        return isCancelled && !hasRun && flag(call, 'verbose') ? notFound : own.read(call, world);
      },
    }),
  },
});
