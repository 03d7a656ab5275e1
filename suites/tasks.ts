/** Tasks that several suites need: how they came into their phase, and what was done to them before. */
import {
  type CheckContext,
  cancel,
  type Exchange,
  type Finding,
  type Phase,
  prerequisite,
  prerequisiteSettled,
  read,
  type Task,
} from '../harness/run/suite.ts';

/** The cases in which a cancel is accepted, and the clause that requires it. */
export const acceptedCancels = [
  { phase: 'queued', force: 'omitted', accepted: 'cancel.queued.accepted' },
  { phase: 'running', force: 'omitted', accepted: 'cancel.running.accepted' },
  { phase: 'running', force: 'true', accepted: 'cancel.forced.accepted' },
  {
    phase: 'committing',
    force: 'true',
    accepted: 'cancel.commit-phase.forced',
    needs: ['force'],
    sharpens: true,
  },
] as const;
export const endedStatuses = ['finished', 'failed'] as const;

/** A cancelled task, the reads until the effect shows, and two prerequisites: it was accepted, and has ended. */
export async function cancelled(
  { send, provision, effect }: CheckContext,
  { phase, force, accepted }: Pick<(typeof acceptedCancels)[number], 'phase' | 'force' | 'accepted'>,
  times = 1,
  readsBeside = 0,
) {
  const task = await provision(phase);
  const reading = Array.from({ length: readsBeside }, () => send(read(task)));
  // Of several cancels at once, one must be accepted: the others may find the task cancelled already.
  const others = Array.from({ length: times - 1 }, () => send(cancel(task, { force })));
  const answers = [await send(cancel(task, { force })), ...(await Promise.all(others))] as const;
  // A cancel whose response was lost may be the accepted one.
  const answer =
    answers.find(({ response }) => response?.status === 200) ??
    answers.find(({ lost }) => lost !== undefined) ??
    answers[0];
  const reads = await effect(answer, task);
  return {
    task,
    reads,
    beside: await Promise.all(reading),
    accepted: prerequisite(answer, [200], accepted),
    ended: prerequisiteSettled(reads, task, endedStatuses, 'cancel.leaves'),
  };
}

/** A row that tries another combination, where tasks cost nothing and no account is locked. */
export const onMocks = { needs: ['many tasks'], sharpens: true } as const;

/** Ways through the phases, other than being made in the last of them. */
const ways = {
  'queued to committing': ['queued', 'committing'],
  'running to committing': ['running', 'committing'],
  'queued to finished': ['queued', 'finished'],
  'committing to finished': ['committing', 'finished'],
  'committing to failed': ['committing', 'failed'],
} as const satisfies Record<string, readonly [Phase, Phase]>;
type PhasesPassed = keyof typeof ways;

/** A task that has come into its phase through another one. */
export async function passing(
  { provision, move }: CheckContext,
  passed: PhasesPassed,
  wish: Parameters<CheckContext['provision']>[1] = {},
): Promise<Task> {
  const [first, second] = ways[passed];
  return move(await provision(first, wish), second);
}

/** One after the other, the same request so many times. */
export const repeated = (times: number, send: () => Promise<Exchange>): Promise<readonly Exchange[]> =>
  Array.from({ length: times }).reduce(
    async (before: Promise<readonly Exchange[]>) => [...(await before), await send()],
    Promise.resolve([]),
  );

/** Where a task can be: in a phase of its own, or ended by a cancel. */
export const everyState = ['queued', 'running', 'committing', 'finished', 'failed', 'cancelled'] as const;
export type State = (typeof everyState)[number];

/** A task in that state, and the prerequisites that are not proven. */
export async function taskIn(
  context: CheckContext,
  state: State,
): Promise<{ readonly task: Task; readonly unproven: readonly (Finding | undefined)[] }> {
  if (state !== 'cancelled') return { task: await context.provision(state), unproven: [] };
  const { task, accepted, ended } = await cancelled(context, acceptedCancels[1]);
  return { task, unproven: [accepted, ended] };
}
