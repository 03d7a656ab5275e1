/**
 * The vitest that runs the file of a vendor. It is theirs, whichever version: this package has one of its own for `run`,
 * and what that one would be asked to declare, nobody would run.
 */
import { UserError } from '../model/errors.ts';

/** The part of a test's context that is asked for; `annotate` and `signal` have come in vitest 3.2. */
export interface TestContext {
  readonly task: {
    readonly id: string;
    readonly suite?: { readonly tasks: readonly { readonly name: string; readonly mode: string }[] };
  };
  readonly signal?: AbortSignal;
  readonly annotate?: (message: string, type: string) => unknown;
  skip(reason: string): void;
}

/** The part of vitest that is asked for. */
export interface Vitest {
  readonly describe: (name: string, declare: () => void | Promise<void>) => void;
  readonly test: (
    name: string,
    options: { readonly timeout: number },
    run: (context: TestContext) => Promise<void>,
  ) => void;
}

/** @throws {UserError} this is no test file of vitest */
export function vendorVitest(): Vitest {
  // Where vitest keeps itself for the files that it runs, from its versions 0.34 to 5.
  const running: unknown = Reflect.get(globalThis, '__vitest_index__');
  if (isVitest(running)) return running;
  throw new UserError(
    'describeConformance declares tests of vitest, and no vitest runs this file.',
    'Call it in a test file that vitest runs; runConformance works anywhere.',
    2,
  );
}

const isVitest = (value: unknown): value is Vitest =>
  typeof value === 'object' &&
  value !== null &&
  'describe' in value &&
  typeof value.describe === 'function' &&
  'test' in value &&
  typeof value.test === 'function';
