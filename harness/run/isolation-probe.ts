/** Some tasks go first: if cancelling or ageing one task touches its neighbour, the rest of the run goes one by one. */
import { shownStatus } from '../judge/shown.ts';
import type { Exchange } from '../model/exchange.ts';
import { cancel, read } from '../model/requests.ts';
import type { Task } from '../model/task.ts';
import type { Provisioner } from '../provision/provisioner.ts';
import type { CheckContext } from './check-context.ts';

/** Whether what is done to one task shows in another one. Only tried where tasks are made for the purpose. */
export async function probeIsolation(context: CheckContext, { moves, ages }: Provisioner): Promise<boolean> {
  if (!moves) return false;
  // One after the other: what the first does must not spoil the second.
  return (await byCancel(context)) || (ages !== undefined && (await byAgeing(context)));
}

/** It also gives the run its first measure of how slowly a cancel shows. */
async function byCancel(context: CheckContext): Promise<boolean> {
  const [cancelled, ...neighbours] = await Promise.all([
    context.provision('running'),
    context.provision('running'),
    context.provision('finished'),
  ]);
  return touches(context, neighbours, async () => {
    await context.effect(await context.send(cancel(cancelled)), cancelled);
  });
}

async function byAgeing(context: CheckContext): Promise<boolean> {
  const [aged, neighbour] = await Promise.all([context.provision('finished'), context.provision('finished')]);
  return touches(context, [neighbour], async () => {
    await context.elapse(aged, 100_000);
  });
}

/** Whether a neighbour was seen to change. */
async function touches(
  context: CheckContext,
  neighbours: readonly Task[],
  act: () => Promise<void>,
): Promise<boolean> {
  const seen = () => Promise.all(neighbours.map((task) => context.send(read(task))));
  const before = await seen();
  await act();
  const after = await seen();
  return before.some((read, index) => surelyChanged(read, after[index]));
}

/** What can't be read shows no change, and the checks themselves will say so: one by one they would only take longer. */
function surelyChanged(before: Exchange, after: Exchange | undefined): boolean {
  if (!after) return false;
  const was = shownStatus(before);
  const is = shownStatus(after);
  const gone = after.lost === undefined && after.response?.status === 404;
  return was !== undefined && (gone || (is !== undefined && is !== was));
}
