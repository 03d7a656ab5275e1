/** Faults that show only when two things come together. */
import { faultsOf } from '../fault.ts';
import { defaultTtlS, flag, hasEnded, phaseOf, problem, refusedLogin } from '../rules.ts';
import { named, sinceEndS } from '../tools.ts';

export const pairFaults = faultsOf('two at once', {
  'verbose-read-ignores-ttl': {
    says: 'X-Result-TTL is ignored on a read with verbose=true',
    breaks: 'Retention: by X-Result-TTL where given, at creation or on the read',
    change: (own) => ({
      retain(task, call, world) {
        if (!flag(call, 'verbose')) own.retain(task, call, world);
      },
    }),
  },
  'bad-ttl-breaks-verbose-read': {
    says: 'an X-Result-TTL that is no number gives 500, but only with verbose=true',
    breaks: 'Non-integer or negative X-Result-TTL: 400, or ignored; never 5xx',
    change: (own) => ({
      read(call, world) {
        const isBad = call.resultTtl !== undefined && !/^\d+$/.test(call.resultTtl);
        return isBad && flag(call, 'verbose') ? problem(500, 'Error') : own.read(call, world);
      },
    }),
  },
  'refused-verbose-keeps-ttl': {
    says: 'a read with verbose=maybe is refused with 400, but its X-Result-TTL has been stored',
    breaks: 'Non-boolean verbose: 400, or ignored; and the task is unchanged',
    change: (own) => ({
      read(call, world) {
        const task = named(call, world);
        if (task && flag(call, 'verbose') === undefined) own.retain(task, call, world);
        return own.read(call, world);
      },
    }),
  },
  'refused-login-sets-ttl': {
    says: 'a read without a login is refused, but its X-Result-TTL has been stored',
    breaks: 'No credentials: exactly 401, and nothing has happened',
    change: (own) => ({
      serve(call, world) {
        const task = named(call, world);
        if (task && call.operation === 'read' && !own.admits(call, world)) own.retain(task, call, world);
        return own.serve(call, world);
      },
    }),
  },
  'refused-login-with-force-cancels': {
    says: 'a cancel without a login is refused, but one with force=true has cancelled',
    breaks: 'No credentials: exactly 401, and nothing has happened',
    change: (own) => ({
      serve(call, world) {
        const task = named(call, world);
        const isForced = call.operation === 'cancel' && flag(call, 'force') === true;
        if (task && isForced && !own.admits(call, world)) own.accept(task, world);
        return own.serve(call, world);
      },
    }),
  },
  'bad-flag-before-login': {
    says: 'a verbose or force that is no boolean gives 400 before anybody looks at the login',
    breaks: 'No or wrong credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const isBad = flag(call, 'verbose') === undefined || flag(call, 'force') === undefined;
        return isBad ? problem(400, 'No boolean') : own.serve(call, world);
      },
    }),
  },
  'force-hides-failed-cancel': {
    says: 'a cancel that fails is answered with 200 if it was sent with force=true',
    breaks: 'Cancel that fails: 409',
    change: (own) => ({
      decide: (task, force, world) => (force && !hasEnded(task) ? 200 : own.decide(task, force, world)),
      accept(task, world) {
        if (!task.cancelFails) own.accept(task, world);
      },
    }),
  },
  'verbose-failed-without-errors': {
    says: 'the verbose answer of a failed task leaves out the errors that the plain one has',
    breaks: 'verbose=true loses no field of the plain answer',
    change: (own) => ({
      body(task, verbose, world) {
        const { errors, ...rest } = own.body(task, verbose, world);
        return verbose || errors === undefined ? rest : { ...rest, errors };
      },
    }),
  },
  'failed-goes-at-default': {
    says: 'a failed task goes after the default 500 s, also where a longer X-Result-TTL was given',
    breaks: 'Failed tasks: readable for the retention, like finished ones',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const isGone = task && phaseOf(task) === 'failed' && sinceEndS(task, world) > defaultTtlS;
        return isGone ? undefined : task;
      },
    }),
  },
  'forced-out-of-commit-goes-soon': {
    says: 'a task that was cancelled by force while committing is kept for 10 s only',
    breaks: 'Failed and cancelled tasks: readable for the retention',
    change: (own) => ({
      accept(task, world) {
        if (phaseOf(task) === 'committing') task.resultTtlS = 10;
        own.accept(task, world);
      },
    }),
  },
  'force-on-queued-does-nothing': {
    says: 'a forced cancel of a queued task is answered with 200 and does nothing',
    breaks: 'After an accepted cancel: leaves queued/started within the settle time',
    change: (own) => ({
      cancel(call, world) {
        const task = named(call, world);
        const isLost = task && phaseOf(task) === 'queued' && flag(call, 'force');
        return isLost ? { code: 200 } : own.cancel(call, world);
      },
    }),
  },
  'force-on-expired-is-406': {
    says: 'a forced cancel of an expired task is answered with 406, one without force with 404',
    breaks: 'Cancel unknown or expired, with or without force: 404',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        const isOld = reply.code === 404 && named(call, world) !== undefined;
        return isOld && flag(call, 'force') ? problem(406, 'The task has ended') : reply;
      },
    }),
  },
  'ttl-header-replaces-password': {
    says: 'a request with an X-Result-TTL needs no password: the user name is enough (a signed proxy header)',
    breaks: 'Wrong credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const sent = Buffer.from(call.authorization?.slice(6) ?? '', 'base64').toString();
        const trusts = call.resultTtl !== undefined && sent.startsWith(`${world.user}:`);
        if (!trusts) return own.admits(call, world) ? own.serve(call, world) : refusedLogin;
        return world.rules[call.operation](call, world);
      },
    }),
  },
});
