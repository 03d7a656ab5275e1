/**
 * The rules of the second server: what it does with a list, a read and a cancel. They call each other through
 * `world.rules`, so a fault is a change of one or two of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export type Phase = 'queued' | 'running' | 'committing' | 'finished' | 'failed';
export type Counters = Record<string, number>;

export interface Task {
  readonly id: string;
  readonly guid: string;
  readonly createdMs: number;
  readonly cancelFails: boolean;
  /** Every phase it was in; the last one is the present one. */
  readonly way: Phase[];
  endedMs: number | undefined;
  resultTtlS: number | undefined;
  agedMs: number;
  /** When a cancel was accepted. */
  cancelledMs: number | undefined;
  /** Notes of faults: what happened to this task how often, or when. */
  readonly notes: Counters;
}

export interface Call {
  readonly operation: 'list' | 'read' | 'cancel';
  /** The segment of the path, not decoded. */
  readonly segment: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly resultTtl: string | undefined;
  /** Notes of faults about this connection. */
  readonly connection: Counters;
}

export interface Reply {
  readonly code: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** The text to send in place of the body. */
  readonly text?: string;
  /** Whether the connection is cut instead of an answer. */
  readonly cut?: boolean;
}

export interface World {
  readonly rules: Rules;
  readonly user: string;
  readonly password: string;
  readonly tasks: Map<string, Task>;
  /** The calls that wait for their answer, in order of arrival. */
  readonly inFlight: Set<Call>;
  readonly notes: Counters;
  /** Milliseconds on this server's own clock. */
  now(): number;
}

export interface Rules {
  serve(call: Call, world: World): Promise<Reply>;
  /** Answers a call whose path is known and whose method is not that of the operation. */
  otherMethod(call: Call, method: string, world: World): Reply;
  list(call: Call, world: World): Reply;
  read(call: Call, world: World): Reply;
  cancel(call: Call, world: World): Reply;
  /** Whether the call has a valid login. */
  admits(call: Call, world: World): boolean;
  /** Whether `user:password` is a valid login. */
  knows(login: string, world: World): boolean;
  /** The id that a segment of a path names; undefined if it names none. */
  idOf(segment: string, call: Call): string | undefined;
  find(id: string, world: World, call: Call): Task | undefined;
  /** The moment at which a task is forgotten. */
  expiresMs(task: Task, world: World): number;
  listed(world: World): Task[];
  status(task: Task, world: World): string;
  body(task: Task, verbose: boolean, world: World): Record<string, unknown>;
  /** What the header X-Result-TTL of a read does. */
  retain(task: Task, call: Call, world: World): void;
  /** The code with which a cancel is answered. */
  decide(task: Task, force: boolean, world: World): number;
  /** What an accepted cancel does. */
  accept(task: Task, world: World): void;
  /** Ends a task whose cancel was accepted long enough ago. */
  settle(task: Task, world: World): void;
  /** Brings a task into a phase: by the control protocol, or by a cancel. */
  enter(task: Task, phase: Phase, atMs: number): void;
}

const methods = { list: 'GET', read: 'GET', cancel: 'POST' };
export const methodOf = (call: Call): string => methods[call.operation];
export const defaultTtlS = 500;
const cancelTakesMs = 200;
const latencyMs = 2;
export const ranks = { queued: 0, running: 1, committing: 2, finished: 3, failed: 3 };
const statuses = {
  queued: 'queued',
  running: 'started',
  committing: 'started',
  finished: 'finished',
  failed: 'failed',
};
const timestamp = (ms: number) => new Date(performance.timeOrigin + ms).toISOString().replace(/\.\d+/, '');
export const problem = (code: number, description: string, headers = {}): Reply => ({
  code,
  body: { error_code: `http_${code}`, description },
  headers,
});

export const phaseOf = (task: Task): Phase => task.way.at(-1) ?? 'queued';
export const hasEnded = (task: Task): boolean => ranks[phaseOf(task)] === 3;
/** The value of a query parameter: undefined if it is not a boolean. */
export const flag = (call: Call, name: string): boolean | undefined =>
  ({ true: true, false: false })[(call.query.get(name) ?? 'false').toLowerCase()];
export const refusedLogin: Reply = problem(401, 'Unauthorized', {
  'WWW-Authenticate': 'Basic realm="tasks"',
});
export const notFound: Reply = problem(404, 'Task not found');

export const faithful: Rules = {
  async serve(call, world) {
    if (!world.rules.admits(call, world)) return refusedLogin;
    await sleep(latencyMs);
    return world.rules[call.operation](call, world);
  },
  otherMethod(call, method) {
    const headers = { Allow: `${methodOf(call)}, OPTIONS` };
    return method === 'OPTIONS' ? { code: 200, headers } : problem(405, 'No such method', headers);
  },
  list(_, world) {
    return { code: 200, body: world.rules.listed(world).map((task) => world.rules.body(task, false, world)) };
  },
  read(call, world) {
    const { rules } = world;
    const id = rules.idOf(call.segment, call);
    const task = id === undefined ? undefined : rules.find(id, world, call);
    if (!task) return notFound;
    const verbose = flag(call, 'verbose');
    if (verbose === undefined) return problem(400, 'verbose is no boolean');
    rules.retain(task, call, world);
    return { code: 200, body: rules.body(task, verbose, world) };
  },
  cancel(call, world) {
    const { rules } = world;
    const id = rules.idOf(call.segment, call);
    const task = id === undefined ? undefined : rules.find(id, world, call);
    if (!task) return notFound;
    const force = flag(call, 'force');
    if (force === undefined) return problem(400, 'force is no boolean');
    const code = rules.decide(task, force, world);
    if (code === 200) rules.accept(task, world);
    return code === 200 ? { code } : problem(code, 'The task is not cancelled');
  },
  admits(call, world) {
    const encoded = /^basic +([a-z0-9+/]+={0,2})$/i.exec(call.authorization ?? '')?.[1];
    return encoded !== undefined && world.rules.knows(Buffer.from(encoded, 'base64').toString(), world);
  },
  knows: (login, { user, password }) => login === `${user}:${password}`,
  idOf(segment) {
    try {
      return decodeURIComponent(segment);
    } catch {
      return undefined;
    }
  },
  find(id, world) {
    const task = world.tasks.get(id);
    if (task) world.rules.settle(task, world);
    return task && world.now() < world.rules.expiresMs(task, world) ? task : undefined;
  },
  expiresMs: (task) =>
    (task.endedMs ?? Number.POSITIVE_INFINITY) - task.agedMs + (task.resultTtlS ?? defaultTtlS) * 1000,
  listed(world) {
    for (const task of world.tasks.values()) world.rules.settle(task, world);
    return [...world.tasks.values()].filter((task) => !hasEnded(task));
  },
  status: (task) => statuses[phaseOf(task)],
  body(task, verbose, world) {
    const status = world.rules.status(task, world);
    const { endedMs } = task;
    const errors = [
      { cluster_name: 'one.example', description: 'The task has failed', error_code: 'failed' },
    ];
    return {
      id: task.id,
      crdb_guid: task.guid,
      status,
      ...(status === 'failed' && { errors }),
      ...(verbose && {
        operation: 'update_crdb',
        started: timestamp(task.createdMs),
        ...(endedMs !== undefined && { ended: timestamp(endedMs) }),
        worker_name: 'worker-1',
        progress: { clusters: [{ name: 'one.example', progress: phaseOf(task) }], worker: phaseOf(task) },
      }),
    };
  },
  retain(task, call) {
    if (/^\d{1,9}$/.test(call.resultTtl ?? '')) task.resultTtlS = Number(call.resultTtl);
  },
  decide(task, force) {
    if (hasEnded(task) || (phaseOf(task) === 'committing' && !force)) return 406;
    return task.cancelFails ? 409 : 200;
  },
  accept(task, world) {
    task.cancelledMs ??= world.now();
  },
  settle(task, world) {
    if (task.cancelledMs === undefined || hasEnded(task)) return;
    const endsMs = task.cancelledMs + cancelTakesMs;
    if (world.now() >= endsMs) world.rules.enter(task, 'failed', endsMs);
  },
  enter(task, phase, atMs) {
    task.way.push(phase);
    if (hasEnded(task)) task.endedMs = atMs;
  },
};
