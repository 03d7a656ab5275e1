/** The fourth set: what an earlier request, refusal, expiry or TTL leaves behind. */
import { faultsOf, nth } from '../fault.ts';
import { defaultTtlS, flag, hasEnded, notFound, phaseOf, refusedLogin, type Task } from '../rules.ts';
import { named } from '../tools.ts';

export const laterFaults = faultsOf('later', {
  'v-refused-cancel-fails-the-commit': {
    says: 'A refused cancel of a committing task is kept as a wish: when the task finishes, it fails.',
    breaks: 'Cancel committing: the task is untouched, it can still finish',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406 && phaseOf(task) === 'committing') task.notes.unwanted = 1;
        return code;
      },
      enter(task, phase, atMs) {
        own.enter(task, phase === 'finished' && task.notes.unwanted ? 'failed' : phase, atMs);
      },
    }),
  },
  'v-verbose-sticks-to-the-task': {
    says: 'After a verbose read of a task, reads of it without the parameter are verbose too.',
    breaks: 'verbose=false equals leaving it out',
    change: (own) => {
      const verboseIds = new Set<string>();
      return {
        read(call, world) {
          if (flag(call, 'verbose')) verboseIds.add(call.segment);
          const sticks = !call.query.has('verbose') && verboseIds.has(call.segment);
          return own.read(sticks ? { ...call, query: new URLSearchParams('verbose=true') } : call, world);
        },
      };
    },
  },
  'v-plain-read-restores-the-default': {
    says: 'A plain read right after one with X-Result-TTL sets the retention back to 500 s.',
    breaks: 'A plain read never prolongs the retention',
    change: (own) => ({
      retain(task, call, world) {
        if (call.resultTtl === undefined && task.notes.byRead) task.resultTtlS = undefined;
        task.notes.byRead = call.resultTtl === undefined ? 0 : 1;
        own.retain(task, call, world);
      },
    }),
  },
  'v-ttl-becomes-the-default': {
    says: 'An X-Result-TTL on a read is written into the shared defaults: tasks without a TTL have it too.',
    breaks: 'Retention: by X-Result-TTL for that task alone',
    change: (own) => {
      const defaults = { ttlS: defaultTtlS };
      return {
        retain(task, call, world) {
          const beforeS = task.resultTtlS;
          own.retain(task, call, world);
          if (task.resultTtlS !== beforeS) defaults.ttlS = task.resultTtlS ?? defaultTtlS;
        },
        expiresMs: (task, world) =>
          own.expiresMs(task.resultTtlS === undefined ? { ...task, resultTtlS: defaults.ttlS } : task, world),
      };
    },
  },
  'v-unknown-id-is-remembered': {
    says: 'An id that was read before it existed stays unknown to the read after its task is made.',
    breaks: 'A read shows the id that was asked for; status by phase',
    change: (own) => {
      const unknown = new Set<string>();
      return {
        read(call, world) {
          if (unknown.has(call.segment)) return notFound;
          const reply = own.read(call, world);
          if (reply.code === 404 && !named(call, world)) unknown.add(call.segment);
          return reply;
        },
      };
    },
  },
  'v-cancel-is-kept-by-id': {
    says: 'The cancel is kept by id and outlives its task: a new task of the same id is cancelled at once.',
    breaks: 'Status by phase; no other task is touched',
    change: (own) => {
      const cancelled = new Set<string>();
      return {
        accept(task, world) {
          cancelled.add(task.id);
          own.accept(task, world);
        },
        settle(task, world) {
          if (cancelled.has(task.id) && !hasEnded(task)) own.accept(task, world);
          own.settle(task, world);
        },
      };
    },
  },
  'v-insisting-is-force': {
    says: 'The third cancel of a committing task without force is accepted.',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change: (own) => ({
      decide(task, force, world) {
        const isRefused = own.decide(task, force, world) === 406 && !hasEnded(task);
        return own.decide(task, force || (isRefused && nth(task.notes, 'tries') > 2), world);
      },
    }),
  },
  'v-force-sticks': {
    says: 'A cancel without the parameter takes over the force of the cancel before it, of whatever task.',
    breaks: 'Cancel committing without force: 406',
    change: (own) => {
      let last = 'false';
      return {
        cancel(call, world) {
          last = flag(call, 'force') === undefined ? last : (call.query.get('force') ?? last);
          const query = new URLSearchParams({ force: last });
          return own.cancel(call.query.has('force') ? call : { ...call, query }, world);
        },
      };
    },
  },
  'v-every-other-ttl-is-skipped': {
    says: 'The pattern for X-Result-TTL is global and keeps its place: every other valid TTL is ignored.',
    breaks: 'Retention by X-Result-TTL where given on the read',
    change: (own) => {
      const pattern = /^\d{1,9}$/g;
      return {
        retain(task, call, world) {
          if (call.resultTtl !== undefined && pattern.test(call.resultTtl)) own.retain(task, call, world);
        },
      };
    },
  },
  'v-empty-list-shows-the-last-rows': {
    says: 'When nothing is left to list, the last rows that there were are shown again.',
    breaks: 'Nothing to list: 200 with [] after the last removal; every row agrees with a read',
    change: (own) => {
      let last: unknown[] = [];
      return {
        list(call, world) {
          const reply = own.list(call, world);
          if (Array.isArray(reply.body) && reply.body.length > 0) last = reply.body;
          return { ...reply, body: last };
        },
      };
    },
  },
  'v-second-cancel-requeues': {
    says: 'A second cancel of a cancelled task is refused, and from then on the task reads as queued.',
    breaks: 'A second cancel: the task stays out of queued and started',
    change: (own) => ({
      decide(task, force, world) {
        if (task.cancelledMs !== undefined) task.notes.requeued = 1;
        return own.decide(task, force, world);
      },
      status: (task, world) => (task.notes.requeued ? 'queued' : own.status(task, world)),
    }),
  },
  'v-verbose-read-takes-the-result': {
    says: 'The first verbose read of an ended task takes its result away: later reads are answered with 404.',
    breaks: 'A read changes nothing; readable for the retention',
    change: (own) => ({
      read(call, world) {
        const task = named(call, world);
        if (task?.notes.taken) return notFound;
        if (task && hasEnded(task) && flag(call, 'verbose')) task.notes.taken = 1;
        return own.read(call, world);
      },
    }),
  },
  'v-expired-id-stays-expired': {
    says: 'An id that was once asked for after its expiry stays gone, even for a new task of that id.',
    breaks: 'A read shows the id that was asked for; a task that has not ended outlives any TTL',
    change: (own) => {
      const gone = new Set<string>();
      return {
        find(id, world, call) {
          const task = own.find(id, world, call);
          if (!task && world.tasks.has(id)) gone.add(id);
          return gone.has(id) ? undefined : task;
        },
      };
    },
  },
  'v-row-stays-as-first-listed': {
    says: 'A row that was once listed as queued stays so in the list, as long as its task is listed.',
    breaks: 'What must the list hold: every row agrees in status, also when the phase has changed since',
    change: (own) => {
      const rows = new WeakMap<Task, Record<string, unknown>>();
      return {
        list(_, world) {
          const body = world.rules.listed(world).map((task) => {
            const row = rows.get(task) ?? own.body(task, false, world);
            if (row.status === 'queued') rows.set(task, row);
            return row;
          });
          return { code: 200, body };
        },
      };
    },
  },
  'v-refusal-is-remembered-per-connection': {
    says: 'After three refused logins on a connection, the right login is refused on it as well.',
    breaks: 'What is a 200 of the two reads: a right login is answered',
    change: (own) => ({
      async serve(call, world) {
        if ((call.connection.refused ?? 0) >= 3) return refusedLogin;
        if (!own.admits(call, world)) nth(call.connection, 'refused');
        return own.serve(call, world);
      },
    }),
  },
});
