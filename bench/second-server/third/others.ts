/** Faults of the third set: in requests at the same time, in logins, and in how old things are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, faultsOf, nth } from '../fault.ts';
import { type Call, flag, hasEnded, notFound, phaseOf, problem, type World } from '../rules.ts';
import { loginOf, named, others, slow } from '../tools.ts';

const isRead = (call: Call) => call.operation === 'read';
const isCancel = (call: Call) => call.operation === 'cancel';

const sameTime = faultsOf('same time', {
  'answer-shared-with-strangers': {
    says: 'A read without a valid login gets the answer of a read of the same task that is under way',
    breaks: 'No or unknown credentials: exactly 401',
    change: (own) => ({
      async serve(call, world) {
        const isTwin = (other: Call) => other.segment === call.segment && own.admits(other, world);
        const twin = isRead(call) ? others(call, world, 'read').find(isTwin) : undefined;
        if (isRead(call)) await sleep(15);
        return own.serve(twin && !own.admits(call, world) ? twin : call, world);
      },
    }),
  },
  'read-writes-back': {
    says: 'A read with X-Result-TTL writes the whole task back: a cancel that came meanwhile is undone',
    breaks: 'After an accepted cancel, the task leaves queued and started',
    change: (own) => ({
      async serve(call, world) {
        const task = named(call, world);
        if (!isRead(call) || call.resultTtl === undefined || !task) return own.serve(call, world);
        const { cancelledMs } = task;
        await sleep(15);
        const reply = await own.serve(call, world);
        if (reply.code === 200) task.cancelledMs = cancelledMs;
        return reply;
      },
    }),
  },
  'ttl-of-the-other-read': {
    says: 'Of reads with X-Result-TTL at the same time, all set the value that came last',
    breaks: 'Retention: by X-Result-TTL, for that task alone',
    change(own) {
      let resultTtl: string | undefined;
      return {
        async serve(call, world) {
          if (!isRead(call) || call.resultTtl === undefined) return own.serve(call, world);
          ({ resultTtl } = call);
          await sleep(15);
          return own.serve({ ...call, resultTtl }, world);
        },
      };
    },
  },
  'list-breaks-on-a-cancel': {
    says: 'A list that is made while a cancel is under way is a 500 (the collection was modified)',
    breaks: 'What is a 200 of the two reads?',
    change: (own) => ({
      async serve(call, world) {
        const busy = () => others(call, world, 'cancel').some((other) => own.admits(other, world));
        const wasBusy = busy();
        if (call.operation !== 'read') await sleep(15);
        const reply = await own.serve(call, world);
        const isHit = call.operation === 'list' && reply.code === 200 && (wasBusy || busy());
        return isHit ? problem(500, 'ConcurrentModificationException') : reply;
      },
    }),
  },
  'one-cancel-at-a-time': {
    says: 'Of cancels of different tasks at the same time, all are answered with 200 and only the first works',
    breaks: 'After an accepted cancel, the task leaves queued and started',
    change: (own) => ({
      async serve(call, world) {
        const isBusy = others(call, world, 'cancel').some((other) => other.segment !== call.segment);
        const task = named(call, world);
        const cancelledMs = task?.cancelledMs;
        if (isCancel(call)) await sleep(15);
        const reply = await own.serve(call, world);
        if (isCancel(call) && isBusy && task && reply.code === 200) task.cancelledMs = cancelledMs;
        return reply;
      },
    }),
  },
  'cancel-toggles': {
    says: 'Two cancels of one task at the same time are both accepted, and the second takes the first back',
    breaks: 'A second cancel at the same time: the task stays out of queued and started',
    change: (own) => ({
      async serve(call, world) {
        const isTwin = others(call, world, 'cancel').some((other) => other.segment === call.segment);
        if (isCancel(call)) await sleep(15);
        const reply = await own.serve(call, world);
        const task = named(call, world);
        if (isCancel(call) && isTwin && task && reply.code === 200) task.cancelledMs = undefined;
        return reply;
      },
    }),
  },
  'pool-of-five': {
    says: 'The sixth read at the same time finds no free database connection and is answered with 404',
    breaks: 'Status by phase (the task is there)',
    change: (own) => ({
      async serve(call, world) {
        if (!isRead(call) || !own.admits(call, world)) return own.serve(call, world);
        const isFull = others(call, world, 'read').length >= 5;
        await sleep(15);
        return isFull ? notFound : own.serve(call, world);
      },
    }),
  },
  'force-of-the-other-cancel': {
    says: 'A cancel without force counts as forced while a forced cancel of another task is under way',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change: (own) => ({
      async serve(call, world) {
        const forced = () => others(call, world, 'cancel').some((other) => flag(other, 'force'));
        const wasForced = forced();
        if (isCancel(call)) await sleep(15);
        const isForced = isCancel(call) && !call.query.has('force') && (wasForced || forced());
        return own.serve(isForced ? { ...call, query: new URLSearchParams('force=true') } : call, world);
      },
    }),
  },
  'unknown-spoils-the-known': {
    says: 'A read of a live task is answered with 404 while a read of an unknown id is under way',
    breaks: 'Status by phase (the task is there)',
    change: (own) => ({
      async serve(call, world) {
        const isSpoilt = others(call, world, 'read').some((other) => !named(other, world));
        const reply = await slow(own, ['read'], 15).serve(call, world);
        return isRead(call) && isSpoilt && reply.code === 200 ? notFound : reply;
      },
    }),
  },
});

const isOfUser = (login: string, world: World) => login.startsWith(`${world.user}:`);

const login = faultsOf('login', {
  'refused-read-sets-ttl': {
    says: 'A read without a valid login is answered with 401, but its X-Result-TTL counts',
    breaks: 'No credentials: 401, and nothing has happened',
    change: (own) => ({
      async serve(call, world) {
        const reply = await own.serve(call, world);
        const task = named(call, world);
        if (isRead(call) && reply.code === 401 && task) own.retain(task, call, world);
        return reply;
      },
    }),
  },
  'refused-forced-cancel-works': {
    says: 'A cancel with force=true and without a valid login is answered with 401, but the task ends',
    breaks: 'No credentials: 401, and nothing has happened',
    change: (own) => ({
      async serve(call, world) {
        const reply = await own.serve(call, world);
        const task = named(call, world);
        const isTaken = isCancel(call) && reply.code === 401 && flag(call, 'force');
        if (isTaken && task && !hasEnded(task)) own.accept(task, world);
        return reply;
      },
    }),
  },
  'empty-password': {
    says: 'The right user name with an empty password is let in (an LDAP bind without authentication)',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      knows: (pair, world) => own.knows(pair, world) || pair === `${world.user}:`,
    }),
  },
  'any-bearer': {
    says: 'A Bearer token is let in without being looked at',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits: (call, world) => own.admits(call, world) || /^bearer +\S/i.test(call.authorization ?? ''),
    }),
  },
  'not-utf-8-500': {
    says: 'Credentials that are not UTF-8 once decoded are a 500',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits(call, world) {
        if (loginOf(call)?.includes('\uFFFD')) throw new TypeError('UnicodeDecodeError');
        return own.admits(call, world);
      },
    }),
  },
  'remembers-the-user-only': {
    says: 'For 2 s after a valid login, the same user is let in with any password',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      knows(pair, world) {
        if (own.knows(pair, world)) world.notes.loginMs = world.now();
        const sinceMs = world.now() - (world.notes.loginMs ?? Number.NEGATIVE_INFINITY);
        return own.knows(pair, world) || (isOfUser(pair, world) && sinceMs < 2000);
      },
    }),
  },
  'verbose-needs-no-login': {
    says: 'A read with verbose=true needs no login (the rule of the proxy is for the path without a query)',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      admits: (call, world) => (isRead(call) && flag(call, 'verbose')) || own.admits(call, world),
    }),
  },
  'ended-before-login': {
    says: 'A cancel of an ended task is refused with 406 before anybody asks for the login',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const reply = await own.serve(call, world);
        const task = named(call, world);
        const isEarly = isCancel(call) && reply.code === 401 && task && hasEnded(task);
        return isEarly ? problem(406, 'The task has ended') : reply;
      },
    }),
  },
  'connection-known': {
    says: 'On a connection with three requests that were let in, one without credentials is let in too',
    breaks: 'No credentials: exactly 401',
    change: (own) => ({
      admits(call, world) {
        const isAdmitted = own.admits(call, world);
        if (isAdmitted) nth(call.connection, 'admitted');
        return isAdmitted || (call.authorization === undefined && (call.connection.admitted ?? 0) >= 3);
      },
    }),
  },
});

const clock = faultsOf('time', {
  'at-most-an-hour': {
    says: 'A retention of more than an hour is cut to an hour',
    breaks: 'Retention: by X-Result-TTL where given',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs(task, world) - Math.max(0, (task.resultTtlS ?? 0) - 3600) * 1000,
    }),
  },
  'ten-seconds-late': {
    says: 'A task is forgotten ten seconds after its time (a sweep that runs every ten seconds)',
    breaks: 'After expiry: 404',
    change: (own) => ({ expiresMs: (task, world) => own.expiresMs(task, world) + 10_000 }),
  },
  'old-running-unlisted': {
    says: 'A task that has not ended and is older than ten minutes is not in the list',
    breaks: 'A task that has not ended outlives any TTL; what must the list hold?',
    change: (own) => ({ listed: (world) => own.listed(world).filter(({ agedMs }) => agedMs <= 600_000) }),
  },
  'list-blinks': {
    says: 'In the first 0.3 s of every 3 s, the list is empty (it is being built anew)',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({ listed: (world) => (world.now() % 3000 < 300 ? [] : own.listed(world)) }),
  },
  'commit-times-out': {
    says: 'A task that has been committing for 1.5 s fails by itself',
    breaks: 'Status by phase',
    change: (own) => ({
      enter(task, phase, atMs) {
        if (phase === 'committing') task.notes.commitsMs = atMs;
        own.enter(task, phase, atMs);
      },
      settle(task, world) {
        const endsMs = (task.notes.commitsMs ?? Number.POSITIVE_INFINITY) + 1500;
        if (phaseOf(task) === 'committing' && world.now() >= endsMs) own.enter(task, 'failed', endsMs);
        own.settle(task, world);
      },
    }),
  },
});

export const othersFaults: readonly Fault[] = [...sameTime, ...login, ...clock];
