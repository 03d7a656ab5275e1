/** Faults that show when requests overlap, or when an answer is older than the question. */
import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf } from '../fault.ts';
import { hasEnded, notFound, type Phase, type Task } from '../rules.ts';
import { named, others, slow } from '../tools.ts';

export const sameTimeFaults = faultsOf('same time', {
  'list-during-read-holds-one': {
    says: 'a list that is made while a read waits holds at most the task of that read',
    breaks: 'List: every running or committing task',
    change: (own) => ({
      ...slow(own, ['read'], 30),
      list(call, world) {
        const [reading] = others(call, world, 'read');
        const tasks = own.listed(world).filter((task) => !reading || task === named(reading, world));
        return { code: 200, body: tasks.map((task) => own.body(task, false, world)) };
      },
    }),
  },
  'read-during-cancel-is-404': {
    says: 'while a cancel is worked on, a read of the same task is answered with 404',
    breaks: 'A read shows the task that was asked for; a cancelled task is still readable',
    change: (own) => ({
      ...slow(own, ['cancel'], 60),
      read(call, world) {
        const isLocked = others(call, world, 'cancel').some(({ segment }) => segment === call.segment);
        return isLocked ? notFound : own.read(call, world);
      },
    }),
  },
  'one-of-two-cancels-lost': {
    says: 'of two cancels of different tasks at the same time, both answered with 200, one does nothing',
    breaks: 'After an accepted cancel: leaves queued/started within the settle time',
    change: (own) => ({
      ...slow(own, ['cancel'], 40),
      cancel(call, world) {
        const isSecond = others(call, world, 'cancel').some(({ segment }) => segment !== call.segment);
        const task = named(call, world);
        const was = task?.cancelledMs;
        const reply = own.cancel(call, world);
        if (task && isSecond && reply.code === 200) task.cancelledMs = was;
        return reply;
      },
    }),
  },
  'two-cancels-cancel-out': {
    says: 'two cancels of one task at the same time undo each other',
    breaks: 'A second cancel, at the same time: the task stays out of queued and started',
    change: (own) => ({
      ...slow(own, ['cancel'], 40),
      accept(task, world) {
        const first = task.cancelledMs;
        if (first !== undefined && world.now() - first < 20) task.cancelledMs = undefined;
        else own.accept(task, world);
      },
    }),
  },
  'joined-read-loses-ttl': {
    says: 'a read that comes while another read of the same task waits gets its answer, and its TTL is lost',
    breaks: 'Retention: by X-Result-TTL where given on the read',
    change: (own) => ({
      async serve(call, world) {
        const isJoined = others(call, world, 'read').some(({ segment }) => segment === call.segment);
        if (call.operation === 'read') await sleep(30);
        return own.serve(isJoined ? { ...call, resultTtl: undefined } : call, world);
      },
    }),
  },
  'joined-read-needs-no-login': {
    says: 'a read that comes while another read of the same task waits gets its answer, without a login too',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const joined = others(call, world, call.operation).find(
          (other) => other.segment === call.segment && own.admits(other, world),
        );
        const isRead = call.operation !== 'cancel';
        const authorization = isRead && joined ? joined.authorization : call.authorization;
        if (isRead && own.admits({ ...call, authorization }, world)) await sleep(40);
        return own.serve({ ...call, authorization }, world);
      },
    }),
  },
  'polling-keeps-the-cache': {
    says: 'a status is cached for 2 s, and each look at it prolongs that: who polls never sees the end',
    breaks: 'A phase change shows in both reads within the settle time',
    change(own) {
      const cache = new WeakMap<Task, { status: string; untilMs: number }>();
      return {
        status(task, world) {
          const nowMs = world.now();
          const cached = cache.get(task);
          const isFresh = cached !== undefined && nowMs < cached.untilMs;
          const status = isFresh ? cached.status : own.status(task, world);
          cache.set(task, { status, untilMs: nowMs + 2000 });
          return status;
        },
      };
    },
  },
  'second-node-lags': {
    says: 'every second read or list comes from a node that is 1.5 s behind',
    breaks: 'Status by phase: never backwards; reads of an ended task agree',
    change(own) {
      const steps = new WeakMap<Task, { phase: Phase; atMs: number }[]>();
      let calls = 0;
      return {
        serve(call, world) {
          if (call.operation !== 'cancel') calls += 1;
          return own.serve(call, world);
        },
        enter(task, phase, atMs) {
          steps.set(task, [...(steps.get(task) ?? []), { phase, atMs }]);
          own.enter(task, phase, atMs);
        },
        status(task, world) {
          const [first, ...rest] = steps.get(task) ?? [];
          if (calls % 2 === 1 || !first) return own.status(task, world);
          const known = rest.filter(({ atMs }) => atMs < world.now() - 1500).at(-1) ?? first;
          return own.status({ ...task, way: [known.phase] }, world);
        },
      };
    },
  },
  'load-opens-the-door': {
    says: 'while five other calls wait, nobody is asked for a login',
    breaks: 'No or wrong credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        if (world.inFlight.size <= 5) await sleep(30);
        return own.serve(call, world);
      },
      admits: (call, world) => world.inFlight.size > 5 || own.admits(call, world),
    }),
  },
  'twice-in-list-while-cancelling': {
    says: 'while a cancel is carried out, which takes 1 s, the list holds the task twice',
    breaks: 'List: no task twice',
    change: (own) => ({
      settle(task, world) {
        if (world.now() >= (task.cancelledMs ?? 0) + 1000) own.settle(task, world);
      },
      listed(world) {
        const tasks = own.listed(world);
        return [...tasks, ...tasks.filter((task) => task.cancelledMs !== undefined && !hasEnded(task))];
      },
    }),
  },
  'made-together-lost-from-list': {
    says: 'a task that is made less than 5 ms after another one never gets into the list',
    breaks: 'List: every running or committing task',
    change(own) {
      let lastMs = Number.NEGATIVE_INFINITY;
      return {
        enter(task, phase, atMs) {
          if (task.way.length === 0) {
            if (atMs - lastMs < 5) task.notes.lost = 1;
            lastMs = atMs;
          }
          own.enter(task, phase, atMs);
        },
        listed: (world) => own.listed(world).filter(({ notes }) => !notes.lost),
      };
    },
  },
  'cancel-hits-the-task-being-read': {
    says: 'a cancel that is worked on while another task is read cancels that one instead',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      ...slow(own, ['read', 'cancel'], 30),
      cancel(call, world) {
        const reading = others(call, world, 'read').find(({ segment }) => segment !== call.segment);
        const other = reading && named(reading, world);
        const rules = { ...world.rules };
        if (other) rules.accept = () => own.accept(other, world);
        return own.cancel(call, { ...world, rules });
      },
    }),
  },
});
