/**
 * Goes first: cancels one task and ages another one among bystanders in every phase. If a bystander changes, that is a
 * fault of the target, and the rest of the run goes one check at a time so that the fault does not show everywhere.
 */
import { type Status, shownRows, shownStatus, shownTask } from '../judge/shown.ts';
import { type Exchange, requestLine } from '../model/exchange.ts';
import { cancel, list, read } from '../model/requests.ts';
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
    othersMade: moreThanBitsOfWord,
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
    othersMade: 0,
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
  /** So many tasks are made behind the one that is acted on. */
  readonly othersMade: number;
  /** @returns the exchanges that show what was done */
  readonly act: (task: Task) => Promise<readonly Exchange[]>;
}

/** Some servers keep 32 or 64 flags in a word: of so many tasks two have the same one. */
const moreThanBitsOfWord = 66;

/** Acts on one task among bystanders that were made just before and just after it, and before many others. */
async function probe(
  context: CheckContext,
  bystanderPhases: readonly Phase[],
  { clause, phase, what, othersMade: size, act }: Act,
): Promise<readonly Finding[]> {
  const make = (wanted: readonly Phase[]) => Promise.all(wanted.map((one) => context.provision(one)));
  const older = await make(bystanderPhases);
  const task = await context.provision(phase);
  const near = [...older, ...(await make(bystanderPhases))];
  const others = await make(Array.from({ length: size }, () => 'running'));
  const readAll = (tasks: readonly Task[]) => Promise.all(tasks.map((one) => context.send(read(one))));
  const [first, listed] = await Promise.all([readAll(near), context.send(list())]);
  const before = await readAll(near);
  const done = await act(task);
  const [after, listing] = await Promise.all([readAll(near), context.send(list())]);
  const changed = near.findIndex(
    ({ id }, index) =>
      !surelyChanged(id, first[index], before[index]) && surelyChanged(id, before[index], after[index]),
  );
  const [was, is] = [before[changed], after[changed]];
  if (was && is) return [changedBy(was, is, done, `status ${shownStatus(was)}`)];
  // Rows may be missing for other reasons: of the first one that is, a read tells.
  const [started, still] = [startedIn(listed), startedIn(listing)];
  const missing = others.find(({ id }) => started.has(id) && !still.has(id));
  if (!missing) return [];
  const seen = await context.send(read(missing));
  const isChanged = !['started', 'gone', undefined].includes(statusOf(missing.id, seen));
  return isChanged ? [changedBy(listed, seen, [...done, listing], 'status started')] : [];

  function changedBy(was: Exchange, is: Exchange, between: readonly Exchange[], expected: string): Finding {
    const shown = shownStatus(is);
    const seen = shown === undefined ? '404' : `status ${shown}`;
    const reason = `${requestLine(is)} shows ${seen} after ${what}, expected ${expected} as before it`;
    const details = { expected, seen, because: clause, attributedTo: clause };
    return finding('inconclusive', reason, [was, ...between, is], details);
  }
}

/** The ids of the tasks that a list shows as started. */
function startedIn(listing: Exchange): ReadonlySet<string> {
  const rows = shownRows(listing);
  const started = 'what' in rows ? rows.what.filter(({ status }) => status === 'started') : [];
  return new Set(started.map(({ id }) => id));
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
