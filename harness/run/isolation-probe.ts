/**
 * Goes first: cancels one task and ages another one among bystanders in every phase. If a bystander changes, that is a
 * fault of the target, and the rest of the run goes one check at a time so that the fault does not show everywhere.
 */
import { type Status, shownStatus, shownTask } from '../judge/shown.ts';
import { type Exchange, requestLine } from '../model/exchange.ts';
import { cancel, read } from '../model/requests.ts';
import { type Phase, phases, type Task } from '../model/task.ts';
import { type Finding, finding } from '../model/verdict.ts';
import type { Provisioner } from '../provision/provisioner.ts';
import type { CheckContext } from './check-context.ts';

/**
 * What is done to one task and shows in another one. Only tried where tasks are made for the purpose.
 * @returns a finding for each act that changed a bystander, attributed to the clause that it breaks; none where none did
 */
export async function probeIsolation(
  context: CheckContext,
  { moves, ages, reaches }: Provisioner,
): Promise<readonly Finding[]> {
  if (!moves) return [];
  const reachable = (wanted: readonly Phase[]) => wanted.filter((phase) => reaches.has(phase));
  // One after the other: what the first does must not spoil the second.
  const byCancel = await probe(context, reachable(phases), {
    clause: 'cancel.that-task-alone',
    phase: 'running',
    what: 'the cancel of another task',
    // It also gives the run its first measure of how slowly a cancel shows.
    async act(task) {
      // Two at once, and a third when the task has ended: one of them may act on another task.
      const answers = await Promise.all([context.send(cancel(task)), context.send(cancel(task))]);
      const answer = answers.find(({ response }) => response?.status === 200) ?? answers[0];
      const reads = await context.effect(answer, task);
      return [...answers, ...reads, await context.send(cancel(task))];
    },
  });
  if (byCancel.length > 0 || !ages) return byCancel;
  return probe(context, reachable(['finished', 'failed']), {
    clause: 'expiry.that-task-alone',
    phase: 'finished',
    what: 'the ageing of another task',
    async act(task) {
      await context.elapse(task, 100_000);
      return [];
    },
  });
}

interface Act {
  /** The clause that is broken where a bystander changes. */
  readonly clause: string;
  /** The phase of the task that is acted on. */
  readonly phase: Phase;
  readonly what: string;
  /** @returns the exchanges that show what was done */
  readonly act: (task: Task) => Promise<readonly Exchange[]>;
}

/** Acts on one task among bystanders that were made just before and just after it. */
async function probe(
  context: CheckContext,
  bystanderPhases: readonly Phase[],
  { clause, phase, what, act }: Act,
): Promise<readonly Finding[]> {
  const makeBystanders = () => Promise.all(bystanderPhases.map((one) => context.provision(one)));
  const older = await makeBystanders();
  const task = await context.provision(phase);
  const bystanders = [...older, ...(await makeBystanders())];
  const readAll = () => Promise.all(bystanders.map((one) => context.send(read(one))));
  const first = await readAll();
  const before = await readAll();
  const done = await act(task);
  const after = await readAll();
  const changed = bystanders.findIndex(
    ({ id }, index) =>
      !surelyChanged(id, first[index], before[index]) && surelyChanged(id, before[index], after[index]),
  );
  const [was, is] = [before[changed], after[changed]];
  if (!was || !is) return [];
  const shown = shownStatus(is);
  const seen = shown === undefined ? '404' : `status ${shown}`;
  const expected = `status ${shownStatus(was)}`;
  const reason = `${requestLine(is)} shows ${seen} after ${what}, expected ${expected} as before it`;
  const details = { expected, seen, because: clause, attributedTo: clause };
  return [finding('inconclusive', reason, [was, ...done, is], details)];
}

/** What can't be read shows no change, and the checks themselves will say so: one by one they would only take longer. */
function surelyChanged(id: string, before: Exchange | undefined, after: Exchange | undefined): boolean {
  const was = before && statusOf(id, before);
  const is = after && statusOf(id, after);
  return was !== undefined && was !== 'gone' && is !== undefined && was !== is;
}

/** What a read shows of the task that it asked for; undefined where that can't be told. */
function statusOf(id: string, exchange: Exchange): Status | 'gone' | undefined {
  if (exchange.lost === undefined && exchange.response?.status === 404) return 'gone';
  const shown = shownTask(exchange, false);
  return 'what' in shown && shown.what.id === id ? shown.what.status : undefined;
}
