/** One check as a JUnit test case. */
import type { CheckResult, ClauseResult, MetExpectation } from '../../harness/model/report.ts';
import type { Evidence } from '../evidence.ts';
import { excuse } from '../expected.ts';

/** An element for the builder: attributes begin with `@`, its text is `#`. */
export interface Element {
  readonly [name: string]: string | number | Element | readonly Element[];
}

/** What a test case is counted as. */
export type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

export interface TestCase {
  readonly outcome: Outcome;
  /** What stands in the test case. */
  readonly content: Element;
}

/** A case that is no check. */
export interface ListedCase {
  readonly outcome: Outcome;
  readonly element: Element;
}

export interface JunitOptions {
  /** What is inconclusive is an error then, and not only skipped. */
  readonly requireComplete: boolean;
}

/** @returns the test case without its name and time */
export function testCase(
  clause: ClauseResult,
  check: CheckResult,
  evidence: Evidence,
  { requireComplete, expected }: JunitOptions & { readonly expected?: MetExpectation | undefined },
): TestCase {
  const { verdict, reason } = check;
  const story = () => told(clause, check, evidence);
  switch (verdict) {
    case 'fail':
      if (expected)
        return holding('skipped', { '@message': `expected failure: ${excuse(expected)}: ${reason}` });
      return holding('failure', { '@type': clause.level, '@message': reason, '#': story() });
    case 'skip':
      return holding('skipped', { '@message': reason });
    case 'inconclusive':
      return requireComplete
        ? holding('error', { '@type': verdict, '@message': doubt(check), '#': story() })
        : holding('skipped', { '@message': `inconclusive: ${doubt(check)}` });
    case 'warn':
      return { outcome: 'passed', content: { 'system-out': `warning: ${reason}\n${story()}` } };
    case 'observed':
      return { outcome: 'passed', content: { 'system-out': `observed: ${check.seen ?? reason}` } };
    case 'pass': // a check that had to be tried again says so
      return { outcome: 'passed', content: evidence.lost === undefined ? {} : { 'system-out': reason } };
  }
}

const holding = (outcome: Outcome, element: Element): TestCase => ({
  outcome,
  content: { [outcome]: element },
});

const doubt = ({ because, reason }: CheckResult): string =>
  because === undefined ? reason : `because of ${because}: ${reason}`;

function told(
  clause: ClauseResult,
  { expected, seen, exchanges }: CheckResult,
  { repeats }: Evidence,
): string {
  return [
    `${clause.id} (${clause.level}): ${clause.statement}`,
    `${clause.basis}: ${clause.reason}`,
    clause.source.url,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(seen === undefined ? [] : [`seen: ${seen}`]),
    ...repeats.map(({ line, times }) => (times > 1 ? `${line} # ${times} times` : line)),
    ...(exchanges.length === 0 ? [] : [`evidence: ${exchanges.join(', ')}`]),
  ].join('\n');
}
