/** Only one of many tasks: by age, position, number, or the way through the phases. */
import { faultsOf } from '../fault.ts';
import { hasEnded, phaseOf, type Task, type World } from '../rules.ts';
import { hashOf, inPhase, on200 } from './helpers.ts';

const second = (task: Task) => Math.floor(task.createdMs / 1000);
const endedFirst = (world: World) =>
  [...world.tasks.values()].filter(hasEnded).sort((one, other) => (one.endedMs ?? 0) - (other.endedMs ?? 0));

export const which = faultsOf('which one', {
  'v-one-per-second': {
    says: 'The list is keyed by the second of creation: of the running tasks of one second it has the last.',
    breaks: 'The list holds every running task',
    change: (own) => ({
      listed: (world) => [...new Map(own.listed(world).map((task) => [second(task), task])).values()],
    }),
  },
  'v-seam-of-pages': {
    says: 'The list is put together from pages of ten and loses the row at each seam (the 11th, the 22nd …).',
    breaks: 'The list holds every running task',
    change: (own) => ({
      listed: (world) => own.listed(world).filter((_, index) => index % 11 !== 10),
    }),
  },
  'v-straight-to-commit-unlisted': {
    says: 'Tasks get into the list as they start to run: one that commits without having run is never there.',
    breaks: 'The list holds every committing task',
    change: (own) => ({
      listed: (world) =>
        own.listed(world).filter(({ way }) => !way.includes('committing') || way.includes('running')),
    }),
  },
  'v-born-finished-stays': {
    says: 'The retention is started by leaving a phase: a task that was made as finished stays for ever.',
    breaks: 'Retention; after expiry 404',
    change: (own) => ({
      expiresMs: (task, world) =>
        task.way.length === 1 && phaseOf(task) === 'finished'
          ? Number.POSITIVE_INFINITY
          : own.expiresMs(task, world),
    }),
  },
  'v-failed-in-queue': {
    says: 'A task that fails while it is queued goes on being shown as queued.',
    breaks: 'A phase change shows in both reads; status by phase',
    change: (own) => ({
      status: (task, world) =>
        task.way.join() === 'queued,failed' && task.cancelledMs === undefined
          ? 'queued'
          : own.status(task, world),
    }),
  },
  'v-last-twenty': {
    says: 'Only the last twenty ended tasks are kept, whatever their retention.',
    breaks: 'Retention; ended tasks are readable for it',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task && hasEnded(task) && !endedFirst(world).slice(-20).includes(task) ? undefined : task;
      },
    }),
  },
  'v-last-shard-unlisted': {
    says: 'Tasks are spread over eight shards by a hash of the id, and the list asks only seven.',
    breaks: 'The list holds every running task',
    change: (own) => ({ listed: (world) => own.listed(world).filter(({ id }) => hashOf(id) % 8 !== 7) }),
  },
  'v-index-zero': {
    says: 'The first task since the start has index 0, which the lookup takes for "not found".',
    breaks: 'A read shows the id that was asked for',
    change: (own) => {
      let first: Task | undefined;
      return {
        enter(task, phase, atMs) {
          first ??= task;
          own.enter(task, phase, atMs);
        },
        find(id, world, call) {
          const task = own.find(id, world, call);
          return task === first ? undefined : task;
        },
      };
    },
  },
  'v-blocked-cleanup': {
    says: 'The cleanup goes through the ended tasks in the order of their end and stops at the first one that is still kept: what expired behind it stays readable.',
    breaks: 'After expiry: 404',
    change: (own) => ({
      expiresMs(task, world) {
        const before = endedFirst(world).filter((other) => (other.endedMs ?? 0) < (task.endedMs ?? 0));
        return Math.max(own.expiresMs(task, world), ...before.map((other) => own.expiresMs(other, world)));
      },
    }),
  },
  'v-binary-search': {
    says: 'With more than a dozen tasks the lookup is a binary search by id over tasks in order of creation.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      find(id, world, call) {
        const ids = [...world.tasks.keys()];
        let [low, high] = [0, ids.length - 1];
        while (ids.length > 12 && low < high) {
          const middle = Math.floor((low + high) / 2);
          if ((ids[middle] ?? '') < id) low = middle + 1;
          else high = middle;
        }
        return ids.length > 12 && ids[low] !== id ? undefined : own.find(id, world, call);
      },
    }),
  },
  'v-eight-workers': {
    says: 'There are eight workers: from the ninth running task on, they are shown as queued.',
    breaks: 'Status by phase: running is `started`',
    change: (own) => ({
      status: (task, world) =>
        inPhase(world, 'running').slice(8).includes(task) ? 'queued' : own.status(task, world),
    }),
  },
  'v-finished-without-commit': {
    says: 'A task that goes from running to finished without a commit phase is shown as failed.',
    breaks: 'Status by phase: finished is `finished`',
    change: (own) => ({
      status: (task, world) =>
        task.way.slice(-2).join() === 'running,finished' ? 'failed' : own.status(task, world),
    }),
  },
  'v-cancel-starts-next': {
    says: 'A cancel of a running task frees its worker, and the oldest queued task is shown as started.',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const [next] = inPhase(world, 'queued').filter(({ notes }) => !notes.up);
        if (phaseOf(task) === 'running' && next) next.notes.up = 1;
        own.accept(task, world);
      },
      status: (task, world) =>
        task.notes.up && phaseOf(task) === 'queued' ? 'started' : own.status(task, world),
    }),
  },
  'v-acknowledges-older': {
    says: 'A cancel of a queued task acknowledges its message and all older ones: older queued tasks go too.',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const queue = phaseOf(task) === 'queued' ? inPhase(world, 'queued') : [task];
        for (const older of queue.slice(0, queue.indexOf(task) + 1)) own.accept(older, world);
      },
    }),
  },
  'v-three-steps': {
    says: 'The history of a task has room for three phases: one that goes through all four stays started.',
    breaks: 'A phase change shows in both reads; status by phase',
    change: (own) => ({
      status: (task, world) => own.status({ ...task, way: task.way.slice(0, 3) }, world),
    }),
  },
  'v-cancel-of-moved-lost': {
    says: 'A cancel marks the entry in the queue: a task that was moved on from there is never ended by it.',
    breaks: 'After an accepted cancel the task leaves `queued`/`started`',
    change: (own) => ({
      accept(task, world) {
        if (task.way.join() !== 'queued,running') own.accept(task, world);
      },
    }),
  },
  'v-buffer-of-4096': {
    says: 'The list is written through a buffer of 4096 letters and ends with it: some thirty rows are too many.',
    breaks: 'What is a 200 of the two reads',
    change: (own) => ({
      list: on200(own.list, (reply) => ({ ...reply, text: JSON.stringify(reply.body).slice(0, 4096) })),
    }),
  },
});
