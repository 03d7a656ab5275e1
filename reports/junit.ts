/** The report for a build server: JUnit XML as Jenkins reads it. A test suite is a suite file, a test case a check. */
import Builder from 'fast-xml-builder';
import type { Exchange } from '../harness/model/exchange.ts';
import type { MetExpectation } from '../harness/model/expectation.ts';
import type { CheckResult, ClauseResult, Report } from '../harness/model/report.ts';
import { printable, printableData } from './escape.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { excuse, expectedIn, headline, toBeDeleted } from './sentences.ts';

/** @returns an XML 1.0 document; what a target had a say in holds no character that XML forbids */
export function junit(report: Report, options: JunitOptions): string {
  const suites = suitesOf(report, options);
  const total = (outcome?: Outcome): number => suites.reduce((sum, suite) => sum + suite.count(outcome), 0);
  const builder = new Builder({
    attributeNamePrefix: '@',
    textNodeName: '#',
    ignoreAttributes: false,
    suppressBooleanAttributes: false, // a case may be named `true`
    suppressEmptyNode: true,
    format: true,
  });
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': 'crdb-conformance',
      '@tests': total(),
      '@failures': total('failure'),
      '@errors': total('error'),
      '@time': seconds(report.run.durationMs),
      testsuite: suites.map(({ element }) => element),
    },
  });
}

/** Three digits after the point and no comma: schemas differ in what else they allow. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

interface Suite {
  readonly element: Element;
  /** How many of its cases ended so; without an outcome, all. */
  readonly count: (outcome?: Outcome) => number;
}

interface Placed {
  readonly clause: ClauseResult;
  readonly check: CheckResult;
}

/** What the cases of every suite need. */
interface Context {
  readonly evidence: (check: CheckResult) => Evidence;
  readonly spanMs: (exchanges: readonly string[]) => number;
  readonly options: JunitOptions;
  readonly expected: ReturnType<typeof expectedIn>;
}

function suitesOf(report: Report, options: JunitOptions): Suite[] {
  const { target, run, clauses } = printableData(
    { target: report.target, run: report.run, clauses: report.clauses },
    2000,
  );
  const context = {
    evidence: evidenceOf(report),
    spanMs: spans(report.exchanges),
    options,
    expected: expectedIn(report),
  };
  const placed = clauses.flatMap((clause) => clause.checks.map((check) => ({ clause, check })));
  const properties = {
    verdict: headline(report),
    target: target.url,
    provisioner: target.provisioner,
    run: run.id,
    ...(run.cutShort === null ? {} : { 'cut short': run.cutShort }),
  };
  const around = {
    before: {
      '@timestamp': run.startedAt,
      properties: {
        property: Object.entries(properties).map(([name, value]) => ({ '@name': name, '@value': value })),
      },
    },
    after: run.cutShort === null ? {} : { 'system-err': `The run was cut short: ${run.cutShort}` },
  };
  return [
    ...[...Map.groupBy(placed, ({ check }) => check.suite)].map(([name, cases]) =>
      suite(name, cases, around, context),
    ),
    ...listed('expectations', outdatedCases(report), around),
  ];
}

/** What is no check of its own; nothing where there are none. */
function listed(name: string, cases: readonly ListedCase[], { before, after }: Around): Suite[] {
  if (cases.length === 0) return [];
  const count = (outcome?: Outcome): number =>
    outcome === undefined ? cases.length : cases.filter((each) => each.outcome === outcome).length;
  const element = {
    ...counts(name, count),
    '@time': seconds(0),
    ...before,
    testcase: cases.map(({ element }) => element),
    ...after,
  };
  return [{ element, count }];
}

/** What stands before the cases of each suite, and after them. */
interface Around {
  readonly before: Element;
  readonly after: Element;
}

const counts = (name: string, count: Suite['count']): Element => ({
  '@name': name,
  '@tests': count(),
  '@failures': count('failure'),
  '@errors': count('error'),
  '@skipped': count('skipped'),
});

function suite(
  name: string,
  placed: readonly Placed[],
  { before, after }: Around,
  { evidence, spanMs, options, expected }: Context,
): Suite {
  const cases = placed.map(({ clause, check }) => ({
    clause,
    check,
    ...testCase(clause, check, evidence(check), { ...options, expected: expected(clause.id, check.name) }),
  }));
  const count = (outcome?: Outcome): number =>
    outcome === undefined ? cases.length : cases.filter((each) => each.outcome === outcome).length;
  const element = {
    ...counts(name, count),
    '@time': seconds(spanMs(placed.flatMap(({ check }) => check.exchanges))),
    ...before,
    testcase: cases.map(({ clause, check, content }) => ({
      '@classname': clause.id,
      '@name': check.name,
      '@time': seconds(spanMs(check.exchanges)),
      ...content,
    })),
    ...after,
  };
  return { element, count };
}

/** @returns how long it was from the first request of some exchanges to their last answer */
function spans(exchanges: readonly Exchange[]): Context['spanMs'] {
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
  return (ids) => {
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const id of ids) {
      const exchange = byId.get(id);
      if (!exchange) continue;
      from = Math.min(from, exchange.sentAt);
      to = Math.max(to, exchange.receivedAt);
    }
    return Math.max(0, to - from);
  };
}

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

export const outdatedCases = ({ expectations }: Report): readonly ListedCase[] =>
  (expectations?.outdated ?? []).map((entry) => ({
    outcome: 'failure',
    element: {
      '@classname': entry.clause,
      '@name': printable(`expected: ${entry.fingerprint}`),
      '@time': '0.000',
      failure: {
        '@type': 'expectation',
        '@message': toBeDeleted(expectations?.file ?? '', entry),
        '#': printable(entry.reason),
      },
    },
  }));
