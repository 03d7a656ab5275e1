/**
 * The suites as vitest tests: a clause is a `describe`, a case is a test. The runner runs all of them at once from
 * the first file on; a test only waits for its record. This is the one place that knows vitest from inside.
 */
import { afterAll, describe, inject, test } from 'vitest';
import { holdTo } from '../judge/documented.ts';
import type { CheckRecord } from '../model/verdict.ts';
import { type Check, showBlocksTo } from './clause.ts';
import { contract } from './contract.ts';
import type { RunPlan } from './plan.ts';
import { planFromEnvironment } from './plan-from-environment.ts';
import type { Runner } from './runner.ts';
import { conduct } from './start-run.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where vitest was started by itself. */
    plan: RunPlan | undefined;
  }
  interface TaskMeta {
    check?: CheckRecord;
  }
}

let presenting: Promise<void> | undefined;

/** Shows the suites to vitest, and starts their checks. Called for each file; it does its work once. */
export async function present(): Promise<void> {
  presenting ??= start();
  await presenting;
}

async function start(): Promise<void> {
  const given = inject('plan');
  holdTo(given?.contract);
  const held = await contract();
  const { book, register } = held;
  const plan: RunPlan = given ?? (await planFromEnvironment([...book.keys()]));
  const { runner, done } = conduct(plan, held);
  showBlocksTo((id) => {
    if (!book.has(id)) return;
    describe(`${id}: ${register.byId.get(id)?.statement ?? ''}`, () => {
      for (const check of book.get(id) ?? []) presentCheck(check, runner);
      afterAll(() => done);
    });
  });
}

function presentCheck(check: Check, runner: Runner): void {
  const record = runner.recordOf(check);
  if (!record) return;
  test.concurrent(check.name, { timeout: 0 }, async ({ task, skip, signal }) => {
    signal.addEventListener('abort', () => runner.cutShort('interrupted', 'interrupted'), { once: true });
    const found = await record;
    task.meta.check = found;
    if (found.verdict === 'fail') throw new Failure(found.reason);
    if (found.verdict === 'skip') skip(found.reason);
    if (found.verdict === 'inconclusive') skip(`inconclusive: ${found.reason}`);
  });
}

/** A finding, not an accident: the reason is all, a stack would only hide it. */
class Failure extends Error {
  override readonly name = 'Finding';
  override readonly stack = '';
}
