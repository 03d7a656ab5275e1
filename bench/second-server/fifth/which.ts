/** Faults that touch one task of many: by age, position, number, or how it came to its phase. */
import { faultsOf } from '../fault.ts';
import { hasEnded, phaseOf, type Task, type World } from '../rules.ts';
import { givesTtl } from '../tools.ts';

const endedOf = (world: World): Task[] => [...world.tasks.values()].filter(hasEnded);

export const whichFaults = faultsOf('which one', {
  'w-fifty-rows': {
    says: 'The list ends after fifty rows, the oldest first, and there is no next page.',
    breaks: 'The list holds every running or committing task',
    change: (own) => ({ listed: (world) => own.listed(world).slice(0, 50) }),
  },
  'w-pages-overlap': {
    says: 'The list is put together from pages of twenty that overlap by one: rows 20, 39, … come twice.',
    breaks: 'The list holds no task twice',
    change: (own) => ({
      listed: (world) =>
        own.listed(world).flatMap((task, at, { length }) => {
          const isLastOfPage = at > 0 && at % 19 === 0 && at + 1 < length;
          return isLastOfPage ? [task, task] : [task];
        }),
    }),
  },
  'w-cancel-takes-the-head-of-the-queue': {
    says: 'The cancel of a queued task removes the head of the queue, whichever queued task was named.',
    breaks: 'After an accepted cancel the task leaves `queued`; no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const isQueued = (one: Task) => phaseOf(one) === 'queued' && one.cancelledMs === undefined;
        const head = isQueued(task) ? [...world.tasks.values()].find(isQueued) : task;
        own.accept(head ?? task, world);
      },
    }),
  },
  'w-skips-behind-the-ended': {
    says:
      'Ended tasks are removed from the list while it is walked, which skips the task made right ' +
      'after one.',
    breaks: 'The list holds every running or committing task',
    change: (own) => ({
      listed(world) {
        const live = new Set(own.listed(world));
        const all = [...world.tasks.values()];
        return all.filter((task, at) => {
          const before = all[at - 1];
          return live.has(task) && !(before && hasEnded(before));
        });
      },
    }),
  },
  'w-commits-share-the-first-guid': {
    says: 'In the list every committing task shows the crdb_guid of the first committing one.',
    breaks: 'Every row of the list agrees in guid with a single read',
    change: (own) => ({
      list(_, world) {
        const tasks = world.rules.listed(world);
        const guid = tasks.find((task) => phaseOf(task) === 'committing')?.guid;
        const rows = tasks.map((task) => ({
          ...own.body(task, false, world),
          ...(phaseOf(task) === 'committing' && { crdb_guid: guid }),
        }));
        return { code: 200, body: rows };
      },
    }),
  },
  'w-keyed-by-centisecond': {
    says: 'The list is kept in a map by the hundredth of a second of creation: of tasks in one, one is left.',
    breaks: 'The list holds every running or committing task',
    change: (own) => ({
      listed: (world) => [
        ...new Map(own.listed(world).map((task) => [Math.floor(task.createdMs / 10), task])).values(),
      ],
    }),
  },
  'w-slots-by-guid': {
    says:
      'The list is merged through 64 slots by the first byte of the guid; of two in one slot, one is ' +
      'left.',
    breaks: 'The list holds every running or committing task',
    change: (own) => ({
      listed: (world) => [
        ...new Map(
          own.listed(world).map((task) => [Number.parseInt(task.guid.slice(0, 2), 16) % 64, task]),
        ).values(),
      ],
    }),
  },
  'w-cancel-bits': {
    says: 'Cancel marks are the bits of a 32-bit word, so the task made 32 later is cancelled as well.',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const all = [...world.tasks.values()];
        const other = all[all.indexOf(task) + 32];
        own.accept(task, world);
        if (other && !hasEnded(other)) own.accept(other, world);
      },
    }),
  },
  'w-only-commit-protects': {
    says: 'Only the commit protects from a cancel: a task that ended without one gives 200.',
    breaks: 'Cancel finished or failed: refused',
    change: (own) => ({
      decide(task, force, world) {
        if (task.way.includes('committing')) return own.decide(task, force, world);
        return task.cancelFails ? 409 : 200;
      },
    }),
  },
  'w-commit-right-from-the-queue': {
    says: 'A task that went from queued to committing without running counts as queued for a cancel: 200.',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change: (own) => ({
      decide(task, force, world) {
        const jumped = task.way.includes('queued') && !task.way.includes('running');
        return own.decide(task, force || jumped, world);
      },
    }),
  },
  'w-failed-in-the-queue-leaves-no-trace': {
    says: 'A task that failed while it was still queued was never written down: its read gives 404.',
    breaks: 'Failed tasks are readable for the retention',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const neverRan = task?.way.join() === 'queued,failed' && task.cancelledMs === undefined;
        return neverRan ? undefined : task;
      },
    }),
  },
  'w-failed-in-commit-counts-as-done': {
    says: 'A task that fails in its commit is shown as `finished`, since the commit was reached.',
    breaks: 'Status by phase: failed → `failed`',
    change: (own) => ({
      status(task, world) {
        const broke = phaseOf(task) === 'failed' && task.way.includes('committing');
        return broke && task.cancelledMs === undefined ? 'finished' : own.status(task, world);
      },
    }),
  },
  'w-ttl-lost-in-the-commit': {
    says: 'The copy of a task that is made when it moves into its commit has no TTL: 500 s are kept.',
    breaks: 'Retention by X-Result-TTL where given at creation',
    change: (own) => ({
      enter(task, phase, atMs) {
        if (phase === 'committing' && task.way.length > 0) task.resultTtlS = undefined;
        own.enter(task, phase, atMs);
      },
    }),
  },
  'w-ttl-for-the-bucket': {
    says: 'The X-Result-TTL of a read sets the retention of all that ended in the same tick of ten seconds.',
    breaks: 'Retention by X-Result-TTL for that task alone',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (task.endedMs === undefined || !givesTtl(call)) return;
        const tick = Math.floor(task.endedMs / 10_000);
        for (const other of endedOf(world))
          if (Math.floor((other.endedMs ?? 0) / 10_000) === tick) other.resultTtlS = task.resultTtlS;
      },
    }),
  },
  'w-expiry-in-order-of-the-end': {
    says: 'Expiry looks only at the head of a queue: a task stays as long as one that ended before it does.',
    breaks: 'After expiry: 404 on read and on cancel',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const old = world.tasks.get(id);
        if (task || old?.endedMs === undefined) return task;
        const { endedMs } = old;
        const before = endedOf(world).filter((one) => (one.endedMs ?? endedMs) < endedMs);
        return before.some((one) => world.now() < own.expiresMs(one, world)) ? old : undefined;
      },
    }),
  },
  'w-sixteen-results': {
    says: 'Only the sixteen latest results are kept; an older one is gone, whatever its retention.',
    breaks: 'Retention: default 500 s',
    change(own) {
      const results: Task[] = [];
      return {
        enter(task, phase, atMs) {
          own.enter(task, phase, atMs);
          if (!hasEnded(task)) return;
          results.push(task);
          const oldest = results.length > 16 ? results.shift() : undefined;
          if (oldest) oldest.notes.evicted = 1;
        },
        find(id, world, call) {
          const task = own.find(id, world, call);
          return task?.notes.evicted ? undefined : task;
        },
      };
    },
  },
});
