/** Runs vitest on the suites, by its Node API. What a run tells stands in its journal. */
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import type { RunEvent } from '../model/events.ts';
import { codeRoot, pathOf } from '../model/package.ts';
import { announceInterrupt } from './interruption.ts';
import { journalReader } from './journal.ts';
import type { RunPlan } from './plan.ts';
import { suiteOptions } from './vitest-options.ts';

export interface RunHooks {
  /** Is given the events that have come since the last call, a few times a second. */
  readonly onEvents: (events: readonly RunEvent[]) => void;
  /** Ends the run early: reports are still made of what was done. */
  readonly interrupt: AbortSignal;
}

const progressEveryMs = 100;

/**
 * Runs them; what they tell goes to the journal, also when the run is interrupted.
 * @param files the suite files that hold the selection
 * @returns what broke in the harness itself, one line each; empty where nothing did
 */
export async function runSuites(
  plan: RunPlan & { readonly journal: string },
  files: readonly URL[],
  { onEvents, interrupt }: RunHooks,
): Promise<readonly string[]> {
  const journal = journalReader(plan.journal);
  const readOn = (): void => {
    const come = journal.read();
    if (come.length > 0) onEvents(come);
  };
  const progress = setInterval(readOn, progressEveryMs);
  // Not by vitest's own cancel: it loses one that comes before its run, and with it the checks' last words.
  const announced = announceInterrupt(plan.tag, interrupt);
  try {
    const accidents = await runVitest(plan, files);
    readOn();
    return accidents;
  } finally {
    announced.close();
    clearInterval(progress);
    journal.close();
  }
}

async function runVitest(plan: RunPlan, files: readonly URL[]): Promise<readonly string[]> {
  const { startVitest } = await import('vitest/node'); // loaded late: what is said before a run is said a fifth sooner
  // MiB, for the worker that is started next: bodies are read and dropped, and a bigger nursery is kept full of them.
  setFlagsFromString('--max-semi-space-size=4');
  const endings = ['SIGINT', 'SIGTERM'] as const;
  const ours = new Set(endings.flatMap((signal) => process.listeners(signal)));
  const vitest = await startVitest(
    files.map(pathOf),
    {
      root: pathOf(codeRoot),
      config: false,
      run: true,
      watch: false,
      include: files.map(pathOf),
      ...suiteOptions,
      provide: { plan },
      reporters: [
        {
          onInit() {
            // Vitest would end the process at Ctrl-C, before tasks are given back and reports written.
            for (const signal of endings) {
              for (const listener of process.listeners(signal))
                if (!ours.has(listener)) process.off(signal, listener);
            }
          },
        },
      ],
    },
    { logLevel: 'silent' },
  );
  const modules = vitest.state.getTestModules();
  const accidents = [
    ...modules.flatMap((module) => module.errors().map(({ message }) => message)),
    ...vitest.state
      .getUnhandledErrors()
      .map((error) => (error instanceof Error ? error.message : inspect(error))), // over threads it has no prototype
  ];
  await vitest.close();
  process.exitCode = 0; // vitest sets it for failing tests; the verdict is ours to give
  return accidents;
}
