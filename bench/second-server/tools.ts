/** What several faults need. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, faithful, type Rules, type Task, type World } from './rules.ts';

/** The task that a call names, expired or not. */
export function named(call: Call, world: World): Task | undefined {
  return world.tasks.get(faithful.idOf(call.segment, call) ?? '');
}

/** The other calls of one operation that wait for their answer, in order of arrival. */
export function others(call: Call, world: World, operation: Call['operation']): Call[] {
  return [...world.inFlight].filter((other) => other !== call && other.operation === operation);
}

/** `user:password` as the call sent it; undefined if it sent nothing of the kind. */
export function loginOf({ authorization = '' }: Call): string | undefined {
  const encoded = /^basic +([a-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
}

/** The seconds since the task's end, as its retention counts them. */
export const sinceEndS = (task: Task, world: World): number =>
  (world.now() - (task.endedMs ?? Number.POSITIVE_INFINITY) + task.agedMs) / 1000;

/** The given operations take some time, as those of a real server do. */
export function slow(own: Rules, operations: readonly Call['operation'][], ms: number): Pick<Rules, 'serve'> {
  return {
    async serve(call, world) {
      if (operations.includes(call.operation)) await sleep(ms);
      return own.serve(call, world);
    },
  };
}

/** A body without one of its fields. */
export const without = (body: Record<string, unknown>, field: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));

/** The rows of the list, as the server shows them. */
export const rowsOf = (world: World): Record<string, unknown>[] =>
  world.rules.listed(world).map((task) => world.rules.body(task, false, world));

/** The same world under some other rules: for one call. */
export const under = (world: World, change: Partial<Rules>): World => ({
  ...world,
  rules: { ...world.rules, ...change },
});

/** Whether a call gives a valid X-Result-TTL. */
export const givesTtl = (call: Call): boolean => /^\d{1,9}$/.test(call.resultTtl ?? '');
