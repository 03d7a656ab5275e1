/** One thread of a pool: conducts the runs that it is handed, beside each other and without vitest. */
import { parentPort } from 'node:worker_threads';
import { holdTo } from '../judge/documented.ts';
import { contract } from './contract.ts';
import { conduct } from './start-run.ts';
import type { JournalledPlan, RunOver } from './worker-pool.ts';

async function conducted(plan: JournalledPlan): Promise<readonly string[]> {
  try {
    holdTo(plan.contract);
    await conduct(plan, await contract()).done;
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

parentPort?.on('message', async (plan: JournalledPlan) => {
  const over: RunOver = { tag: plan.tag, accidents: await conducted(plan) };
  parentPort?.postMessage(over);
});
