/**
 * Every clause of the contract as a vitest test. The first test that starts starts the one run behind all of them; the
 * others wait for it.
 */
import { describe, type TestContext, test } from 'vitest';
import { loadContract } from '../run/contract.ts';
import { selectedClauses } from '../run/plan.ts';
import { type ConformanceOptions, type Conformed, conform } from './conform.ts';
import { accidentsOf, outcomeOf, troubleOf } from './outcome.ts';

export type { Phase } from '../model/task.ts';
export type { MadeTask, NewTask, OwnProvisioner } from '../provision/provisioner.ts';
export type { ConformanceOptions, TargetAddress } from './conform.ts';

export interface DescribeOptions extends Omit<ConformanceOptions, 'signal'> {
  /** The name of the `describe` around the tests. */
  readonly name?: string;
  /** The test of a `must` clause that is not proven fails instead of being skipped. */
  readonly requireComplete?: boolean;
}

const own = ['name', 'requireComplete'] satisfies (keyof DescribeOptions)[];

/**
 * Declares a test for each clause: it fails with the proof, is skipped with the reason, or passes. Call it in a test file,
 * outside any test. Where vitest's own filter (`-t`) leaves only some of them, only these clauses are run, with the
 * controls that they need.
 */
export function describeConformance(options: DescribeOptions): void {
  const { name = 'crdb_tasks conformance', requireComplete = false, ...asked } = options;
  const gate = { requireComplete, strict: asked.strict ?? false };
  describe(name, async () => {
    const { book, register } = await loadContract(options.contract);
    const clauses = selectedClauses(options, book);
    const titles = new Map(clauses.map((id) => [`${id}: ${register.byId.get(id)?.statement ?? ''}`, id]));
    const shared = sharedRun(titles, asked);

    test(runTitle, { timeout: 0 }, async (context) => {
      const trouble = troubleOf(await shared(context), clauses);
      if (trouble !== '') throw new Finding(trouble);
    });
    for (const [title, id] of titles) {
      test(title, { timeout: 0 }, async (context) => {
        const { report } = await shared(context);
        const outcome = outcomeOf(report, id, gate);
        if (outcome.result === 'fail') throw new Finding(outcome.words);
        if (outcome.result === 'skip') context.skip(outcome.words);
        else if (outcome.result === 'pass' && outcome.note !== undefined)
          await context.annotate(outcome.note, 'warning');
      });
    }
  });
}

const runTitle = 'the run is whole, and proves something';

/** The run that all tests share. The first test that needs it starts it, and fails where it can't be started. */
function sharedRun(
  titles: ReadonlyMap<string, string>,
  asked: Omit<ConformanceOptions, 'signal'>,
): (context: TestContext) => Promise<Conformed> {
  let first: { readonly test: string; readonly run: Promise<Conformed> } | undefined;
  const interrupted = new AbortController();
  return async (context) => {
    context.signal.addEventListener('abort', () => interrupted.abort(context.signal.reason));
    first ??= {
      test: context.task.id,
      run: conform({ ...asked, ...filtered(titles, context), signal: interrupted.signal }, { also: own }),
    };
    let conformed: Conformed;
    try {
      conformed = await first.run;
    } catch (error) {
      if (first.test !== context.task.id)
        context.skip('nothing was tested: the first failed test of this file gives the reason');
      if (error instanceof Error && 'remedy' in error) throw new Finding(`${error.message}\n${error.remedy}`);
      throw error;
    }
    // The filter may have left the run's own test out.
    const accidents = first.test === context.task.id ? accidentsOf(conformed) : [];
    if (accidents.length > 0) throw new Finding(accidents.join('\n'));
    return conformed;
  };
}

/** The clauses that vitest was asked for, where these are not all. */
function filtered(
  titles: ReadonlyMap<string, string>,
  { task }: TestContext,
): Pick<ConformanceOptions, 'clause'> {
  const left = (task.suite?.tasks ?? []).filter(({ mode }) => mode !== 'skip' && mode !== 'todo');
  const clause = left.flatMap(({ name }) => titles.get(name) ?? []);
  return clause.length === 0 || clause.length === titles.size ? {} : { clause };
}

/** The message holds everything: a stack would only hide it. */
class Finding extends Error {
  override readonly name = 'Finding';
  override readonly stack = '';
}
