/** Faults of time: TTLs, expiry, retention, settle times, clocks. */
import { faultsOf } from '../fault.ts';
import { defaultTtlS, hasEnded, phaseOf, type Rules, type Task, type World } from '../rules.ts';
import { givesTtl, sinceEndS } from '../tools.ts';

const ttlOf = (task: Task): number => task.resultTtlS ?? defaultTtlS;

/** A server whose TTL is not the one that was given. */
const withTtl = (own: Rules, change: (ttlS: number, task: Task) => number): Pick<Rules, 'expiresMs'> => ({
  expiresMs: (task, world) => own.expiresMs({ ...task, resultTtlS: change(ttlOf(task), task) }, world),
});

/** A server where some event starts the retention of an ended task anew. */
const renewing = (own: Rules): Pick<Rules, 'expiresMs'> => ({
  expiresMs: (task, world) => own.expiresMs(task, world) + (task.notes.moreMs ?? 0),
});
function renew(task: Task, world: World): void {
  task.notes.moreMs = sinceEndS(task, world) * 1000;
}

export const timeFaults = faultsOf('time', {
  'w-late-reads-renew': {
    says:
      'A plain read in the last tenth of the retention refreshes the entry: it stays for another full ' +
      'term.',
    breaks: 'A plain read never prolongs',
    change: (own) => ({
      ...renewing(own),
      retain(task, call, world) {
        own.retain(task, call, world);
        const isLate = hasEnded(task) && sinceEndS(task, world) > ttlOf(task) * 0.9;
        if (isLate && !givesTtl(call)) renew(task, world);
      },
    }),
  },
  'w-refused-cancels-renew': {
    says: 'A refused cancel of an ended task touches its record, and the retention begins anew.',
    breaks: 'Retention counts from completion',
    change: (own) => ({
      ...renewing(own),
      decide(task, force, world) {
        if (hasEnded(task)) renew(task, world);
        return own.decide(task, force, world);
      },
    }),
  },
  'w-seconds-of-the-day': {
    says: 'The age of a result is timedelta.seconds, without the days: after a day it is readable again.',
    breaks: 'After expiry: 404 on read and on cancel',
    change: (own) => ({
      find(id, world, call) {
        const found = own.find(id, world, call);
        const task = world.tasks.get(id);
        if (!task || !hasEnded(task)) return found;
        return sinceEndS(task, world) % 86_400 < ttlOf(task) ? task : undefined;
      },
    }),
  },
  'w-queued-task-expires': {
    says: 'A queued task that was made with a TTL is forgotten when that time has gone since its creation.',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      expiresMs(task, world) {
        const waits = phaseOf(task) === 'queued' && task.resultTtlS !== undefined;
        return waits ? task.createdMs - task.agedMs + ttlOf(task) * 1000 : own.expiresMs(task, world);
      },
    }),
  },
  'w-ttl-of-a-read-starts-the-clock': {
    says:
      'X-Result-TTL on a read of a task that has not ended makes it vanish that many seconds after ' +
      'the read.',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (!givesTtl(call) || hasEnded(task)) return;
        task.notes.fromMs = world.now() + task.agedMs;
      },
      expiresMs(task, world) {
        const { fromMs } = task.notes;
        if (fromMs === undefined || hasEnded(task)) return own.expiresMs(task, world);
        return fromMs - task.agedMs + ttlOf(task) * 1000;
      },
    }),
  },
  'w-old-tasks-are-not-listed': {
    says: 'Running tasks that are older than their retention are dropped from the list as stuck.',
    breaks: 'The list holds every running task; one that has not ended outlives any TTL',
    change: (own) => ({
      listed: (world) =>
        own.listed(world).filter(({ createdMs, agedMs, resultTtlS = defaultTtlS }) => {
          return world.now() - createdMs + agedMs < resultTtlS * 1000;
        }),
    }),
  },
  'w-supervisor-restarts': {
    says: 'Two seconds after a running task has been cancelled, the supervisor starts it again.',
    breaks: 'After an accepted cancel: leaves queued/started and stays out',
    change: (own) => ({
      status(task, world) {
        const stopped = task.cancelledMs !== undefined && task.way.at(-2) === 'running' && hasEnded(task);
        const isBack = stopped && world.now() - (task.endedMs ?? 0) > 2000;
        return isBack ? 'started' : own.status(task, world);
      },
    }),
  },
  'w-queued-cancel-waits-for-a-worker': {
    says: 'An accepted cancel of a queued task is only seen when a worker takes the task: it stays queued.',
    breaks: 'After an accepted cancel: leaves `queued` within the settle time',
    change: (own) => ({
      settle(task, world) {
        if (phaseOf(task) !== 'queued') own.settle(task, world);
      },
    }),
  },
  'w-failures-for-five-minutes': {
    says: 'Failed tasks without a TTL of their own are kept for 300 seconds instead of 500.',
    breaks: 'Failed tasks: readable for the retention, like finished ones',
    change: (own) => ({
      ...withTtl(own, (ttlS, task) => {
        const isFailure = phaseOf(task) === 'failed' && task.cancelledMs === undefined;
        return isFailure && task.resultTtlS === undefined ? 300 : ttlS;
      }),
    }),
  },
  'w-cancel-drops-the-ttl': {
    says: 'A cancelled task loses its own TTL: one that should stay for longer is gone after 500 seconds.',
    breaks: 'Cancelled tasks: readable for the retention',
    change: (own) => ({
      accept(task, world) {
        task.resultTtlS = undefined;
        own.accept(task, world);
      },
    }),
  },
  'w-ttl-of-a-read-only-prolongs': {
    says: 'X-Result-TTL on a read counts only if it is longer than the retention that the task already has.',
    breaks: 'Retention by X-Result-TTL where given on the read',
    change: (own) => ({
      retain(task, call, world) {
        if (Number(call.resultTtl) > ttlOf(task)) own.retain(task, call, world);
      },
    }),
  },
  'w-default-is-the-maximum': {
    says: 'A TTL above the default of 500 seconds is cut down to it.',
    breaks: 'Retention by X-Result-TTL where given',
    change: (own) => withTtl(own, (ttlS) => Math.min(ttlS, defaultTtlS)),
  },
  'w-whole-minutes': {
    says: 'A TTL is rounded up to whole minutes: with one of 10 seconds the result stays for 60.',
    breaks: 'After expiry: 404; retention by X-Result-TTL',
    change: (own) =>
      withTtl(own, (ttlS, task) => (task.resultTtlS === undefined ? ttlS : Math.ceil(ttlS / 60) * 60)),
  },
  'w-at-least-ten-seconds': {
    says: 'A TTL below ten seconds is raised to ten.',
    breaks: 'After expiry: 404; retention by X-Result-TTL',
    change: (own) => withTtl(own, (ttlS) => Math.max(ttlS, 10)),
  },
  'w-ttl-counts-from-creation': {
    says:
      'The TTL given at creation counts from the creation: a task that ran for longer is gone when it ' +
      'ends.',
    breaks: 'Retention counts from completion',
    change: (own) => ({
      expiresMs(task, world) {
        const endMs = own.expiresMs(task, world);
        const ranMs = (task.endedMs ?? task.createdMs) - task.createdMs;
        return task.resultTtlS === undefined ? endMs : endMs - ranMs;
      },
    }),
  },
  'w-local-time-with-a-z': {
    says: 'The timestamp `ended` is the local time of a zone two hours ahead, and yet it carries a `Z`.',
    breaks: 'Timestamps: not more than a minute in the future',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        if (typeof body.ended !== 'string') return body;
        const localMs = Date.parse(body.ended) + 2 * 3_600_000;
        return { ...body, ended: new Date(localMs).toISOString().replace(/\.\d+/, '') };
      },
    }),
  },
  'w-milliseconds-in-32-bits': {
    says: 'The TTL in milliseconds overflows 32 bits: with one of 30 days the result is gone at once.',
    breaks: 'Retention by X-Result-TTL where given',
    change: (own) => withTtl(own, (ttlS) => ((ttlS * 1000) | 0) / 1000),
  },
  'w-retention-begins-with-the-first-read': {
    says: 'The retention begins with the first read after the end: a result that nobody has read never goes.',
    breaks: 'Retention counts from completion; after expiry: 404',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (hasEnded(task)) task.notes.seenMs ??= world.now() + task.agedMs;
      },
      expiresMs(task, world) {
        const { seenMs = Number.POSITIVE_INFINITY } = task.notes;
        return hasEnded(task) ? seenMs - task.agedMs + ttlOf(task) * 1000 : own.expiresMs(task, world);
      },
    }),
  },
});
