/** How a check ends: what an error of it comes to, and its tasks are removed, also those that could not be at first. */
import { LostRace, Unreachable } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import { type Finding, finding } from '../model/verdict.ts';
import type { CheckContext } from './check-context.ts';
import type { RunContext } from './run-context.ts';
import { CutShort } from './time-budget.ts';
import { pausesMs } from './tries.ts';

/** What an error comes to that a check may end with; undefined for a fault of the program. */
export function findingOf(error: unknown, seen: readonly Exchange[]): Finding | undefined {
  if (error instanceof Unreachable) return finding('skip', error.message, seen);
  if (error instanceof LostRace) {
    const details = error.byChance ? { byChance: true as const } : {};
    return finding('inconclusive', error.message, seen, details);
  }
  return error instanceof CutShort ? finding('inconclusive', error.message, seen, error.details) : undefined;
}

export class Tidying {
  /** Contexts that may have left tasks behind. */
  readonly #untidy: CheckContext[] = [];

  /** Removes the tasks of a check that is over. */
  async dismiss(context: CheckContext): Promise<void> {
    if (!(await context.dismiss())) this.#untidy.push(context);
  }

  /** Removes what could not be removed before: nothing may be left, and the last checks look at an empty list. */
  async again({ environment, cutShort }: Pick<RunContext, 'environment' | 'cutShort'>): Promise<void> {
    for (const pauseMs of [0, ...pausesMs]) {
      if (this.#untidy.length === 0 || (pauseMs > 0 && cutShort.aborted)) return;
      await environment.wait(pauseMs, cutShort);
      const contexts = this.#untidy.splice(0);
      const tidy = await Promise.all(contexts.map((context) => context.dismiss()));
      this.#untidy.push(...contexts.filter((_, index) => !tidy[index]));
    }
  }
}
