/** The task control protocol 1 of the second server. Its own lookups never go through a rule that a fault changes. */
import { randomUUID } from 'node:crypto';
import {
  faithful,
  notFound,
  type Phase,
  phaseOf,
  problem,
  type Reply,
  ranks,
  type Task,
  type World,
} from './rules.ts';

export type Order = Record<string, unknown>;
const isPhase = (value: unknown): value is Phase => typeof value === 'string' && value in ranks;

/** Answers a request below `_control/v1`. */
export function control(
  method: string,
  path: readonly string[],
  order: Order | undefined,
  world: World,
): Reply {
  const [room, id = '', action] = path;
  const task = world.tasks.get(id);
  if (room === undefined && method === 'GET')
    return { code: 200, body: { protocol: 1, phases: Object.keys(ranks), age: true, cancel_failure: true } };
  if (room !== 'tasks') return notFound;
  if (method === 'DELETE') {
    world.tasks.delete(id);
    return { code: 204 };
  }
  if (method !== 'POST') return problem(405, 'No such method');
  if (!order) return problem(400, 'The body is no JSON object');
  if (id === '') return create(order, world);
  if (!task) return notFound;
  faithful.settle(task, world);
  if (action === 'age') {
    if (typeof order.seconds !== 'number' || order.seconds < 0) return problem(400, 'seconds is no number');
    task.agedMs += order.seconds * 1000;
    return { code: 204 };
  }
  if (action !== 'phase') return notFound;
  if (!isPhase(order.phase)) return problem(400, 'No such phase');
  if (ranks[order.phase] <= ranks[phaseOf(task)]) return problem(409, 'A task only moves forward');
  world.rules.enter(task, order.phase, world.now());
  return { code: 204 };
}

function create(order: Order, world: World): Reply {
  const { id = randomUUID(), phase, result_ttl: resultTtlS, cancel_fails: cancelFails = false } = order;
  if (typeof id !== 'string' || !/^[\w.~-]{1,64}$/.test(id) || !isPhase(phase))
    return problem(400, 'The id or the phase is not valid');
  const isTtl = resultTtlS === undefined || (Number.isInteger(resultTtlS) && Number(resultTtlS) >= 0);
  if (!isTtl || typeof cancelFails !== 'boolean')
    return problem(400, 'result_ttl or cancel_fails is not valid');
  const createdMs = world.now();
  const old = world.tasks.get(id);
  if (old && createdMs < faithful.expiresMs(old, world)) return problem(409, 'The id exists');
  const task: Task = {
    ...{ id, guid: randomUUID(), createdMs, cancelFails, way: [], endedMs: undefined, agedMs: 0 },
    ...{
      resultTtlS: resultTtlS === undefined ? undefined : Number(resultTtlS),
      cancelledMs: undefined,
      notes: {},
    },
  };
  world.tasks.delete(id);
  world.tasks.set(id, task);
  world.rules.enter(task, phase, createdMs);
  return { code: 201, body: { id, crdb_guid: task.guid } };
}
