/**
 * Threads that conduct runs, many in each: a run is mostly waiting. What breaks a thread breaks only the runs in it, and
 * the next run gets a fresh one.
 */
import { Worker } from 'node:worker_threads';
import { announceInterrupt } from './interruption.ts';
import type { RunPlan } from './plan.ts';

export type JournalledPlan = RunPlan & { readonly journal: string };

/** What a thread says of a run that is over: what broke in the harness itself, one line each. */
export interface RunOver {
  readonly tag: string;
  readonly accidents: readonly string[];
}

export interface WorkerPool extends AsyncDisposable {
  /**
   * Conducts a run; what it tells goes to its journal, also when it is interrupted.
   * @returns what broke in the harness itself, one line each; empty where nothing did
   */
  conduct(plan: JournalledPlan, interrupt: AbortSignal): Promise<readonly string[]>;
}

/** Node runs TypeScript in a checkout and JavaScript in the package. */
const conducting = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Room for several runs at their limits of what is read. Without it a heap grows as large as the machine lets it. */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 24 };

/**
 * @param threads as many as may work at the same time
 * @param script what each of them runs
 */
export function workerPool(threads: number, script = conducting): WorkerPool {
  const pool = Array.from({ length: threads }, () => thread(script));
  const leastBusy = () => pool.reduce((best, one) => (one.runs() < best.runs() ? one : best));
  return {
    async conduct(plan, interrupt) {
      const announced = announceInterrupt(plan.tag, interrupt);
      try {
        return await leastBusy().conduct(plan);
      } finally {
        announced.close();
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pool.map((one) => one.end()));
    },
  };
}

function thread(script: URL) {
  const pending = new Map<string, PromiseWithResolvers<readonly string[]>>();
  let worker: Worker | undefined;
  const begun = (): Worker => {
    const started = new Worker(script, { resourceLimits });
    started.on('message', ({ tag, accidents }: RunOver) => {
      pending.get(tag)?.resolve(accidents);
      pending.delete(tag);
    });
    started.on('error', (error) => lose(started, String(error)));
    started.on('exit', () => lose(started, 'it ended by itself'));
    return started;
  };
  const lose = (which: Worker, why: string): void => {
    if (worker !== which) return;
    worker = undefined;
    for (const { resolve } of pending.values()) resolve([`the thread of this run broke: ${why}`]);
    pending.clear();
  };
  return {
    runs: () => pending.size,
    conduct(plan: JournalledPlan): Promise<readonly string[]> {
      worker ??= begun();
      const over = Promise.withResolvers<readonly string[]>();
      pending.set(plan.tag, over);
      worker.postMessage(plan);
      return over.promise;
    },
    async end(): Promise<void> {
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}
