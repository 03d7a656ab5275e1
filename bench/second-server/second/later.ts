/** Faults that show at a second or later time, or after many requests. */
import { faultsOf, nth } from '../fault.ts';
import { hasEnded, phaseOf, problem, type Task } from '../rules.ts';
import { named } from '../tools.ts';

export const laterFaults = faultsOf('later', {
  'second-cancel-restarts': {
    says: 'a second cancel, after the task has ended by the first one, is refused and sets it going again',
    breaks: 'A second cancel: the task stays out of queued and started',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        const task = named(call, world);
        if (reply.code !== 406 || task?.cancelledMs === undefined || !hasEnded(task)) return reply;
        task.way.push('running');
        task.endedMs = undefined;
        task.cancelledMs = undefined;
        return reply;
      },
    }),
  },
  'refused-once-refused-always': {
    says: 'once a cancel of a committing task was refused, one with force=true is refused with 406 as well',
    breaks: 'Cancel committing with force=true: 200',
    change: (own) => ({
      decide(task, force, world) {
        const code = task.notes.refused ? 406 : own.decide(task, force, world);
        if (code === 406) nth(task.notes, 'refused');
        return code;
      },
    }),
  },
  'refused-cancel-spoils-the-end': {
    says: 'a committing task whose cancel was refused ends as failed when it should finish',
    breaks: 'Cancel committing: 406, and the task is untouched: it can still finish',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406) nth(task.notes, 'refused');
        return code;
      },
      enter: (task, phase, atMs) => own.enter(task, task.notes.refused ? 'failed' : phase, atMs),
    }),
  },
  'expired-comes-back': {
    says: 'the first request for an expired task is answered with 404, the later ones find it in the archive',
    breaks: 'After expiry: 404 on read and on cancel',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const old = world.tasks.get(id);
        return task || !old || nth(old.notes, 'missed') === 1 ? task : old;
      },
    }),
  },
  'unknown-stays-unknown': {
    says: 'an id that was asked for before its task was made is unknown for ever',
    breaks: 'A read shows the id that was asked for; status by phase',
    change(own) {
      const unknown = new Set<string>();
      return {
        find(id, world, call) {
          if (!world.tasks.has(id)) unknown.add(id);
          return unknown.has(id) ? undefined : own.find(id, world, call);
        },
      };
    },
  },
  'first-verbose-answer-for-ever': {
    says: 'the first verbose answer of a task is given again and again, also when its phase has changed',
    breaks: 'Status by phase; verbose=true contradicts no field of the plain answer',
    change(own) {
      const answers = new WeakMap<Task, Record<string, unknown>>();
      return {
        body(task, verbose, world) {
          const answer = (verbose ? answers.get(task) : undefined) ?? own.body(task, verbose, world);
          if (verbose) answers.set(task, answer);
          return answer;
        },
      };
    },
  },
  'many-bad-logins-are-403': {
    says: 'after twelve refused logins of anybody the thirteenth and all later ones are answered with 403',
    breaks: 'No, malformed, unknown or wrong credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        if (own.admits(call, world)) return own.serve(call, world);
        return nth(world.notes, 'refused') > 12 ? problem(403, 'Too many') : own.serve(call, world);
      },
    }),
  },
  'restart-loses-ended': {
    says: 'every 200th request restarts the server, which then knows no more of the tasks that have ended',
    breaks: 'Retention: counts from completion; default 500 s',
    change: (own) => ({
      serve(call, world) {
        if (nth(world.notes, 'calls') % 200 === 0)
          for (const task of world.tasks.values()) if (hasEnded(task)) task.resultTtlS = 0;
        return own.serve(call, world);
      },
    }),
  },
  'restart-requeues-running': {
    says: 'every 150th request restarts the server; tasks that ran are then queued for 3 s',
    breaks: 'Status by phase; never backwards',
    change: (own) => ({
      serve(call, world) {
        if (nth(world.notes, 'calls') % 150 === 0)
          for (const task of world.tasks.values())
            if (phaseOf(task) === 'running') task.notes.queuedUntilMs = world.now() + 3000;
        return own.serve(call, world);
      },
      status(task, world) {
        const waits = phaseOf(task) === 'running' && world.now() < (task.notes.queuedUntilMs ?? 0);
        return waits ? 'queued' : own.status(task, world);
      },
    }),
  },
  'eight-ended-are-kept': {
    says: 'of the tasks that have ended only the last eight are kept',
    breaks: 'Retention: counts from completion; default 500 s',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const ended = [...world.tasks.values()].filter(({ endedMs }) => endedMs !== undefined);
        ended.sort((a, b) => (b.endedMs ?? 0) - (a.endedMs ?? 0));
        return task && ended.indexOf(task) >= 8 ? undefined : task;
      },
    }),
  },
  'ttls-of-reads-add-up': {
    says: 'the X-Result-TTL of a second read is added to that of the first',
    breaks: 'Retention: by X-Result-TTL where given; from completion or from that read',
    change: (own) => ({
      retain(task, call, world) {
        const before = task.notes.read ? (task.resultTtlS ?? 0) : 0;
        if (!/^\d{1,9}$/.test(call.resultTtl ?? '')) return;
        own.retain(task, call, world);
        task.resultTtlS = (task.resultTtlS ?? 0) + before;
        nth(task.notes, 'read');
      },
    }),
  },
  'fifth-read-loses-guid': {
    says: 'from the fifth read of one ended task on, its guid is all zeros',
    breaks: 'A read shows the guid that the provisioner named',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const task = named(call, world);
        if (reply.code !== 200 || !task || !hasEnded(task) || nth(task.notes, 'reads') < 5) return reply;
        const verbose = call.query.get('verbose') === 'true';
        const zeros = '00000000-0000-0000-0000-000000000000';
        return { ...reply, body: { ...world.rules.body(task, verbose, world), crdb_guid: zeros } };
      },
    }),
  },
  'late-result-of-cancelled': {
    says: 'two seconds after a cancelled task has ended as failed the worker reports, and it is finished',
    breaks: 'After an accepted cancel: never finished for a task that was held before its commit',
    change: (own) => ({
      status(task, world) {
        const { cancelledMs, endedMs } = task;
        const isLate = cancelledMs !== undefined && endedMs !== undefined && world.now() > endedMs + 2000;
        return isLate ? 'finished' : own.status(task, world);
      },
    }),
  },
});
