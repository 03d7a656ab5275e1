/**
 * Every clause of the contract as a test of the vendor's own vitest run. The first test that starts starts the one run
 * behind all of them; the others wait for it.
 */
import { holdTo } from '../judge/documented.ts';
import { contract } from '../run/contract.ts';
import { selectedClauses } from '../run/trial.ts';
import { type Conformed, conform } from './conform.ts';
import type { ConformanceOptions } from './options.ts';
import { accidentsOf, outcomeOf, troubleOf } from './outcome.ts';
import { type TestContext, vendorVitest } from './vendor-vitest.ts';

export type { Phase } from '../model/task.ts';
export type { MadeTask, NewTask, OwnProvisioner } from '../provision/provisioner.ts';
export type { ConformanceOptions, TargetAddress } from './options.ts';

export interface DescribeOptions extends Omit<ConformanceOptions, 'signal'> {
  /** What the tests stand under. */
  readonly name?: string;
  /** A `must` clause that is not proven fails its test in the place of being skipped. */
  readonly requireComplete?: boolean;
}

const own = ['name', 'requireComplete'] satisfies (keyof DescribeOptions)[];

/**
 * Declares a test for each clause: it fails with the proof, is skipped with the reason, or passes. Call it in a test file,
 * outside any test. Where vitest's own filter (`-t`) leaves only some of them, only these clauses are run, with the
 * controls that they stand on.
 */
export function describeConformance(options: DescribeOptions): void {
  const { describe, test } = vendorVitest();
  const { name = 'crdb_tasks conformance', requireComplete = false, ...asked } = options;
  const gate = { requireComplete, strict: asked.strict ?? false };
  describe(name, async () => {
    holdTo(options.contract);
    const { book, register } = await contract();
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
          await context.annotate?.(outcome.note, 'warning');
      });
    }
  });
}

const runTitle = 'the run is whole, and proves something';

/** Starts the run for the first test that asks, which then is the one to fail where there can be none. */
function sharedRun(
  titles: ReadonlyMap<string, string>,
  asked: Omit<ConformanceOptions, 'signal'>,
): (context: TestContext) => Promise<Conformed> {
  let first: { readonly test: string; readonly run: Promise<Conformed> } | undefined;
  const interrupted = new AbortController();
  return async (context) => {
    context.signal?.addEventListener('abort', () => interrupted.abort(context.signal?.reason));
    first ??= {
      test: context.task.id,
      run: conform({ ...asked, ...filtered(titles, context), signal: interrupted.signal }, { also: own }),
    };
    let conformed: Conformed;
    try {
      conformed = await first.run;
    } catch (error) {
      if (first.test !== context.task.id) context.skip('nothing was tested: another test here says why');
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

/** What is to be told is all in the message: a stack would only hide it. */
class Finding extends Error {
  override readonly name = 'Finding';
  override readonly stack = '';
}
