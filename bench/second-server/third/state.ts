/** Faults of the third set: in what comes later, in one task of many, and in retention. */
import { type Fault, faultsOf, nth } from '../fault.ts';
import { flag, hasEnded, phaseOf, type Reply, type Rules, type Task } from '../rules.ts';
import { named, sinceEndS } from '../tools.ts';

const later = faultsOf('later', {
  'asked-twice-is-force': {
    says: 'The second cancel without force of the same committing task is accepted',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change: (own) => ({
      decide(task, force, world) {
        const isSecond = phaseOf(task) === 'committing' && !force && nth(task.notes, 'asked') > 1;
        return own.decide(task, force || isSecond, world);
      },
    }),
  },
  'unknown-for-ever': {
    says: 'An id that was once answered with 404 stays unknown, also when a task of that id is made later',
    breaks: 'A read shows the id that was asked for',
    change(own) {
      const unknown = new Set<string>();
      return {
        find(id, world, call) {
          const task = unknown.has(id) ? undefined : own.find(id, world, call);
          if (!task) unknown.add(id);
          return task;
        },
      };
    },
  },
  'fourth-cancel-lost': {
    says: 'Every fourth accepted cancel of the server is answered with 200 and then lost',
    breaks: 'After an accepted cancel, the task leaves queued and started',
    change: (own) => ({
      accept(task, world) {
        if (nth(world.notes, 'accepted') % 4 !== 0) own.accept(task, world);
      },
    }),
  },
  'force-left-over': {
    says: 'A cancel without the parameter force takes over force=true from the cancel before it',
    breaks: 'Cancel committing: 406',
    change(own) {
      let leftOver = '';
      return {
        cancel(call, world) {
          const force = call.query.get('force') ?? leftOver;
          leftOver = call.query.get('force') ?? '';
          return own.cancel(force === '' ? call : { ...call, query: new URLSearchParams({ force }) }, world);
        },
      };
    },
  },
  'verbose-kept-for-ever': {
    says: 'The first verbose answer about a task is repeated for ever, whatever has become of the task',
    breaks: 'A phase change shows in both reads; verbose=true contradicts no field',
    change(own) {
      const answers = new WeakMap<Task, Reply>();
      return {
        read(call, world) {
          const reply = own.read(call, world);
          const task = named(call, world);
          if (reply.code !== 200 || !task || !flag(call, 'verbose')) return reply;
          const kept = answers.get(task) ?? reply;
          answers.set(task, kept);
          return kept;
        },
      };
    },
  },
  'failure-breaks-the-next': {
    says: 'After a cancel that failed with 409, the next cancel of whatever task fails too',
    breaks: 'Cancel queued, running: 200',
    change(own) {
      let isOpen = false;
      return {
        decide(task, force, world) {
          const code = own.decide(task, force, world);
          const wasOpen = isOpen;
          isOpen = code === 409;
          return wasOpen && code === 200 ? 409 : code;
        },
      };
    },
  },
  'cancelled-again-restarts': {
    says: 'A second cancel of a task that a cancel has ended is refused, but the task shows as started from then on',
    breaks: 'A second cancel: the task stays out of queued and started',
    change: (own) => ({
      decide(task, force, world) {
        if (task.cancelledMs !== undefined && hasEnded(task)) task.notes.restarted = 1;
        return own.decide(task, force, world);
      },
      status: (task, world) => (task.notes.restarted === 1 ? 'started' : own.status(task, world)),
    }),
  },
  'list-stands-still': {
    says: 'From its fifteenth answer on, the list stands still',
    breaks: 'What must the list hold?',
    change(own) {
      let last: Reply | undefined;
      return {
        list(call, world) {
          if (nth(world.notes, 'lists') <= 15 || !last) last = own.list(call, world);
          return last;
        },
      };
    },
  },
  'empty-list-repeats-the-last': {
    says: 'When nothing is left to list, the last list that was not empty is answered again',
    breaks: 'Nothing to list: [] after the last removal; every row agrees with a read',
    change(own) {
      let last: Reply | undefined;
      return {
        list(call, world) {
          const reply = own.list(call, world);
          if (world.rules.listed(world).length > 0) last = reply;
          return last ?? reply;
        },
      };
    },
  },
  'failed-looks-finished-once': {
    says: 'The first read of a task after it has failed shows it as finished; every later one as failed',
    breaks: 'Status by phase; reads of an ended task agree',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const task = named(call, world);
        if (reply.code !== 200 || !task || phaseOf(task) !== 'failed') return reply;
        const body = { id: task.id, crdb_guid: task.guid, status: 'finished' };
        return nth(task.notes, 'readFailed') === 1 ? { ...reply, body } : reply;
      },
    }),
  },
});

const which = faultsOf('which one', {
  'twice-at-the-page-break': {
    says: 'With more than ten tasks in the list, the tenth comes twice (pages of ten that overlap)',
    breaks: 'What must the list hold? No task twice',
    change: (own) => ({
      listed(world) {
        const tasks = own.listed(world);
        return tasks.length > 10 ? [...tasks.slice(0, 10), ...tasks.slice(9)] : tasks;
      },
    }),
  },
  'guids-in-their-own-order': {
    says: 'The guids of the list are sorted by themselves: with several tasks, rows show guids of other tasks',
    breaks: 'What must the list hold? Every row agrees in guid',
    change: (own) => ({
      list(call, world) {
        const tasks = world.rules.listed(world);
        const guids = tasks.map(({ guid }) => guid).sort();
        const row = (task: Task, place: number) => ({
          ...own.body(task, false, world),
          crdb_guid: guids[place],
        });
        return { ...own.list(call, world), body: tasks.map(row) };
      },
    }),
  },
  'one-shard-unlisted': {
    says: 'Tasks whose guid begins with 0, 1, 2 or 3 are not in the list (one shard of four does not answer)',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({ listed: (world) => own.listed(world).filter(({ guid }) => !/^[0-3]/.test(guid)) }),
  },
  'six-results-kept': {
    says: 'Only the six tasks that ended last are kept; an older one is unknown before its time',
    breaks: 'Retention: default 500 s',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const { endedMs } = task ?? {};
        if (endedMs === undefined) return task;
        const younger = [...world.tasks.values()].filter((other) => (other.endedMs ?? 0) > endedMs);
        return younger.length < 6 ? task : undefined;
      },
    }),
  },
  'list-of-two-kilobytes': {
    says: 'The list stops before the row with which it would be longer than 2,048 bytes',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({
      listed(world) {
        let size = 2;
        return own.listed(world).filter((task) => {
          size += JSON.stringify(own.body(task, false, world)).length + 1;
          return size <= 2048;
        });
      },
    }),
  },
  'once-running-cancellable': {
    says: 'A committing task that was held as running before is cancelled without force',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change: (own) => ({
      decide: (task, force, world) => own.decide(task, force || task.way.includes('running'), world),
    }),
  },
  'every-third-ttl-lost': {
    says: 'Of the tasks made with a retention of their own, every third has the default one',
    breaks: 'Retention: by X-Result-TTL where given, at creation',
    change(own) {
      const notes = {};
      return {
        enter(task, phase, atMs) {
          const isNew = task.way.length === 0 && task.resultTtlS !== undefined;
          if (isNew && nth(notes, 'made') % 3 === 0) task.resultTtlS = undefined;
          own.enter(task, phase, atMs);
        },
      };
    },
  },
  'neighbour-cancelled': {
    says: 'An accepted cancel also ends the task that was made right after the cancelled one',
    breaks: 'After an accepted cancel, no other task is touched',
    change: (own) => ({
      accept(task, world) {
        own.accept(task, world);
        const tasks = [...world.tasks.values()];
        const neighbour = tasks[tasks.indexOf(task) + 1];
        if (neighbour && !hasEnded(neighbour)) own.accept(neighbour, world);
      },
    }),
  },
});

/** Lets the retention of an ended task begin again. */
function touch(task: Task | undefined, world: Parameters<typeof sinceEndS>[1]) {
  if (task && hasEnded(task)) task.notes.touchedS = sinceEndS(task, world);
}
const touchable = (own: Rules): Pick<Rules, 'expiresMs'> => ({
  expiresMs: (task, world) => own.expiresMs(task, world) + (task.notes.touchedS ?? 0) * 1000,
});

const retention = faultsOf('time', {
  'verbose-prolongs': {
    says: 'A verbose read lets the retention begin again',
    breaks: 'A read changes nothing about the task',
    change: (own) => ({
      ...touchable(own),
      read(call, world) {
        const reply = own.read(call, world);
        if (reply.code === 200 && flag(call, 'verbose')) touch(named(call, world), world);
        return reply;
      },
    }),
  },
  'refused-cancel-prolongs': {
    says: 'A cancel that is refused because the task has ended lets its retention begin again',
    breaks: 'Retention counts from completion',
    change: (own) => ({
      ...touchable(own),
      decide(task, force, world) {
        touch(task, world);
        return own.decide(task, force, world);
      },
    }),
  },
  'counts-from-first-read': {
    says: 'Retention counts from the first read after the end, so an ended task that nobody read is kept for ever',
    breaks: 'Retention counts from completion',
    change: (own) => ({
      expiresMs: (task, world) =>
        task.notes.touchedS === undefined ? Number.POSITIVE_INFINITY : touchable(own).expiresMs(task, world),
      read(call, world) {
        const reply = own.read(call, world);
        const task = named(call, world);
        if (reply.code === 200 && task?.notes.touchedS === undefined) touch(task, world);
        return reply;
      },
    }),
  },
  'ttl-revives': {
    says: 'A read with X-Result-TTL finds a task that has expired, and keeps it again',
    breaks: 'After expiry: 404 on read',
    change: (own) => ({
      ...touchable(own),
      find(id, world, call) {
        const task = own.find(id, world, call);
        const expired = task ? undefined : world.tasks.get(id);
        if (!expired || !/^[1-9]\d*$/.test(call.resultTtl ?? '')) return task;
        touch(expired, world);
        return expired;
      },
    }),
  },
});

export const stateFaults: readonly Fault[] = [...later, ...which, ...retention];
