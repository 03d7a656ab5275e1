/** Faults of time: in between, by magnitude, while nobody asks, hidden by rounding. */
import { faultsOf } from '../fault.ts';
import { hasEnded, type Task, type World } from '../rules.ts';

/** Seconds since the task ended, its ageing included. */
const ageS = (task: Task, world: World) =>
  (world.now() + task.agedMs - (task.endedMs ?? Number.POSITIVE_INFINITY)) / 1000;

export const timeFaults = faultsOf('time', {
  'ttl-hour-at-most': {
    says: 'a TTL above 3,600 s counts as 3,600 s',
    breaks: 'Retention: by X-Result-TTL where given',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs({ ...task, resultTtlS: task.resultTtlS && Math.min(task.resultTtlS, 3600) }, world),
    }),
  },
  'ttl-default-at-least': {
    says: 'a TTL below 60 s counts as 60 s',
    breaks: 'Retention: by X-Result-TTL where given',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs({ ...task, resultTtlS: task.resultTtlS && Math.max(task.resultTtlS, 60) }, world),
    }),
  },
  'ttl-whole-minutes': {
    says: 'a TTL is rounded up to whole minutes',
    breaks: 'Retention: by X-Result-TTL where given',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs(
          { ...task, resultTtlS: task.resultTtlS && Math.ceil(task.resultTtlS / 60) * 60 },
          world,
        ),
    }),
  },
  'ttl-16-bit': {
    says: 'a TTL is kept in 16 bits',
    breaks: 'Retention: by X-Result-TTL where given',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs({ ...task, resultTtlS: task.resultTtlS && task.resultTtlS % 65_536 }, world),
    }),
  },
  'retention-512': {
    says: 'the default retention is 512 s',
    breaks: 'Retention: default 500 s; after expiry: 404',
    change: (own) => ({
      expiresMs: (task, world) => own.expiresMs(task, world) + (task.resultTtlS === undefined ? 12_000 : 0),
    }),
  },
  'retention-gap': {
    says: 'between 200 and 300 s after its end a task cannot be read',
    breaks: 'Failed and finished tasks: readable for the retention',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task && ageS(task, world) > 200 && ageS(task, world) < 300 ? undefined : task;
      },
    }),
  },
  'status-fades': {
    says: 'a failed task has the status finished from 250 s after its end on',
    breaks: 'Status by phase: reads of an ended task agree',
    change: (own) => ({
      status: (task, world) => (ageS(task, world) > 250 ? 'finished' : own.status(task, world)),
    }),
  },
  'cancellable-when-old': {
    says: 'a cancel of a task that ended more than 100 s ago is answered with 404',
    breaks: 'Cancel finished or failed: 404 fails while the task is still readable',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task && call.operation === 'cancel' && ageS(task, world) > 100 ? undefined : task;
      },
    }),
  },
  'cancel-takes-14-s': {
    says: 'a cancelled task ends after 14 s',
    breaks: 'After an accepted cancel: leaves queued/started within the settle time',
    change: (own) => ({
      settle(task, world) {
        if (world.now() - (task.cancelledMs ?? 0) > 14_000) own.settle(task, world);
      },
    }),
  },
  'cancelled-returns': {
    says: 'a cancelled task is started again 1.5 s after its cancel',
    breaks: 'After an accepted cancel: stays out of queued and started',
    change: (own) => ({
      status: (task, world) =>
        world.now() - (task.cancelledMs ?? Infinity) > 1500 ? 'started' : own.status(task, world),
    }),
  },
  'cancelled-flickers': {
    says: 'from 300 to 900 ms after its cancel, a cancelled task is started again',
    breaks: 'After an accepted cancel: stays out of queued and started',
    change: (own) => ({
      status(task, world) {
        const sinceMs = world.now() - (task.cancelledMs ?? Infinity);
        return sinceMs > 300 && sinceMs < 900 ? 'started' : own.status(task, world);
      },
    }),
  },
  'fresh-commit-cancels': {
    says: 'in the first 50 ms of its commit phase a task can be cancelled',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      enter(task, phase, atMs) {
        own.enter(task, phase, atMs);
        if (phase === 'committing') task.notes.commitMs = atMs;
      },
      decide: (task, force, world) =>
        own.decide(task, force || world.now() - (task.notes.commitMs ?? -Infinity) < 50, world),
    }),
  },
  'running-aged': {
    says: 'a running task that was aged by more than 500 s is forgotten',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      expiresMs: (task, world) =>
        hasEnded(task) ? own.expiresMs(task, world) : task.createdMs + 500_000 - task.agedMs,
    }),
  },
  'day-old-queued': {
    says: 'a task that has not ended is forgotten after a day',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      expiresMs: (task, world) =>
        hasEnded(task) ? own.expiresMs(task, world) : task.createdMs + 86_400_000 - task.agedMs,
    }),
  },
  'ttl-from-creation': {
    says: 'the TTL given at creation counts from the creation',
    breaks: 'Retention: counts from completion',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs(hasEnded(task) && task.resultTtlS ? { ...task, endedMs: task.createdMs } : task, world),
    }),
  },
  'verbose-prolongs': {
    says: 'a verbose read starts the retention anew',
    breaks: 'A plain read never prolongs',
    change: (own) => ({
      read(call, world) {
        const task = world.tasks.get(call.segment);
        const reply = own.read(call, world);
        const prolongs = task && hasEnded(task) && call.query.get('verbose') === 'true';
        if (prolongs && reply.code === 200) Object.assign(task, { endedMs: world.now(), agedMs: 0 });
        return reply;
      },
    }),
  },
  'refusal-prolongs': {
    says: 'a refused cancel of an ended task starts its retention anew',
    breaks: 'Retention: counts from completion',
    change: (own) => ({
      decide(task, force, world) {
        if (hasEnded(task)) Object.assign(task, { endedMs: world.now(), agedMs: 0 });
        return own.decide(task, force, world);
      },
    }),
  },
  'list-lags-15-s': {
    says: 'the list is made once in 15 s',
    breaks: 'A phase change shows in both reads within the settle time',
    change(own) {
      let madeMs = Number.NEGATIVE_INFINITY;
      let rows: unknown;
      return {
        list(call, world) {
          if (world.now() - madeMs > 15_000) [madeMs, rows] = [world.now(), own.list(call, world).body];
          return { code: 200, body: rows };
        },
      };
    },
  },
});
