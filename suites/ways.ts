/** Ways of a task through its phases, other than being made in the last of them. */
import type { CheckContext, Phase, Task } from '../harness/run/suite.ts';
import { onMocks } from './needs.ts';

type Phases = readonly [Phase, ...Phase[]];

/** Each phase right after each other one that may come before it, and the longest ways. */
const ways = {
  'queued to running': ['queued', 'running'],
  'queued to committing': ['queued', 'committing'],
  'queued to finished': ['queued', 'finished'],
  'queued to failed': ['queued', 'failed'],
  'running to committing': ['running', 'committing'],
  'running to finished': ['running', 'finished'],
  'running to failed': ['running', 'failed'],
  'committing to finished': ['committing', 'finished'],
  'committing to failed': ['committing', 'failed'],
  'queued to running to committing': ['queued', 'running', 'committing'],
  'queued to running to finished': ['queued', 'running', 'finished'],
  'queued to each phase to finished': ['queued', 'running', 'committing', 'finished'],
  'queued to each phase to failed': ['queued', 'running', 'committing', 'failed'],
} as const satisfies Record<string, Phases>;
export type PhasesPassed = keyof typeof ways;

/** The phases on the way. */
export const phasesOf = (passed: PhasesPassed): Phases => ways[passed];

/** A row for each way to that phase, without some of them. */
export const waysTo = <const To extends Phase>(to: To, without: readonly PhasesPassed[] = []) =>
  (Object.keys(ways) as PhasesPassed[]) // keys() forgets its type
    .filter((passed) => ways[passed].at(-1) === to && !without.includes(passed))
    .map((passed) => ({ phase: to, passed, ...onMocks }) as const);

/** A task that has come into its phase through others. */
export async function passing(
  { provision, move }: CheckContext,
  passed: PhasesPassed,
  wish: Parameters<CheckContext['provision']>[1] = {},
): Promise<Task> {
  const [first, ...others] = phasesOf(passed);
  return others.reduce(async (task: Promise<Task>, phase) => move(await task, phase), provision(first, wish));
}
