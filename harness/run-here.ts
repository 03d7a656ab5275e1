/** Runs the suites in this process and without vitest: a run is mostly waiting, so many fit beside each other. */
import { readSuites } from './clause.ts';
import { conduct } from './conduct.ts';
import { documented, registered } from './documented.ts';
import { announceInterrupt } from './interruption.ts';
import type { RunPlan } from './plan.ts';
import { suiteFiles } from './suites.ts';

/**
 * What it tells goes to the journal, also when the run is interrupted.
 * @returns what broke in the harness itself, one line each; empty where nothing did
 */
export async function runSuitesHere(
  plan: RunPlan & { readonly journal: string },
  interrupt: AbortSignal,
): Promise<readonly string[]> {
  const book = await readSuites(suiteFiles);
  const announced = announceInterrupt(plan.tag, interrupt);
  try {
    await conduct(plan, { book, register: registered(), validators: documented() }).done;
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    announced.close();
  }
}
