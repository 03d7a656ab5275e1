/** Faults of retention and of the moments between two phases. */
import { faultsOf, nth } from '../fault.ts';
import { hasEnded, phaseOf } from '../rules.ts';
import { sinceEndS } from '../tools.ts';

export const timeFaults = faultsOf('time', {
  'ttl-overflows-32-bits': {
    says: 'a retention is held as milliseconds in 32 bits: above 2147483 s it has passed at once',
    breaks: 'Retention: by X-Result-TTL where given',
    change: (own) => ({
      expiresMs(task, world) {
        const ttlMs = (task.resultTtlS ?? 500) * 1000;
        return own.expiresMs({ ...task, resultTtlS: (ttlMs | 0) / 1000 }, world);
      },
    }),
  },
  'ttl-in-whole-minutes': {
    says: 'a retention that was given is rounded up to whole minutes',
    breaks: 'Retention: by X-Result-TTL where given; after expiry 404',
    change: (own) => ({
      expiresMs(task, world) {
        const { resultTtlS } = task;
        const rounded = resultTtlS === undefined ? undefined : Math.ceil(resultTtlS / 60) * 60;
        return own.expiresMs({ ...task, resultTtlS: rounded }, world);
      },
    }),
  },
  'retention-from-commit': {
    says: 'retention counts from the beginning of the commit, where there was one',
    breaks: 'Retention: counts from completion',
    change: (own) => ({
      enter(task, phase, atMs) {
        if (phase === 'committing') task.notes.commitMs = atMs;
        own.enter(task, phase, atMs);
      },
      expiresMs(task, world) {
        const endedMs = task.endedMs === undefined ? undefined : (task.notes.commitMs ?? task.endedMs);
        return own.expiresMs({ ...task, endedMs }, world);
      },
    }),
  },
  'refused-cancel-prolongs': {
    says: 'the retention of an ended task starts anew with a cancel that is refused',
    breaks: 'Retention: counts from completion',
    change: (own) => ({
      decide(task, force, world) {
        if (hasEnded(task)) task.notes.prolongedS = sinceEndS(task, world);
        return own.decide(task, force, world);
      },
      expiresMs: (task, world) => own.expiresMs(task, world) + (task.notes.prolongedS ?? 0) * 1000,
    }),
  },
  'gap-at-completion': {
    says: 'for 300 ms after its end a task is in neither of the two stores: 404',
    breaks: 'Retention: counts from completion (a task that has just ended is readable)',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const moves = task?.endedMs !== undefined && task.way.length > 1;
        return moves && world.now() - (task.endedMs ?? 0) < 300 ? undefined : task;
      },
    }),
  },
  'gap-in-list-at-commit': {
    says: 'for 400 ms after it has begun to commit a task is missing in the list',
    breaks: 'List: every running or committing task',
    change: (own) => ({
      enter(task, phase, atMs) {
        if (phase === 'committing' && task.way.length > 0) task.notes.commitMs = atMs;
        own.enter(task, phase, atMs);
      },
      listed: (world) =>
        own.listed(world).filter(({ notes }) => world.now() - (notes.commitMs ?? -1000) >= 400),
    }),
  },
  'end-flickers': {
    says: 'between 700 and 1200 ms after its end a task is shown as started once more',
    breaks: 'Status by phase: never backwards; reads of an ended task agree',
    change: (own) => ({
      status(task, world) {
        const sinceMs = world.now() - (task.endedMs ?? world.now());
        return sinceMs >= 700 && sinceMs < 1200 ? 'started' : own.status(task, world);
      },
    }),
  },
  'two-percent-early': {
    says: 'a task is forgotten when 98 % of its retention have passed',
    breaks: 'Retention: default 500 s; by X-Result-TTL where given',
    change: (own) => ({
      expiresMs(task, world) {
        return own.expiresMs({ ...task, resultTtlS: (task.resultTtlS ?? 500) * 0.98 }, world);
      },
    }),
  },
  'swept-each-minute': {
    says: 'expired tasks are forgotten at the next full minute of the server, not before',
    breaks: 'After expiry: 404 on read and on cancel',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const old = world.tasks.get(id);
        if (task || !old) return task;
        old.notes.sweptMs ??= (Math.floor(world.now() / 60_000) + 1) * 60_000;
        return world.now() < old.notes.sweptMs ? old : undefined;
      },
    }),
  },
  'cancel-knows-expired': {
    says: 'for 30 s after its expiry a task is unknown to the read, but its cancel is refused with 406',
    breaks: 'After expiry: 404 on read and on cancel',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const old = world.tasks.get(id);
        const isRecent = old && world.now() < own.expiresMs(old, world) + 30_000;
        return call.operation === 'cancel' && isRecent ? old : task;
      },
    }),
  },
  'queued-reaped-after-an-hour': {
    says: 'a task that has been queued for more than an hour is forgotten',
    breaks: 'A task that has not ended outlives any TTL',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task && phaseOf(task) === 'queued' && task.agedMs > 3_600_000 ? undefined : task;
      },
    }),
  },
  'ttl-of-read-from-creation': {
    says: 'a retention that was given on a read counts from the creation of the task',
    breaks: 'Retention on a read: from completion or from that read',
    change: (own) => ({
      retain(task, call, world) {
        if (call.resultTtl !== undefined) nth(task.notes, 'given');
        own.retain(task, call, world);
      },
      expiresMs(task, world) {
        const endedMs = task.endedMs !== undefined && task.notes.given ? task.createdMs : task.endedMs;
        return own.expiresMs({ ...task, endedMs }, world);
      },
    }),
  },
  'cancels-in-quick-succession-lost': {
    says: 'a cancel less than 300 ms after another accepted one is answered with 200 and does nothing',
    breaks: 'After an accepted cancel: leaves queued/started within the settle time',
    change(own) {
      let lastMs = Number.NEGATIVE_INFINITY;
      return {
        accept(task, world) {
          if (world.now() - lastMs < 300) return;
          lastMs = world.now();
          own.accept(task, world);
        },
      };
    },
  },
});
