/** The fourth set: which task of many it is, and how it came to its phase. */
import { faultsOf } from '../fault.ts';
import { hasEnded, phaseOf, type Task, type World } from '../rules.ts';

const all = (world: World): Task[] => [...world.tasks.values()];
const isWay = (task: Task, ...way: readonly string[]): boolean => task.way.join() === way.join();

export const whichFaults = faultsOf('which one', {
  'v-list-ends-at-a-hundred': {
    says: 'The list holds the hundred newest tasks at most.',
    breaks: 'What must the list hold: every running or committing task',
    change: (own) => ({ listed: (world) => own.listed(world).slice(-100) }),
  },
  'v-page-boundary-comes-twice': {
    says: 'The list is put together from pages of 25, and the first row of each next page comes twice.',
    breaks: 'What must the list hold: no task twice',
    change: (own) => ({
      listed: (world) =>
        own.listed(world).flatMap((task, index) => (index > 0 && index % 25 === 0 ? [task, task] : [task])),
    }),
  },
  'v-list-drops-the-remainder': {
    says: 'From ten tasks on, the list holds whole tens only: the newest ones beyond are missing.',
    breaks: 'What must the list hold: every running or committing task',
    change: (own) => ({
      listed(world) {
        const tasks = own.listed(world);
        return tasks.length < 10 ? tasks : tasks.slice(0, Math.floor(tasks.length / 10) * 10);
      },
    }),
  },
  'v-row-after-an-ended-one-is-skipped': {
    says: 'The list drops failed tasks while it walks over them, and skips the task made right after one.',
    breaks: 'What must the list hold: every running or committing task',
    change: (own) => ({
      listed(world) {
        const tasks = all(world);
        const skipped = new Set(tasks.filter((_, index) => isFailed(tasks[index - 1])));
        return own.listed(world).filter((task) => !skipped.has(task));
      },
    }),
  },
  'v-list-holds-one-commit': {
    says: 'Of several committing tasks, the list holds the one that was made last.',
    breaks: 'What must the list hold: every running or committing task',
    change: (own) => ({
      listed(world) {
        const tasks = own.listed(world);
        const last = tasks.findLast((task) => phaseOf(task) === 'committing');
        return tasks.filter((task) => phaseOf(task) !== 'committing' || task === last);
      },
    }),
  },
  'v-list-knows-only-started-by-queue': {
    says: 'The list misses a committing task that was never seen running, but came straight from the queue.',
    breaks: 'What must the list hold: every running or committing task',
    change: (own) => ({
      listed: (world) => own.listed(world).filter((task) => !isWay(task, 'queued', 'committing')),
    }),
  },
  'v-cancel-starts-the-next': {
    says: 'The cancel of a running task frees its worker, which starts the oldest queued task.',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const next = all(world).find((other) => phaseOf(other) === 'queued' && other !== task);
        if (phaseOf(task) === 'running' && next) next.notes.started = 1;
        own.accept(task, world);
      },
      status(task, world) {
        const status = own.status(task, world);
        return status === 'queued' && task.notes.started ? 'started' : status;
      },
    }),
  },
  'v-cancel-bits-wrap-at-32': {
    says: 'The cancels are kept in 32 bits by the number of the task: the 33rd cancels the first one too.',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const tasks = all(world);
        const bit = tasks.indexOf(task) % 32;
        for (const [index, other] of tasks.entries())
          if (index % 32 === bit && (other === task || !hasEnded(other))) own.accept(other, world);
      },
    }),
  },
  'v-cancel-takes-the-head-of-the-queue': {
    says: 'The cancel of a queued task takes the oldest queued task out of the queue.',
    breaks: 'After an accepted cancel: it leaves queued; no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const head = all(world).find((other) => phaseOf(other) === 'queued' && !other.cancelledMs);
        own.accept(phaseOf(task) === 'queued' && head ? head : task, world);
      },
    }),
  },
  'v-twenty-results-are-kept': {
    says: 'Of the ended tasks only the twenty that ended last are kept, however long their retention.',
    breaks: 'Retention: default 500 s, by X-Result-TTL where given',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        if (!task || !hasEnded(task)) return task;
        const later = all(world).filter((other) => (other.endedMs ?? 0) > (task.endedMs ?? 0));
        return later.length < 20 ? task : undefined;
      },
    }),
  },
  'v-failed-in-the-queue-is-gone': {
    says: 'A task that failed straight from the queue cannot be read: its read is answered with 404.',
    breaks: 'Failed and cancelled tasks: readable for the retention',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task && isWay(task, 'queued', 'failed') && call.operation === 'read' ? undefined : task;
      },
    }),
  },
  'v-failed-commit-is-finished': {
    says: 'A task that failed during its commit reads as finished.',
    breaks: 'Status by phase: failed is failed',
    change: (own) => ({
      status(task, world) {
        const failedInCommit = task.way.at(-1) === 'failed' && task.way.at(-2) === 'committing';
        return failedInCommit && task.cancelledMs === undefined ? 'finished' : own.status(task, world);
      },
    }),
  },
  'v-finished-without-a-start-is-queued': {
    says: 'A task that finishes straight from the queue goes on to read as queued.',
    breaks: 'Status by phase: finished is finished',
    change: (own) => ({
      status: (task, world) => (isWay(task, 'queued', 'finished') ? 'queued' : own.status(task, world)),
    }),
  },
  'v-commit-from-the-queue-is-cancelled': {
    says: 'A task that went from the queue into its commit without running can be cancelled without force.',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change: (own) => ({
      decide: (task, force, world) => own.decide(task, force || isWay(task, 'queued', 'committing'), world),
    }),
  },
  'v-cancelled-while-queued-finishes': {
    says: 'A task that is cancelled in the queue ends as finished, as there was nothing to undo.',
    breaks: 'After an accepted cancel: never finished for a task that was held before its commit',
    change: (own) => ({
      enter(task, phase, atMs) {
        const fromQueue = phaseOf(task) === 'queued' && task.cancelledMs !== undefined;
        own.enter(task, fromQueue && phase === 'failed' ? 'finished' : phase, atMs);
      },
    }),
  },
  'v-positions-shift-after-a-removal': {
    says: 'The read keeps the place of a task from its first read, and shows its neighbour after a removal.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => {
      const places = new Map<string, number>();
      return {
        find(id, world, call) {
          const task = own.find(id, world, call);
          if (!task || call.operation !== 'read') return task;
          const place = places.get(id) ?? all(world).indexOf(task);
          places.set(id, place);
          return all(world)[place] ?? task;
        },
      };
    },
  },
});

function isFailed(task: Task | undefined): boolean {
  return task !== undefined && phaseOf(task) === 'failed';
}
