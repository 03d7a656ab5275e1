/** Requests at the same time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf, nth } from '../fault.ts';
import { flag, hasEnded, notFound, phaseOf, problem, type Task } from '../rules.ts';
import { givesTtl, named, others, rowsOf, slow } from '../tools.ts';
import { asking, inPhase, met, on200, overlapping } from './helpers.ts';

const every = ['list', 'read', 'cancel'] as const;
const ms = 40;

export const sameTime = faultsOf('same time', {
  'v-shared-flight': {
    says: 'Reads of one id at the same time share one answer: the first one was checked for its login.',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      ...overlapping(own, ['read'], ms),
      admits: (call, world) =>
        own.admits(call, world) ||
        (call.operation === 'read' &&
          met(call, 'read').some((other) => other.segment === call.segment && own.admits(other, world))),
    }),
  },
  'v-changed-during-iteration': {
    says: 'A list that runs at the same time as a cancel answers 500: the set changed while it went over it.',
    breaks: 'What is a 200 of the two reads; the list holds every running task',
    change: (own) => ({
      ...overlapping(own, every, ms),
      list: (call, world) =>
        met(call, 'cancel').length > 0
          ? problem(500, 'dictionary changed size during iteration')
          : own.list(call, world),
    }),
  },
  'v-read-locks': {
    says: 'A read holds a lock on its task: a cancel that comes meanwhile fails with 409.',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      ...overlapping(own, ['read'], ms),
      cancel: (call, world) =>
        met(call, 'read').some((other) => other.segment === call.segment)
          ? problem(409, 'The task is locked')
          : own.cancel(call, world),
    }),
  },
  'v-written-back': {
    says: 'A read with X-Result-TTL writes the whole record back as it had loaded it: a cancel that was accepted meanwhile is undone.',
    breaks: 'After an accepted cancel the task leaves `queued`/`started`',
    change: (own) => ({
      async serve(call, world) {
        const task = givesTtl(call) ? named(call, world) : undefined;
        const loaded = task?.cancelledMs;
        const reply = await slow(own, ['read'], ms).serve(call, world);
        if (task && reply.code === 200) task.cancelledMs = loaded;
        return reply;
      },
    }),
  },
  'v-set-after-invalidation': {
    says: 'A cancel clears the cached status, and a slow read that had begun before fills it again with the old one, for good.',
    breaks: 'After an accepted cancel the task leaves `queued`/`started`',
    change: (own) => {
      const cache = new Map<Task, string>();
      return {
        async serve(call, world) {
          const task = call.operation === 'read' ? named(call, world) : undefined;
          const status = task?.cancelledMs === undefined && task ? own.status(task, world) : '';
          const reply = await slow(own, ['read'], ms).serve(call, world);
          if (status !== '' && task?.cancelledMs !== undefined) cache.set(task, status);
          return reply;
        },
        status: (task, world) => cache.get(task) ?? own.status(task, world),
      };
    },
  },
  'v-shared-cursor': {
    says: 'Lists at the same time share one cursor: a row that one of them has taken is not in the others.',
    breaks: 'The list holds every running task',
    change: (own) => {
      const taken = new Set<unknown>();
      return {
        async serve(call, world) {
          if (call.operation === 'list' && others(call, world, 'list').length === 0) taken.clear();
          return slow(own, ['list'], ms).serve(call, world);
        },
        list(_, world) {
          const rows = rowsOf(world).filter(({ id }) => !taken.has(id));
          for (const { id } of rows) taken.add(id);
          return { code: 200, body: rows };
        },
      };
    },
  },
  'v-ttl-in-global': {
    says: 'X-Result-TTL is kept in a global variable during a read: plain reads meanwhile set it for their tasks too.',
    breaks: 'Retention: for that task alone; a plain read never prolongs',
    change: (own) => ({
      ...overlapping(own, ['read'], ms),
      retain(task, call, world) {
        const given = met(call, 'read').find(givesTtl);
        own.retain(task, givesTtl(call) || !given ? call : given, world);
      },
    }),
  },
  'v-user-in-global': {
    says: 'The user of the last valid login is a global until its request ends: a cancel without a login is accepted meanwhile.',
    breaks: 'No credentials: 401, and nothing has happened',
    change: (own) => ({
      ...overlapping(own, ['list', 'read'], ms),
      admits: (call, world) =>
        own.admits(call, world) ||
        (call.operation === 'cancel' && met(call).some((other) => own.admits(other, world))),
    }),
  },
  'v-refusal-spreads': {
    says: 'A wrong login sets a global flag while it is checked: valid requests at the same time answer 401 too.',
    breaks: 'Status by phase; what the list must hold',
    change: (own) => ({
      ...overlapping(own, every, ms),
      admits: (call, world) =>
        own.admits(call, world) && met(call).every((other) => own.admits(other, world)),
    }),
  },
  'v-force-spreads': {
    says: 'Cancels at the same time are done in one batch, which is forced if one of them is.',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change: (own) => ({
      ...overlapping(own, ['cancel'], ms),
      cancel(call, world) {
        const forced = met(call, 'cancel').some((other) => flag(other, 'force'));
        return own.cancel(forced ? asking(call, 'force=true') : call, world);
      },
    }),
  },
  'v-surplus-signal': {
    says: 'A second cancel of a running task at the same time finds its worker at the next task: the oldest other running task ends.',
    breaks: 'A second cancel at the same time: no other task is touched',
    change: (own) => ({
      ...overlapping(own, ['cancel'], ms),
      cancel(call, world) {
        const task = named(call, world);
        const again = task?.cancelledMs !== undefined && !hasEnded(task);
        const next = inPhase(world, 'running').find(({ cancelledMs }) => cancelledMs === undefined);
        if (again && next) own.accept(next, world);
        return own.cancel(call, world);
      },
    }),
  },
  'v-absence-spreads': {
    says: 'Reads at the same time go to the store as one query, and one unknown id makes all of them 404.',
    breaks: 'Status by phase; a read shows the id that was asked for',
    change: (own) => ({
      ...overlapping(own, ['read'], ms),
      read: (call, world) =>
        met(call, 'read').some((other) => !named(other, world)) ? notFound : own.read(call, world),
    }),
  },
  'v-answers-mixed': {
    says: 'Reads and cancels share one connection to the store: a read gets the empty answer of a cancel that runs meanwhile.',
    breaks: 'What is a 200 of the two reads',
    change: (own) => ({
      ...overlapping(own, ['read', 'cancel'], ms),
      read: on200(own.read, (reply, call) => (met(call, 'cancel').length > 0 ? { code: 200 } : reply)),
    }),
  },
  'v-five-at-a-time': {
    says: 'The pool has five connections: the sixth request at the same time, and those after it, answer 500.',
    breaks: 'Status by phase; what the list must hold',
    change: (own) => ({
      async serve(call, world) {
        const full = world.inFlight.size > 5;
        await sleep(ms);
        return full && own.admits(call, world) ? problem(500, 'No free connection') : own.serve(call, world);
      },
    }),
  },
  'v-last-of-three': {
    says: 'With three or more reads at the same time, the oldest answers about the task that was asked for last.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      ...slow(own, ['read'], ms),
      read(call, world) {
        const reads = others(call, world, 'read');
        const segment = reads.length > 1 ? reads.at(-1)?.segment : undefined;
        return own.read({ ...call, segment: segment ?? call.segment }, world);
      },
    }),
  },
  'v-one-mailbox': {
    says: 'There is one mailbox for cancels, read every 40 ms: of two in that time, both are accepted, and the later one is done.',
    breaks: 'After an accepted cancel the task leaves `queued`/`started`',
    change: (own) => {
      let box: Task | undefined;
      return {
        accept(task, world) {
          if (!box)
            setTimeout(() => {
              if (box) own.accept(box, world);
              box = undefined;
            }, ms);
          box = task;
        },
      };
    },
  },
  'v-third-try-commits': {
    says: 'Of several unforced cancels of one committing task at the same time, from the third on they pass: the check gives up on the busy lock.',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change: (own) => ({
      ...overlapping(own, ['cancel'], ms),
      cancel(call, world) {
        const task = named(call, world);
        const rivals = met(call, 'cancel').filter((other) => named(other, world) === task);
        if (!task || phaseOf(task) !== 'committing') return own.cancel(call, world);
        if (rivals.length === 0) task.notes.tries = 0;
        const passes = nth(task.notes, 'tries') > 2;
        return own.cancel(passes ? asking(call, 'force=true') : call, world);
      },
    }),
  },
});
