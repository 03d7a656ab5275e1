/** How tasks come about that are not simply made in their phase: by a way through other phases, or with an id that has a past. */
import {
  type CheckContext,
  cancel,
  defaultRetentionS,
  list,
  type Phase,
  read,
  type Task,
} from '../harness/run/suite.ts';
import { onMocks } from './needs.ts';

type Wish = Parameters<CheckContext['provision']>[1];
type Phases = readonly [Phase, ...Phase[]];

/** A phase right after another one that may come before it, and longer ways. */
const ways = {
  'queued to running': ['queued', 'running'],
  'queued to committing': ['queued', 'committing'],
  'queued to finished': ['queued', 'finished'],
  'queued to failed': ['queued', 'failed'],
  'running to committing': ['running', 'committing'],
  'running to finished': ['running', 'finished'],
  'committing to finished': ['committing', 'finished'],
  'committing to failed': ['committing', 'failed'],
  'queued to running to committing': ['queued', 'running', 'committing'],
  'queued to running to finished': ['queued', 'running', 'finished'],
  'queued to each phase to failed': ['queued', 'running', 'committing', 'failed'],
  'queued to each phase to finished': ['queued', 'running', 'committing', 'finished'],
} as const satisfies Record<string, Phases>;
export type PhasesPassed = keyof typeof ways;

/** The phases on the way. */
export const phasesOf = (passed: PhasesPassed): Phases => ways[passed];

type LastOf<Passed extends PhasesPassed> = (typeof ways)[Passed] extends readonly [...Phase[], infer Last]
  ? Last
  : never;
type ByWay<Passed extends PhasesPassed> = typeof onMocks & {
  readonly phase: LastOf<Passed>;
  readonly passed: Passed;
};

/** Rows about tasks that have come into their phase by these ways. */
export const byWay = <const Passed extends PhasesPassed>(
  ...all: readonly Passed[]
): readonly ByWay<Passed>[] =>
  all.map((passed) => ({ phase: phasesOf(passed).at(-1) as LastOf<Passed>, passed, ...onMocks })); // at() forgets it

/** Moves a task through these phases. */
export async function movedThrough({ move }: CheckContext, task: Task, phases: readonly Phase[]) {
  let moved = task;
  for (const phase of phases) moved = await move(moved, phase);
  return moved;
}

/** A task that has come into its phase through others. */
async function passing(context: CheckContext, passed: PhasesPassed, wish: Wish = {}): Promise<Task> {
  const [first, ...others] = phasesOf(passed);
  return movedThrough(context, await context.provision(first, wish), others);
}

/** What happened to an id before. Each makes a task that has the id then. */
const pasts = {
  'a read that found nothing': async ({ newId, send, provision }: CheckContext, phase: Phase) => {
    const id = newId();
    await send(read({ id }));
    return provision(phase, { id });
  },
  'a removed task of its id': async ({ provision, send, again }: CheckContext, phase: Phase) => {
    const earlier = await provision('running');
    await Promise.all([send(read(earlier)), send(read(earlier, { verbose: 'true' })), send(list())]);
    return again(earlier, phase);
  },
  'an expired task of its id': async (
    { provision, elapse, gone, send, again }: CheckContext,
    phase: Phase,
  ) => {
    const earlier = await elapse(await provision('finished'), gone(defaultRetentionS, 5));
    await send(read(earlier));
    return again(earlier, phase);
  },
  'a cancelled task of its id': async ({ provision, effect, send, again }: CheckContext, phase: Phase) => {
    const earlier = await provision('running');
    await effect(await send(cancel(earlier)), earlier);
    return again(earlier, phase);
  },
} as const;
export type Past = keyof typeof pasts;

/** Rows about a running task whose id has a past. */
export const runningAfter = <const After extends Past>(...all: readonly After[]) =>
  all.map((after) => ({ phase: 'running', after, ...onMocks }) as const);

/** How a row wants its task made, among its other columns. */
export interface Made {
  readonly passed?: PhasesPassed;
  readonly after?: Past;
  readonly [column: string]: unknown;
}

/** A task of the check's own, made as its row wants it. */
export function made(context: CheckContext, phase: Phase, { passed, after }: Made, wish: Wish = {}) {
  if (after) return pasts[after](context, phase);
  return passed ? passing(context, passed, wish) : context.provision(phase, wish);
}
