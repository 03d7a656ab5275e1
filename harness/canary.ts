/** Some tasks go first: if cancelling or ageing one task touches its neighbour, the rest of the run goes one by one. */
import type { Provisioner, Task } from './provisioner.ts';
import { cancel, read } from './requests.ts';
import type { Scene } from './scene.ts';
import { shownStatus } from './shown.ts';

/** Whether what is done to one task shows in another one. Only tried where tasks are made for the purpose. */
export async function disturbsNeighbours(scene: Scene, { moves, ages }: Provisioner): Promise<boolean> {
  if (!moves) return false;
  // One after the other: what the first does must not spoil the second.
  return (await byCancel(scene)) || (ages !== undefined && (await byAgeing(scene)));
}

/** It also gives the run its first measure of how slowly a cancel shows. */
async function byCancel(scene: Scene): Promise<boolean> {
  const [cancelled, ...neighbours] = await Promise.all([
    scene.provision('running'),
    scene.provision('running'),
    scene.provision('finished'),
  ]);
  return touches(scene, neighbours, async () => {
    await scene.effect(await scene.send(cancel(cancelled)), cancelled);
  });
}

async function byAgeing(scene: Scene): Promise<boolean> {
  const [aged, neighbour] = await Promise.all([scene.provision('finished'), scene.provision('finished')]);
  return touches(scene, [neighbour], async () => {
    await scene.elapse(aged, 100_000);
  });
}

/** Whether a neighbour was seen to change. One that can't be read says nothing: the checks themselves will. */
async function touches(
  scene: Scene,
  neighbours: readonly Task[],
  act: () => Promise<void>,
): Promise<boolean> {
  const seen = () => Promise.all(neighbours.map(async (task) => shownStatus(await scene.send(read(task)))));
  const before = await seen();
  await act();
  const after = await seen();
  return before.some((status, index) => status !== undefined && status !== after[index]);
}
