/** Tasks that several suites need: how they came into their phase, and what was done to them before. */
import {
  type CheckContext,
  cancel,
  defaultRetentionS,
  type Exchange,
  endOf,
  type Finding,
  type Force,
  judgeCancel,
  judgeLeftAlone,
  judgeListShows,
  judgeRefused,
  judgeRetention,
  judgeSettles,
  type Passing,
  type Phase,
  prerequisite,
  prerequisiteAccepted,
  prerequisiteSettled,
  read,
  requires,
  showsStatus,
  type Task,
} from '../harness/run/suite.ts';
import { type Made, made, type PhasesPassed } from './made.ts';
import { onMocks } from './needs.ts';
import { type RefusedFirst, refusedBefore, withoutCause } from './refused.ts';

export const graceful = [{ force: 'omitted' }, { force: 'false' }] as const;
export const everyForce = [{ force: 'omitted' }, { force: 'false' }, { force: 'true' }] as const;

export const stillReadable = (reads: readonly Exchange[]) =>
  reads.map((one) => prerequisite(one, [200], 'cancel.still-readable'));

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
  {
    phase: 'queued',
    force: 'true',
    accepted: 'cancel.forced.accepted',
    needs: ['many tasks'],
    sharpens: true,
  },
] as const;
export const gracefullyRunning = acceptedCancels[1];
export const beforeCommit = acceptedCancels.slice(0, 3);
export const endedStatuses = ['finished', 'failed'] as const;

/** How a task is cancelled, and what is sent at the same time: further cancels, plain reads, other reads in turn; how it came into its phase, and what was refused before. */
interface CancelledWith extends Pick<(typeof acceptedCancels)[number], 'phase' | 'force' | 'accepted'> {
  readonly times?: number;
  readonly readsBeside?: number;
  readonly ttl?: string;
  readonly verbose?: string;
  readonly passed?: PhasesPassed;
  readonly after?: RefusedFirst;
}

/** Cancels that are accepted after others were refused. */
export const acceptedAfterRefusals = [
  ...[acceptedCancels[0], acceptedCancels[2], acceptedCancels[3]].map(
    (row) => ({ ...row, after: 'a refused login', ...onMocks }) as const,
  ),
  { ...acceptedCancels[3], after: 'a refusal in its phase', ...onMocks },
] as const;

/** A cancelled task, the reads until the effect shows, and two prerequisites: it was accepted, and has ended. */
export async function cancelled(
  context: CheckContext,
  { phase, force, accepted, times = 1, readsBeside = 0, passed, after, ...row }: CancelledWith,
) {
  const { send, provision, effect } = context;
  const task = await made(context, phase, passed ? { passed } : {});
  const refused = after ? await refusedBefore(context, task, after) : undefined;
  const asked = Object.entries(row).filter(([name]) => name === 'ttl' || name === 'verbose');
  // Neither the reads nor the cancel are overtaken, so that the cancel comes right behind the first of them.
  const urgent = asked.length > 0 ? ({ urgent: true } as const) : {};
  const readInTurn = () => send(read(task, { ...Object.fromEntries(asked), ...urgent }));
  const readingInTurn = asked.length > 0 ? readInTurn().then(() => repeated(2, readInTurn)) : undefined;
  const bystander = readsBeside > 0 ? await provision('running') : task;
  const first = send(cancel(task, { force, ...urgent }));
  // The cancel comes on a connection of its own, after what is sent right behind it.
  const ahead = Array.from({ length: readsBeside }, () => send(read(bystander)));
  // Of several cancels at once, one must be accepted: the others may find the task cancelled already.
  const others = Array.from({ length: times - 1 }, () => send(cancel(task, { force })));
  const reading = Array.from({ length: readsBeside }, () => send(read(task)));
  const [answers, beside] = await Promise.all([
    Promise.all([first, ...others]),
    Promise.all(reading),
    Promise.all(ahead),
    readingInTurn,
  ]);
  // A cancel whose response was lost may be the accepted one.
  const answer =
    answers.find(({ response }) => response?.status === 200) ??
    answers.find(({ lost }) => lost !== undefined) ??
    answers[0];
  const reads = await effect(answer, task);
  const unproven = prerequisiteAccepted(answer, task, accepted);
  return {
    task,
    reads,
    beside,
    refused,
    // A refused one that has its effect all the same makes this a second cancel, and a read may have removed the task.
    accepted: unproven && (after || asked.length > 0) ? withoutCause(unproven) : unproven,
    ended: prerequisiteSettled(reads, task, endedStatuses, 'cancel.leaves'),
  };
}

/** Cancels a running task that no read has seen, and lists until it is no longer listed as started. */
export async function leavesList({ send, provision, settleList }: CheckContext): Promise<readonly Finding[]> {
  const task = await provision('running');
  const answer = await send(cancel(task));
  const ended: Task = { ...task, history: [...task.history, { phase: 'failed' }] };
  const judged = (listing: Exchange): Finding => {
    const finished = judgeListShows(listing, ended, 'finished'); // which of both it is, another clause says
    return finished.verdict === 'pass' ? finished : judgeListShows(listing, ended, 'failed');
  };
  const listings = await settleList((listing) => judged(listing).verdict === 'pass');
  return requires([prerequisiteAccepted(answer, task, 'cancel.running.accepted')], () =>
    listings.slice(-1).map(judged),
  );
}

/** Does something with each of some values, one after the other. */
export const inTurn = <Value, Result>(
  values: readonly Value[],
  act: (value: Value) => Promise<Result>,
): Promise<readonly Result[]> =>
  values.reduce(
    async (before: Promise<readonly Result[]>, value) => [...(await before), await act(value)],
    Promise.resolve([]),
  );

/** One after the other, the same request so many times. */
export const repeated = (times: number, send: () => Promise<Exchange>): Promise<readonly Exchange[]> =>
  inTurn(Array.from({ length: times }), send);

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

/** Cancels a new task, and judges the status of the answer. */
export async function cancelAnswers(
  expected: readonly number[],
  context: CheckContext,
  { phase, force, ...row }: { readonly phase: Phase; readonly force: Force } & Made,
) {
  const { send, afterwards } = context;
  const task = await made(context, phase, row);
  const answer = await send(cancel(task, { force }));
  return [judgeCancel(answer, task, expected, await afterwards(task, answer))];
}

/** Cancels a task in its commit phase, and judges the refusal. */
export async function refusalOfOne({ send, provision }: CheckContext) {
  const task = await provision('committing');
  return judgeRefused(await send(cancel(task)), task, [406], []);
}

/** The prerequisite that a task is still there after what was done to it, which `clause` requires. */
export const stillThere = async ({ send }: CheckContext, task: Task, clause: string) =>
  prerequisite(await send(read(task)), [200], clause);

/** Cancels a task in its commit phase by force after a graceful cancel, and judges the second answer. */
export async function forcedAfterRefusal({ send, provision }: CheckContext) {
  const task = await provision('committing');
  const refusal = await send(cancel(task));
  const answer = await send(cancel(task, { force: 'true' }));
  return requires([prerequisite(refusal, [406], 'cancel.commit-phase.refused')], () => [
    judgeCancel(answer, task, [200]),
  ]);
}

/** Cancels a task in its commit phase gracefully, and judges that it goes on, or can still finish. */
export async function untouchedByRefusal(
  {
    force,
    shownBy,
    times = 1,
  }: { readonly force: Force; readonly shownBy: 'watching' | 'finishing'; readonly times?: number },
  { send, provision, watch, move, settle }: CheckContext,
) {
  const task = await provision('committing');
  const before = await send(read(task));
  const refusals = await repeated(times, () => send(cancel(task, { force })));
  const watched = await watch(task); // before the task is moved: an effect may show a second later
  const shown = {
    watching: async () => judgeLeftAlone([before, ...watched], task),
    finishing: async () => {
      const finished = await move(task, 'finished');
      return judgeSettles(await settle(finished, showsStatus('finished')), finished, ['finished']);
    },
  };
  const found = await shown[shownBy]();
  return requires(
    refusals.map((refusal) => prerequisite(refusal, [406], 'cancel.commit-phase.refused')),
    () => [found],
  );
}

/** Gracefully cancels tasks in their commit phase while forced cancels of running tasks are under way. */
export async function refusalsBesideForce({ send, provision }: CheckContext) {
  const forced = await Promise.all([1, 2, 3].map(() => provision('running')));
  const committing = await Promise.all([1, 2, 3].map(() => provision('committing')));
  const [, answers] = await Promise.all([
    Promise.all(forced.map((task) => send(cancel(task, { force: 'true' })))),
    Promise.all(committing.map(async (task) => ({ task, refusal: await send(cancel(task)) }))),
  ]);
  return answers.map(({ task, refusal }) => judgeRefused(refusal, task, [406], []));
}

/** The first and the last of four running tasks. */
export async function oldestAndNewest({ provision }: CheckContext): Promise<readonly Task[]> {
  const oldest = await provision('running');
  await Promise.all([provision('running'), provision('running')]);
  return [oldest, await provision('running')];
}

/** The clauses by which an ended task is still there. */
export const keptWhileAged = (phase: 'finished' | 'failed') => [
  'expiry.that-task-alone',
  phase === 'failed' ? 'expiry.failed.kept' : 'expiry.default.kept',
];

/** The clauses by which a task to which nothing is done stays as it is. */
export const othersKept = ({ phase }: { readonly phase: Phase }) => [
  'read.changes-nothing',
  ...(phase === 'finished' || phase === 'failed' ? ['expiry.default.kept', 'expiry.that-task-alone'] : []),
  ...(phase === 'failed' ? ['expiry.failed.kept'] : []),
];

/** A refused cancel late in the retention of a task does not prolong it. */
export async function expiresThoughRefused(
  { send, provision, elapse, gone, retention }: CheckContext,
  force: Force,
) {
  const old = await elapse(await provision('finished'), defaultRetentionS - 10);
  const refusal = await send(cancel(old, { force }));
  const expired = await elapse(old, gone(defaultRetentionS, 5));
  const late = await send(read(expired));
  return requires([prerequisite(refusal, [406, 409], 'cancel.ended.refused')], () => [
    judgeRetention(late, endOf(expired), 'gone', retention(defaultRetentionS)),
  ]);
}

/** An age in seconds at which a status is certainly kept, or certainly gone. */
export const ageAt = (
  { gone }: CheckContext,
  due: 'kept' | 'gone',
  ttlS = defaultRetentionS,
  by: Passing = 'ageing',
): number => {
  const marginS = by === 'ageing' ? { kept: 6, gone: 50 } : { kept: 3, gone: 1 };
  return due === 'kept' ? ttlS - marginS.kept : gone(ttlS, marginS.gone);
};

/** Ages at which a clock that drops whole days or weeks, or has few bits, shows a young task again. */
export const agesThatWrap = [
  2 ** 16, // in seconds
  86_400,
  7 * 86_400,
  Math.ceil(2 ** 31 / 1000), // in milliseconds
  Math.ceil(2 ** 32 / 1000),
].map((periodS) => periodS + 30);
