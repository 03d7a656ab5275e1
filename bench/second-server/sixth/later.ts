/** The second time and later, or after something else. */
import { faultsOf, nth } from '../fault.ts';
import { type Call, hasEnded, phaseOf, problem, type Task } from '../rules.ts';
import { named, rowsOf, sinceEndS } from '../tools.ts';
import { inPhase, on200 } from './helpers.ts';

export const later = faultsOf('later', {
  'v-not-modified': {
    says: 'The second and later reads of an ended task answer 304 although no condition was asked for.',
    breaks: 'Reads of an ended task agree',
    change: (own) => ({
      read: on200(own.read, (reply, call, world) => {
        const task = named(call, world);
        return task && hasEnded(task) && nth(task.notes, 'read') > 1 ? { code: 304 } : reply;
      }),
    }),
  },
  'v-ask-twice': {
    says: 'The second unforced cancel of a committing task counts as its confirmation and is accepted.',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      decide: (task, force, world) =>
        own.decide(task, force || (phaseOf(task) === 'committing' && nth(task.notes, 'asked') > 1), world),
    }),
  },
  'v-refused-leaves-list': {
    says: 'A cancel takes the task out of the index of the list even if it is refused with 406.',
    breaks: 'The list holds every committing task',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406) task.notes.hidden = 1;
        return code;
      },
      listed: (world) => own.listed(world).filter((task) => !task.notes.hidden),
    }),
  },
  'v-failed-cancel-requeues': {
    says: 'After a cancel that failed (409), the running task is shown as queued again.',
    breaks: 'Status by phase; never backwards',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 409) task.notes.requeued = 1;
        return code;
      },
      status: (task, world) => (task.notes.requeued && !hasEnded(task) ? 'queued' : own.status(task, world)),
    }),
  },
  'v-absence-remembered': {
    says: 'An id that was once asked for in vain stays unknown when a task of that id is made afterwards.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => {
      const absent = new Set<string>();
      return {
        find(id, world, call) {
          const task = absent.has(id) || !world.tasks.has(id) ? undefined : own.find(id, world, call);
          if (!world.tasks.has(id)) absent.add(id);
          return task;
        },
      };
    },
  },
  'v-guid-of-predecessor': {
    says: 'The guid is cached by the id: a new task under an expired id shows the guid of the old one.',
    breaks: 'A read shows the guid that the provisioner named',
    change: (own) => {
      const guids = new Map<string, string>();
      return {
        body(task, verbose, world) {
          const crdb_guid = guids.get(task.id) ?? task.guid;
          guids.set(task.id, crdb_guid);
          return { ...own.body(task, verbose, world), crdb_guid };
        },
      };
    },
  },
  'v-list-by-number': {
    says: 'The list is made anew only if the number of running tasks differs from the last time.',
    breaks: 'The list holds every running task',
    change: (own) => {
      let last: Task[] = [];
      return {
        listed(world) {
          const tasks = own.listed(world);
          if (tasks.length !== last.length) last = tasks;
          return last;
        },
      };
    },
  },
  'v-list-until-creation': {
    says: 'The list is cached until another task is made: changes of phase do not reach it.',
    breaks: 'A phase change shows in both reads',
    change: () => {
      let key: string | undefined;
      let rows: object[] = [];
      return {
        list(_, world) {
          const newest = [...world.tasks.keys()].at(-1);
          if (key !== newest || rows.length === 0) rows = rowsOf(world);
          key = newest;
          return { code: 200, body: rows };
        },
      };
    },
  },
  'v-leak-on-404': {
    says: 'Each read that finds nothing leaks a connection to the store: after ten, every read answers 500.',
    breaks: 'Status by phase; unknown id: 404',
    change: (own) => ({
      read(call, world) {
        if ((world.notes.leaked ?? 0) >= 10) return problem(500, 'QueuePool limit reached');
        const reply = own.read(call, world);
        if (reply.code === 404) nth(world.notes, 'leaked');
        return reply;
      },
    }),
  },
  'v-failed-cancel-listed-twice': {
    says: 'A cancel that failed (409) puts the task back into the list, where it still was.',
    breaks: 'No task twice in the list',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 409) task.notes.back = 1;
        return code;
      },
      listed: (world) => own.listed(world).flatMap((task) => (task.notes.back ? [task, task] : [task])),
    }),
  },
  'v-first-target-captured': {
    says: 'Every accepted cancel of the process acts on the task of the first one.',
    breaks: 'After an accepted cancel the task leaves `queued`/`started`',
    change: (own) => {
      let first: Task | undefined;
      return {
        accept(task, world) {
          first ??= task;
          own.accept(first, world);
        },
      };
    },
  },
  'v-refusal-prolongs': {
    says: 'A refused cancel of an ended task touches its record, and the retention counts from there.',
    breaks: 'Retention counts from completion',
    change: (own) => ({
      decide(task, force, world) {
        if (hasEnded(task)) task.notes.bonusMs = sinceEndS(task, world) * 1000;
        return own.decide(task, force, world);
      },
      expiresMs: (task, world) => own.expiresMs(task, world) + (task.notes.bonusMs ?? 0),
    }),
  },
  'v-null-when-emptied': {
    says: 'Once there have been rows, an empty list is `null`.',
    breaks: 'Nothing to list: `[]` after the last removal',
    change: (own) => ({
      list: on200(own.list, (reply, _, world) => {
        if (rowsOf(world).length > 0) nth(world.notes, 'rows');
        return world.notes.rows && rowsOf(world).length === 0 ? { ...reply, body: null } : reply;
      }),
    }),
  },
  'v-errors-pile-up': {
    says: 'Each read of a failed task appends its error to the same array once more.',
    breaks: 'Reads of an ended task agree; a read changes nothing',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        if (!Array.isArray(body.errors)) return body;
        const error: unknown = body.errors[0];
        return { ...body, errors: Array.from({ length: nth(task.notes, 'errors') }, () => error) };
      },
    }),
  },
  'v-sticky-force': {
    says: 'After the first cancel with `force=true`, every later cancel is forced (a default that is shared).',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      decide(task, force, world) {
        if (force) world.notes.forced = 1;
        return own.decide(task, Boolean(world.notes.forced), world);
      },
    }),
  },
  'v-sticky-verbose': {
    says: 'After a read with `verbose=true`, a read without the parameter is verbose too; `false` is not.',
    breaks: '`verbose=false` equals leaving it out',
    change: (own) => ({
      read(call, world) {
        if (call.query.get('verbose') === 'true') world.notes.verbose = 1;
        const query = new URLSearchParams('verbose=true');
        const sticks = world.notes.verbose && !call.query.has('verbose');
        return own.read(sticks ? { ...call, query } : call, world);
      },
    }),
  },
  'v-second-cancel-restores': {
    says: 'A cancel is a switch: the second one, whatever its answer, makes a cancelled task queued again.',
    breaks: 'A second cancel: the task stays out of `queued` and `started`',
    change: (own) => ({
      decide(task, force, world) {
        if (task.cancelledMs !== undefined) nth(task.notes, 'again');
        return own.decide(task, force, world);
      },
      status: (task, world) => ((task.notes.again ?? 0) % 2 === 1 ? 'queued' : own.status(task, world)),
    }),
  },
  'v-cancel-clears-guid': {
    says: 'A cancelled task is separated from its database: its guid becomes all zeros.',
    breaks: 'A read shows the guid that the provisioner named',
    change: (own) => ({
      body: (task, verbose, world) => ({
        ...own.body(task, verbose, world),
        ...(task.cancelledMs !== undefined && { crdb_guid: '00000000-0000-0000-0000-000000000000' }),
      }),
    }),
  },
  'v-list-starts-queue': {
    says: 'Each list schedules: after it has been asked for four times, a task that waited is shown as started.',
    breaks: 'A read changes nothing about the task',
    change: (own) => ({
      list(call: Call, world) {
        for (const task of inPhase(world, 'queued')) nth(task.notes, 'lists');
        return own.list(call, world);
      },
      status: (task, world) =>
        phaseOf(task) === 'queued' && (task.notes.lists ?? 0) >= 4 ? 'started' : own.status(task, world),
    }),
  },
});
