/** One try of a check: what it or an error of it comes to. Then its tasks are removed, also those that could not be at first. */

import { attributedStatus } from '../judge/shown.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Recorder } from '../model/report.ts';
import { type Finding, finding, worst } from '../model/verdict.ts';
import { inWords } from '../provision/guard.ts';
import { CheckContext } from './check-context.ts';
import { type Check, titleOf } from './clause.ts';
import { type RunPowers, whyOutOfReach } from './powers.ts';
import type { RunContext } from './run-context.ts';
import { CutShort } from './time-budget.ts';
import { type CheckOutcome, pausesMs, withLosses } from './tries.ts';

/** Removes the tasks of checks, and keeps those that could not be removed for another try. */
export class Removals {
  /** Contexts that may have left tasks behind. */
  readonly #left: CheckContext[] = [];

  /** Removes the tasks of a check that is over. */
  async dismiss(context: CheckContext): Promise<void> {
    if (!(await context.dismiss())) this.#left.push(context);
  }

  /** Tries again, with pauses, to remove what is left; after the last pause it gives up. */
  async again({ environment, cutShort }: Pick<RunContext, 'environment' | 'cutShort'>): Promise<void> {
    for (const pauseMs of [0, ...pausesMs]) {
      if (this.#left.length === 0 || (pauseMs > 0 && cutShort.aborted)) return;
      await environment.wait(pauseMs, cutShort);
      const contexts = this.#left.splice(0);
      const tidy = await Promise.all(contexts.map((context) => context.dismiss()));
      this.#left.push(...contexts.filter((_, index) => !tidy[index]));
    }
    this.#left.length = 0; // given up
  }
}

export interface Trying {
  readonly runContext: RunContext;
  readonly reach: RunPowers;
  readonly record: Recorder;
  readonly removals: Removals;
  /** Called with the error where the program itself failed. */
  readonly onFault: (why: string) => void;
}

/** @param serial how many tries of the check there are with this one */
export async function tryCheck(
  check: Check,
  serial: number,
  { runContext, reach, record, removals, onFault }: Trying,
): Promise<CheckOutcome> {
  const { clause, name } = check;
  const why = whyOutOfReach(check, reach);
  if (why !== undefined) return { verdict: 'skip', findings: [finding('skip', why, [])], sent: [] };
  record({ type: 'begun', clause, name });
  const context = new CheckContext(
    runContext,
    serial === 1 ? titleOf(check) : `${titleOf(check)}, try ${serial}`,
    (waitMs, reason) => record({ type: 'waiting', clause, name, waitMs, why: reason }),
  );
  const found = (await find(check, context, onFault)).map((one) =>
    attributedStatus(one, runContext.validators),
  );
  const findings = withLosses(found, context.sent);
  await removals.dismiss(context);
  return { verdict: worst(findings.map(({ verdict }) => verdict)), findings, sent: context.sent };
}

async function find(
  check: Check,
  context: CheckContext,
  onFault: Trying['onFault'],
): Promise<readonly Finding[]> {
  try {
    return await check.run(context);
  } catch (error) {
    const seen = context.sent.map(({ exchange }) => exchange);
    const found = findingOf(error, seen);
    if (found) return [found];
    onFault(`the check ${check.clause} (${check.name}) failed: ${inWords(error)}`);
    return [finding('inconclusive', 'the program itself failed in this check', seen)];
  }
}

/** What an error comes to that a check may end with; undefined for a fault of the program. */
function findingOf(error: unknown, seen: readonly Exchange[]): Finding | undefined {
  if (error instanceof Unreachable) return finding('skip', error.message, seen);
  if (error instanceof LostRace) {
    const details = error.byChance ? { byChance: true as const } : {};
    return finding('inconclusive', error.message, seen, details);
  }
  return error instanceof CutShort ? finding('inconclusive', error.message, seen, error.details) : undefined;
}
