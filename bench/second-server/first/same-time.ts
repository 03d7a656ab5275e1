/** Faults of requests that are under way together, and of answers that are stale now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf, nth } from '../fault.ts';
import { type Call, hasEnded, notFound, phaseOf, type Reply, type World } from '../rules.ts';

const others = (call: Call, world: World) => [...world.inFlight].filter((other) => other !== call);
const sameTask = (call: Call, world: World, operation: Call['operation']) =>
  others(call, world).some((other) => other.operation === operation && other.segment === call.segment);

/** Answers of requests that are under way, by whatever key a fault chooses. */
function shared(key: (call: Call) => string) {
  const pending = new Map<string, Promise<Reply>>();
  return (call: Call, serve: () => Promise<Reply>): Promise<Reply> => {
    const id = key(call);
    const reply = pending.get(id) ?? serve().finally(() => pending.delete(id));
    pending.set(id, reply);
    return reply;
  };
}

export const sameTimeFaults = faultsOf('same time', {
  'shares-all-reads': {
    says: 'reads of different tasks at the same time share the answer of the first',
    breaks: 'A read shows the id that was asked for',
    change(own) {
      const share = shared((call) => `${call.query} ${call.authorization}`);
      return {
        serve: (call, world) =>
          call.operation === 'read' ? share(call, () => own.serve(call, world)) : own.serve(call, world),
      };
    },
  },
  'shares-login': {
    says: 'a read without a login, while the same read with one is under way, gets its answer',
    breaks: 'No credentials: exactly 401',
    change(own) {
      const share = shared((call) => `${call.segment} ${call.query}`);
      return {
        serve: (call, world) =>
          call.operation === 'read' && (sameTask(call, world, 'read') || own.admits(call, world))
            ? share(call, () => own.serve(call, world))
            : own.serve(call, world),
      };
    },
  },
  'global-user': {
    says: 'the user of a request is a global variable: a list without a login is answered while another request is under way',
    breaks: 'No credentials: exactly 401',
    change: (own) => ({
      admits: (call, world) =>
        own.admits(call, world) ||
        (call.operation === 'list' && others(call, world).some((other) => own.admits(other, world))),
    }),
  },
  'global-force': {
    says: 'force is a global variable: a graceful cancel while a forced one is under way is forced',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      cancel(call, world) {
        const forced = others(call, world).some(
          ({ operation, query }) => operation === 'cancel' && query.get('force') === 'true',
        );
        return own.cancel(forced ? { ...call, query: new URLSearchParams('force=true') } : call, world);
      },
    }),
  },
  'global-ttl': {
    says: 'X-Result-TTL is a global variable: a plain read at the same time as a read with a TTL takes it over',
    breaks: 'Retention: by X-Result-TTL, for that task alone',
    change: (own) => ({
      retain(task, call, world) {
        const { resultTtl } = others(call, world).find((other) => other.resultTtl !== undefined) ?? {};
        own.retain(task, { ...call, resultTtl: call.resultTtl ?? resultTtl }, world);
      },
    }),
  },
  'read-during-cancel': {
    says: 'while a task is being cancelled, a read of it is answered with 404',
    breaks: 'After an accepted cancel: still readable',
    change: (own) => ({
      read: (call, world) => (sameTask(call, world, 'cancel') ? notFound : own.read(call, world)),
    }),
  },
  'list-during-cancel': {
    says: 'a list that is read while a cancel is under way is empty',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({
      list: (call, world) =>
        others(call, world).some(({ operation }) => operation === 'cancel')
          ? { code: 200, body: [] }
          : own.list(call, world),
    }),
  },
  'lists-share-cursor': {
    says: 'of two lists read at the same time, the second lacks its first half',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({
      async serve(call, world) {
        const torn =
          call.operation === 'list' && others(call, world).some((other) => other.operation === 'list');
        const reply = await own.serve(call, world);
        const rows: unknown = reply.body;
        return torn && Array.isArray(rows) ? { ...reply, body: rows.slice(rows.length / 2) } : reply;
      },
    }),
  },
  'cancel-lost-update': {
    says: 'of two cancels of different tasks at the same time, the second is answered with 200 and lost',
    breaks: 'After an accepted cancel: leaves queued/started',
    change: (own) => ({
      async serve(call, world) {
        const lost =
          call.operation === 'cancel' &&
          others(call, world).some((each) => each.operation === 'cancel' && each.segment !== call.segment);
        if (!lost || !own.admits(call, world)) return own.serve(call, world);
        await sleep(2);
        return own.cancel(call, { ...world, rules: { ...world.rules, accept: () => {} } });
      },
    }),
  },
  'twin-cancel-takes-another': {
    says: 'of two cancels of one task at the same time, the second cancels the oldest other task',
    breaks: 'A second cancel at the same time: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const now = world.now();
        const twin = task.cancelledMs !== undefined && now - task.cancelledMs < 50;
        const other = [...world.tasks.values()].find((each) => each !== task && !hasEnded(each));
        own.accept(twin && other ? other : task, world);
      },
    }),
  },
  'twin-cancel-undoes': {
    says: 'two cancels of one task at the same time undo each other',
    breaks: 'A second cancel at the same time: the task stays out of queued and started',
    change: (own) => ({
      accept(task, world) {
        const twin = task.cancelledMs !== undefined && world.now() - task.cancelledMs < 50;
        if (twin) task.cancelledMs = undefined;
        else own.accept(task, world);
      },
    }),
  },
  'twin-reads-prolong': {
    says: 'two reads of an ended task at the same time start its retention anew',
    breaks: 'A plain read never prolongs',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (hasEnded(task) && sameTask(call, world, 'read')) {
          task.endedMs = world.now();
          task.agedMs = 0;
        }
      },
    }),
  },
  'stale-replica': {
    says: 'every fifth read of a task shows the phase before the present one',
    breaks: 'Status by phase: never backwards',
    change: (own) => ({
      body(task, verbose, world) {
        const stale = nth(task.notes, 'shown') % 5 === 0 && task.way.length > 1;
        return own.body(stale ? { ...task, way: task.way.slice(0, -1) } : task, verbose, world);
      },
    }),
  },
  'missing-replica': {
    says: 'one read in fifty is answered with 404',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      read: (call, world) => (nth(world.notes, 'read') % 50 === 0 ? notFound : own.read(call, world)),
    }),
  },
  'verbose-race': {
    says: 'of two reads of one task at the same time, one shows a failed task as finished',
    breaks: 'Status by phase: reads of an ended task agree',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const task = world.tasks.get(call.segment);
        const wrong =
          task && phaseOf(task) === 'failed' && reply.code === 200 && sameTask(call, world, 'read');
        return wrong ? { ...reply, body: { ...Object(reply.body), status: 'finished' } } : reply;
      },
    }),
  },
});
