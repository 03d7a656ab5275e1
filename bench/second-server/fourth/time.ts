/** The fourth set: TTLs, expiry, aging and settle times. */
import { faultsOf } from '../fault.ts';
import { defaultTtlS, hasEnded, phaseOf } from '../rules.ts';
import { named, sinceEndS } from '../tools.ts';

export const timeFaults = faultsOf('time', {
  'v-ttl-is-capped': {
    says: 'A TTL of more than 1,000 s counts as 1,000 s.',
    breaks: 'Retention by X-Result-TTL where given',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs({ ...task, resultTtlS: Math.min(task.resultTtlS ?? defaultTtlS, 1000) }, world),
    }),
  },
  'v-short-ttl-is-raised': {
    says: 'A TTL of less than a minute, given on a read, counts as a minute.',
    breaks: 'Retention by X-Result-TTL where given on the read',
    change: (own) => ({
      retain(task, call, world) {
        const isShort = /^\d+$/.test(call.resultTtl ?? '') && Number(call.resultTtl) < 60;
        own.retain(task, isShort ? { ...call, resultTtl: '60' } : call, world);
      },
    }),
  },
  'v-ttl-never-shortens': {
    says: 'An X-Result-TTL on a read prolongs the retention, but does not make it shorter than 500 s.',
    breaks: 'Retention by X-Result-TTL where given on the read',
    change: (own) => ({
      retain(task, call, world) {
        if (Number(call.resultTtl) > (task.resultTtlS ?? defaultTtlS)) own.retain(task, call, world);
      },
    }),
  },
  'v-ttl-overflows': {
    says: 'The milliseconds of a TTL have 32 bits: one of 25 days or more is negative, and the task gone.',
    breaks: 'Retention by X-Result-TTL where given',
    change: (own) => ({
      expiresMs(task, world) {
        const ttlS = ((task.resultTtlS ?? defaultTtlS) * 1000) | 0;
        return own.expiresMs({ ...task, resultTtlS: ttlS / 1000 }, world);
      },
    }),
  },
  'v-age-wraps-at-a-day': {
    says: 'Whole days of the time since the end do not count: a task comes back after a day.',
    breaks: 'After expiry: 404',
    change: (own) => ({
      expiresMs(task, world) {
        const sinceS = sinceEndS(task, world);
        const wholeMs = sinceS > 0 ? Math.floor(sinceS / 86_400) * 86_400_000 : 0;
        return own.expiresMs(task, world) + (Number.isFinite(wholeMs) ? wholeMs : 0);
      },
    }),
  },
  'v-retention-in-whole-minutes': {
    says: 'The retention is kept in whole minutes, rounded down: 500 s are 480 s.',
    breaks: 'Retention: default 500 s',
    change: (own) => ({
      expiresMs(task, world) {
        const ttlS = task.resultTtlS ?? defaultTtlS;
        return own.expiresMs({ ...task, resultTtlS: ttlS < 60 ? ttlS : ttlS - (ttlS % 60) }, world);
      },
    }),
  },
  'v-late-read-prolongs': {
    says: 'A read in the second half of the retention begins it anew, as sliding sessions do.',
    breaks: 'A plain read never prolongs the retention',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const task = named(call, world);
        const isLate = task && sinceEndS(task, world) > (task.resultTtlS ?? defaultTtlS) / 2;
        if (task && isLate && reply.code === 200 && call.resultTtl === undefined)
          task.notes.shiftS = sinceEndS(task, world);
        return reply;
      },
      expiresMs: (task, world) => own.expiresMs(task, world) + (task.notes.shiftS ?? 0) * 1000,
    }),
  },
  'v-queued-task-expires': {
    says: 'A queued task whose TTL was given at creation is gone once it has waited longer than that.',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        if (!task || phaseOf(task) !== 'queued' || task.resultTtlS === undefined) return task;
        const waitedMs = world.now() - task.createdMs + task.agedMs;
        return waitedMs < task.resultTtlS * 1000 ? task : undefined;
      },
    }),
  },
  'v-ttl-read-arms-a-timer': {
    says: 'X-Result-TTL on the read of a running task starts a timer that removes it, ended or not.',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (call.resultTtl === undefined || task.resultTtlS === undefined) return;
        if (phaseOf(task) === 'running')
          task.notes.timerMs = world.now() + task.agedMs + task.resultTtlS * 1000;
      },
      find(id, world, call) {
        const task = own.find(id, world, call);
        const timerMs = task?.notes.timerMs ?? Number.POSITIVE_INFINITY;
        return task && !hasEnded(task) && world.now() + task.agedMs >= timerMs ? undefined : task;
      },
    }),
  },
  'v-list-misses-the-old': {
    says: 'The list misses running tasks that are older than the default retention of 500 s.',
    breaks: 'What must the list hold: every running task; retention touches no unfinished task',
    change: (own) => ({
      listed: (world) =>
        own.listed(world).filter((task) => world.now() - task.createdMs + task.agedMs < defaultTtlS * 1000),
    }),
  },
  'v-old-runner-is-given-up': {
    says: 'A running task that is an hour old is taken for lost and reads as failed.',
    breaks: 'Status by phase: running is started',
    change: (own) => ({
      status(task, world) {
        const ageMs = world.now() - task.createdMs + task.agedMs;
        return phaseOf(task) === 'running' && ageMs > 3_600_000 ? 'failed' : own.status(task, world);
      },
    }),
  },
  'v-expired-until-the-list-is-read': {
    says: 'Expired tasks are swept away by the list alone, and can be read until it is asked for.',
    breaks: 'After expiry: 404 on read and on cancel',
    change: (own) => {
      const swept = new WeakSet<object>();
      return {
        listed(world) {
          for (const task of world.tasks.values())
            if (world.now() >= own.expiresMs(task, world)) swept.add(task);
          return own.listed(world);
        },
        find(id, world, call) {
          const task = world.tasks.get(id);
          if (!task || swept.has(task)) return undefined;
          return own.find(id, world, call) ?? task;
        },
      };
    },
  },
  'v-ttl-revives-an-expired-task': {
    says: 'A read with a longer X-Result-TTL brings an expired task back.',
    breaks: 'After expiry: 404 on read',
    change: (own) => ({
      find(id, world, call) {
        const task = world.tasks.get(id);
        if (task && call.operation === 'read' && hasEnded(task)) own.retain(task, call, world);
        return own.find(id, world, call);
      },
    }),
  },
  'v-ttl-is-read-as-far-as-it-goes': {
    says: 'An X-Result-TTL that only begins with digits, as 12.5 or 12abc, counts as those digits.',
    breaks: 'Non-integer X-Result-TTL: the task is unchanged',
    change: (own) => ({
      retain(task, call, world) {
        const digits = /^\d{1,9}/.exec(call.resultTtl ?? '')?.[0];
        own.retain(task, { ...call, resultTtl: digits }, world);
      },
    }),
  },
  'v-negative-ttl-loses-its-sign': {
    says: 'A negative X-Result-TTL counts as the positive number.',
    breaks: 'Negative X-Result-TTL: the task is unchanged',
    change: (own) => ({
      retain: (task, call, world) =>
        own.retain(task, { ...call, resultTtl: call.resultTtl?.replace(/^-/, '') }, world),
    }),
  },
  'v-ttl-is-any-number': {
    says: 'X-Result-TTL is taken as JavaScript takes numbers: 1e1, 0x1f and 0.5 set the retention.',
    breaks: 'Non-integer X-Result-TTL: the task is unchanged',
    change: () => ({
      retain(task, call) {
        const ttlS = Number(call.resultTtl ?? Number.NaN);
        if (ttlS >= 0 && ttlS < 1e9) task.resultTtlS = ttlS;
      },
    }),
  },
  'v-cancel-settles-with-the-list': {
    says: 'An accepted cancel takes effect when the list is read next: single reads alone never see it.',
    breaks: 'After an accepted cancel: leaves queued and started within the settle time',
    change: (own) => {
      const isListing = { now: false };
      return {
        listed(world) {
          isListing.now = true;
          const tasks = own.listed(world);
          isListing.now = false;
          return tasks;
        },
        settle(task, world) {
          if (isListing.now) own.settle(task, world);
        },
      };
    },
  },
  'v-running-cancel-takes-a-minute': {
    says: 'The cancel of a running task takes effect at the next round of its worker, a minute later.',
    breaks: 'After an accepted cancel: leaves started within the settle time',
    change: (own) => ({
      settle(task, world) {
        const isRunning = phaseOf(task) === 'running';
        if (!isRunning || world.now() > (task.cancelledMs ?? 0) + 60_000) own.settle(task, world);
      },
    }),
  },
  'v-failed-is-kept-for-five-minutes': {
    says: 'A failed task without a TTL is kept for 300 s, a finished one for 500 s.',
    breaks: 'Failed and cancelled tasks: readable for the retention',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs(
          phaseOf(task) === 'failed' && task.resultTtlS === undefined ? { ...task, resultTtlS: 300 } : task,
          world,
        ),
    }),
  },
});
