/** What several of these faults need besides `tools.ts`. */
import type { Call, Reply, Rules, Task, World } from '../rules.ts';
import { phaseOf } from '../rules.ts';
import { slow } from '../tools.ts';

/** A small hash of a text. */
export const hashOf = (text: string): number =>
  [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7);

/** A 200 of an operation is changed before it is sent. */
export const on200 =
  (operation: Rules['list'], change: (reply: Reply, call: Call, world: World) => Reply): Rules['list'] =>
  (call, world) => {
    const reply = operation(call, world);
    return reply.code === 200 ? change(reply, call, world) : reply;
  };

/** The same call with another query. */
export const asking = (call: Call, query: string): Call => ({ ...call, query: new URLSearchParams(query) });

/** The tasks in some phase, in order of creation. */
export const inPhase = (world: World, ...phases: readonly string[]): Task[] =>
  [...world.tasks.values()].filter((task) => phases.includes(phaseOf(task)));

/** The retention of a task in seconds, as the faithful server takes it. */
export const ttlS = (task: Task): number => task.resultTtlS ?? 500;

/** The moment of expiry if a task were kept for some other time. */
export const keptFor = (own: Rules, task: Task, seconds: number, world: World): number =>
  own.expiresMs({ ...task, resultTtlS: seconds }, world);

const meetings = new WeakMap<Call, Call[]>();

/** The calls, of one operation if given, that a call has overlapped with so far, in order of meeting. */
export const met = (call: Call, operation?: Call['operation']): Call[] =>
  (meetings.get(call) ?? []).filter((other) => !operation || other.operation === operation);

/** `slow`, and it is noted which calls overlap. */
export function overlapping(
  own: Rules,
  operations: readonly Call['operation'][],
  ms: number,
): Pick<Rules, 'serve'> {
  return {
    async serve(call, world) {
      const here = [...world.inFlight].filter((other) => other !== call);
      meetings.set(call, here);
      for (const other of here) meetings.get(other)?.push(call);
      return slow(own, operations, ms).serve(call, world);
    },
  };
}
