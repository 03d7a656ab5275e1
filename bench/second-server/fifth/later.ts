/** Faults of the second time and later: what earlier requests and tasks leave behind. */
import { faultsOf, nth } from '../fault.ts';
import { flag, hasEnded, notFound, phaseOf, problem } from '../rules.ts';
import { givesTtl, named, rowsOf, under } from '../tools.ts';

export const laterFaults = faultsOf('later', {
  'w-ttl-of-a-read-becomes-the-default': {
    says:
      'The X-Result-TTL of a read overwrites the default: tasks that end later without one of their ' +
      'own get it.',
    breaks: 'Retention by X-Result-TTL for that task alone; default 500 s',
    change(own) {
      let defaultS: number | undefined;
      return {
        retain(task, call, world) {
          if (givesTtl(call)) defaultS = Number(call.resultTtl);
          own.retain(task, call, world);
        },
        enter(task, phase, atMs) {
          own.enter(task, phase, atMs);
          if (hasEnded(task)) task.resultTtlS ??= defaultS;
        },
      };
    },
  },
  'w-ttl-stays-on-the-connection': {
    says: 'The X-Result-TTL of a read also holds for later reads without one on the same connection.',
    breaks: 'Retention by X-Result-TTL for that task alone; a read changes nothing',
    change: (own) => ({
      retain(task, call, world) {
        if (givesTtl(call)) call.connection.ttl = Number(call.resultTtl);
        const kept = call.connection.ttl;
        const resultTtl = call.resultTtl ?? (kept === undefined ? undefined : String(kept));
        own.retain(task, { ...call, resultTtl }, world);
      },
    }),
  },
  'w-refused-cancel-is-remembered': {
    says: 'A cancel refused with 406 leaves its mark, and the task becomes `failed` when its commit is done.',
    breaks: 'Cancel committing: 406, the task is untouched and can still finish',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406) task.notes.marked = 1;
        return code;
      },
      enter(task, phase, atMs) {
        own.enter(task, phase === 'finished' && task.notes.marked ? 'failed' : phase, atMs);
      },
    }),
  },
  'w-failed-cancel-unlists': {
    says: 'A cancel that fails with 409 has already taken the running task out of the list for good.',
    breaks: 'The list holds every running or committing task',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 409) task.notes.unlisted = 1;
        return code;
      },
      listed: (world) => own.listed(world).filter((task) => !task.notes.unlisted),
    }),
  },
  'w-refused-twice-is-unknown': {
    says:
      'The first cancel of a finished task is refused with 406; the second and later ones are ' +
      'answered 404.',
    breaks: 'Cancel finished or failed: 404 fails while the task is still readable',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        const task = reply.code === 406 ? named(call, world) : undefined;
        return task && hasEnded(task) && nth(task.notes, 'refused') > 1 ? notFound : reply;
      },
    }),
  },
  'w-too-many-refusals': {
    says:
      'From the seventh request without valid login within ten seconds on, the answer is 429 instead ' +
      'of 401.',
    breaks: 'No or wrong credentials: exactly 401',
    change(own) {
      let recent: number[] = [];
      return {
        async serve(call, world) {
          if (own.admits(call, world)) return own.serve(call, world);
          recent = [...recent.filter((ms) => world.now() - ms < 10_000), world.now()];
          return recent.length > 6 ? problem(429, 'Too many requests') : own.serve(call, world);
        },
      };
    },
  },
  'w-unknown-is-cached': {
    says: 'That an id is unknown is cached for a minute: a task made under it after a read of it gives 404.',
    breaks: 'Status by phase: a read of a known id shows it',
    change(own) {
      const missed = new Map<string, number>();
      return {
        find(id, world, call) {
          if (call.operation !== 'read') return own.find(id, world, call);
          const isKnown = world.now() - (missed.get(id) ?? Number.NEGATIVE_INFINITY) > 60_000;
          const task = isKnown ? own.find(id, world, call) : undefined;
          if (isKnown && !task) missed.set(id, world.now());
          return task;
        },
      };
    },
  },
  'w-reused-id-shows-the-old-guid': {
    says: 'A task made under the id of one that is gone shows the crdb_guid of that one.',
    breaks: 'A read shows the guid that the provisioner named',
    change(own) {
      const guids = new Map<string, string>();
      return {
        body(task, verbose, world) {
          const guid = guids.get(task.id) ?? task.guid;
          guids.set(task.id, guid);
          return { ...own.body(task, verbose, world), crdb_guid: guid };
        },
      };
    },
  },
  'w-reused-id-inherits-the-ttl': {
    says: 'A task made without a TTL under the id of a removed one has the TTL of that one (HSET keeps it).',
    breaks: 'Retention: default 500 s; X-Result-TTL for that task alone',
    change(own) {
      const ttls = new Map<string, number>();
      return {
        enter(task, phase, atMs) {
          if (task.way.length === 0) task.resultTtlS ??= ttls.get(task.id);
          if (task.resultTtlS !== undefined) ttls.set(task.id, task.resultTtlS);
          own.enter(task, phase, atMs);
        },
      };
    },
  },
  'w-reused-id-is-still-cancelled': {
    says: 'The ids of cancelled tasks are never cleared: a new task under such an id is cancelled by itself.',
    breaks: 'Status by phase; a cancel touches no other task',
    change(own) {
      const cancelled = new Set<string>();
      return {
        accept(task, world) {
          cancelled.add(task.id);
          own.accept(task, world);
        },
        enter(task, phase, atMs) {
          if (task.way.length === 0 && cancelled.has(task.id)) task.cancelledMs = atMs;
          own.enter(task, phase, atMs);
        },
      };
    },
  },
  'w-bad-request-sticks-to-the-connection': {
    says: 'After a 400 for a bad `verbose` the next read on the same connection is answered 400 as well.',
    breaks: 'What is a 200 of the reads: a good read of a known id is answered',
    change: (own) => ({
      read(call, world) {
        const { connection } = call;
        const reply = connection.bad ? problem(400, 'verbose is no boolean') : own.read(call, world);
        connection.bad = reply.code === 400 && !connection.bad ? 1 : 0;
        return reply;
      },
    }),
  },
  'w-refused-cancel-lists-twice': {
    says: 'A cancel refused during the commit puts the task back into the index, so the list shows it twice.',
    breaks: 'The list holds no task twice',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406) task.notes.again = 1;
        return code;
      },
      listed: (world) => own.listed(world).flatMap((task) => (task.notes.again ? [task, task] : [task])),
    }),
  },
  'w-empty-table-is-an-object': {
    says:
      'The list is `[]` before the first task, but `{}` after the last one has gone (an empty Lua ' +
      'table).',
    breaks: 'Nothing to list: 200 with [] after the last removal',
    change(own) {
      let used = false;
      return {
        enter(task, phase, atMs) {
          used = true;
          own.enter(task, phase, atMs);
        },
        list(call, world) {
          return used && rowsOf(world).length === 0 ? { code: 200, body: {} } : own.list(call, world);
        },
      };
    },
  },
  'w-expired-comes-back': {
    says: 'The first read of an expired task gives 404 and reloads it from the archive: later ones give 200.',
    breaks: 'After expiry: 404 on read',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const gone = task || call.operation !== 'read' ? undefined : world.tasks.get(id);
        return gone && nth(gone.notes, 'missed') > 1 ? gone : task;
      },
    }),
  },
  'w-every-fifth-read-from-the-replica': {
    says: 'Every fifth read goes to a replica that is one phase behind for ever.',
    breaks: 'Status never backwards; a phase change shows within the settle time',
    change: (own) => ({
      read(call, world) {
        if (nth(world.notes, 'reads') % 5 !== 0) return own.read(call, world);
        return own.read(
          call,
          under(world, {
            status: (task) =>
              own.status(task.way.length > 1 ? { ...task, way: task.way.slice(0, -1) } : task, world),
          }),
        );
      },
    }),
  },
  'w-details-can-be-fetched-once': {
    says: 'A verbose read of an ended task hands its result out and forgets it: the next read gives 404.',
    breaks: 'Retention; a read changes nothing about the task',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        if (!task || task.notes.taken) return undefined;
        if (call.operation === 'read' && flag(call, 'verbose') && hasEnded(task)) task.notes.taken = 1;
        return task;
      },
    }),
  },
  'w-phase-of-the-first-read': {
    says: 'What a verbose read has seen of a queued task is cached and shown to verbose reads for ever.',
    breaks: 'A phase change shows in the read within the settle time',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        if (verbose && phaseOf(task) === 'queued') task.notes.cached = 1;
        return verbose && task.notes.cached && !hasEnded(task) ? { ...body, status: 'queued' } : body;
      },
    }),
  },
});
