/** Faults that take one task for another, or one of many. */
import { faultsOf } from '../fault.ts';
import { phaseOf, type Task, type World } from '../rules.ts';

const all = (world: World): Task[] => [...world.tasks.values()];
const inPhase = (world: World, phase: string): Task[] => all(world).filter((task) => phaseOf(task) === phase);

export const whichFaults = faultsOf('which one', {
  'cancel-takes-the-queue-behind': {
    says: 'the cancel of a running task also cancels the queued tasks that were made after it',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        if (phaseOf(task) === 'running')
          for (const other of inPhase(world, 'queued'))
            if (other.createdMs > task.createdMs) own.accept(other, world);
        own.accept(task, world);
      },
    }),
  },
  'force-ends-all-committing': {
    says: 'the forced cancel of a committing task ends every committing task',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        if (phaseOf(task) === 'committing')
          for (const other of inPhase(world, 'committing')) own.accept(other, world);
        own.accept(task, world);
      },
    }),
  },
  'third-row-has-guid-of-second': {
    says: 'from the third row of the list on, each row shows the guid of the row before it',
    breaks: 'List: every row agrees in id, guid and status with a single read',
    change: (own) => ({
      list(_, world) {
        const tasks = world.rules.listed(world);
        const guidOf = (task: Task, at: number) => (at < 2 ? task : (tasks[at - 1] ?? task)).guid;
        const body = tasks.map((task, at) => ({
          ...own.body(task, false, world),
          crdb_guid: guidOf(task, at),
        }));
        return { code: 200, body };
      },
    }),
  },
  'one-committing-in-list': {
    says: 'of several committing tasks the list holds the newest only',
    breaks: 'List: every running or committing task',
    change: (own) => ({
      listed(world) {
        const newest = inPhase(world, 'committing').at(-1);
        return own.listed(world).filter((task) => phaseOf(task) !== 'committing' || task === newest);
      },
    }),
  },
  'old-running-out-of-list': {
    says: 'a running task that is older than its retention is out of the list; the read still knows it',
    breaks: 'A task that has not ended outlives any TTL; the list holds every running task',
    change: (own) => ({
      listed: (world) => own.listed(world).filter((task) => task.agedMs < (task.resultTtlS ?? 500) * 1000),
    }),
  },
  'ttl-also-for-the-last-ended': {
    says: 'the X-Result-TTL of a read also counts for the task that ended last before',
    breaks: 'Retention: by X-Result-TTL where given, for that task alone',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        const ended = all(world).filter((other) => other !== task && other.endedMs !== undefined);
        const [last] = ended.sort((a, b) => (b.endedMs ?? 0) - (a.endedMs ?? 0));
        if (last) own.retain(last, call, world);
      },
    }),
  },
  'first-ended-first-forgotten': {
    says: 'a task is not forgotten before those that ended before it, whatever its own retention is',
    breaks: 'Retention: by X-Result-TTL where given, for that task alone; after expiry 404',
    change: (own) => ({
      expiresMs(task, world) {
        const { endedMs } = task;
        if (endedMs === undefined) return own.expiresMs(task, world);
        const before = all(world).filter((other) => (other.endedMs ?? Number.POSITIVE_INFINITY) <= endedMs);
        return Math.max(...[task, ...before].map((other) => own.expiresMs(other, world)));
      },
    }),
  },
  'default-from-last-creation': {
    says: 'a task made without a retention gets that of the last task that was made with one',
    breaks: 'Retention: default 500 s; by X-Result-TTL where given, for that task alone',
    change(own) {
      let lastS: number | undefined;
      return {
        enter(task, phase, atMs) {
          if (task.way.length === 0) {
            task.resultTtlS ??= lastS;
            lastS = task.resultTtlS;
          }
          own.enter(task, phase, atMs);
        },
      };
    },
  },
  'commit-locks-all-cancels': {
    says: 'while any task is committing, the cancel of a running one without force is refused with 406',
    breaks: 'Cancel queued, running, with or without force: 200',
    change: (own) => ({
      decide(task, force, world) {
        const isLocked = phaseOf(task) === 'running' && inPhase(world, 'committing').length > 0;
        return isLocked && !force ? 406 : own.decide(task, force, world);
      },
    }),
  },
  'cancel-takes-head-of-queue': {
    says: 'the cancel of a queued task ends the one that has waited longest, not the one that was named',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const head = inPhase(world, 'queued').find((other) => other.cancelledMs === undefined);
        own.accept(phaseOf(task) === 'queued' ? (head ?? task) : task, world);
      },
    }),
  },
  'statuses-sorted-apart': {
    says: 'the list sorts the statuses by themselves, so rows get those of other tasks',
    breaks: 'List: every row agrees in id, guid and status with a single read',
    change: (own) => ({
      list(_, world) {
        const rows = own.listed(world).map((task) => own.body(task, false, world));
        const statuses = rows.map((row) => String(row.status)).sort();
        return { code: 200, body: rows.map((row, at) => ({ ...row, status: statuses[at] })) };
      },
    }),
  },
});
