/** A pair goes first: if cancelling or ageing one task touches its neighbour, the rest of the run goes one by one. */
import type { Provisioner } from './provisioner.ts';
import { cancel, read } from './requests.ts';
import type { Scene } from './scene.ts';
import { shownStatus } from './shown.ts';

/** Whether what is done to one task shows in another one. Only tried where tasks are made for the purpose. */
export async function disturbsNeighbours(scene: Scene, { moves, ages }: Provisioner): Promise<boolean> {
  if (!moves) return false;
  const disturbed = await Promise.all([byCancel(scene), ages ? byAgeing(scene) : false]);
  return disturbed.includes(true);
}

/** It also gives the run its first measure of how slowly a cancel shows. */
async function byCancel(scene: Scene): Promise<boolean> {
  const [cancelled, neighbour] = await Promise.all([scene.provision('running'), scene.provision('running')]);
  await scene.effect(await scene.send(cancel(cancelled)), cancelled);
  return shownStatus(await scene.send(read(neighbour))) !== 'started';
}

async function byAgeing(scene: Scene): Promise<boolean> {
  const [aged, neighbour] = await Promise.all([scene.provision('finished'), scene.provision('finished')]);
  await scene.elapse(aged, 100_000);
  return shownStatus(await scene.send(read(neighbour))) !== 'finished';
}
