/** The report for a build server: JUnit XML as Jenkins reads it. A test suite is a suite file, a test case a check. */
import Builder from 'fast-xml-builder';
import type { Exchange } from '../harness/model/exchange.ts';
import type { CheckResult, ClauseResult, MetExpectation, Report } from '../harness/model/report.ts';
import { printable, printableReport } from './text/escape.ts';
import { type Evidence, evidenceOf, repeatLines } from './text/evidence.ts';
import {
  cutShortSentence,
  groundOf,
  headline,
  knownIn,
  knownSentence,
  outdatedSentence,
  reasonOf,
  titles,
} from './text/sentences.ts';

export interface JunitOptions {
  /** What is inconclusive is then an error, and not only skipped. */
  readonly requireComplete: boolean;
}

/** An element for the builder: attributes begin with `@`, its text is `#`. */
interface Element {
  readonly [name: string]: string | number | Element | readonly Element[];
}

const shownLines = 12;

type CaseOutcome = 'passed' | 'failure' | 'error' | 'skipped';

interface TestCase {
  readonly suite: string;
  readonly clause: string;
  readonly name: string;
  readonly outcome: CaseOutcome;
  readonly content: Element;
  /** Ids of the exchanges, which give its time. */
  readonly exchanges: readonly string[];
}

/** @returns an XML 1.0 document; what a target had a say in holds no character that XML forbids */
export function junit(report: Report, options: JunitOptions): string {
  const { target, run, clauses } = printableReport(report, 2000);
  const evidence = evidenceOf(report);
  const known = knownIn(report);
  const cases = [
    ...clauses.flatMap((clause) =>
      clause.checks.map((check): TestCase => {
        const { suite, name, exchanges } = check;
        const result = resultOf(clause, check, evidence(check), known(clause.id, name), options);
        return { suite, clause: clause.id, name, exchanges, ...result };
      }),
    ),
    ...outdatedCases(report),
  ];
  const properties = {
    verdict: headline(report),
    target: target.url,
    provisioner: target.provisioner,
    run: run.id,
    ...(run.cutShort === null ? {} : { 'cut short': run.cutShort }),
  };
  const before = {
    '@timestamp': run.startedAt,
    properties: {
      property: Object.entries(properties).map(([name, value]) => ({ '@name': name, '@value': value })),
    },
  };
  const cut = cutShortSentence({ run });
  const after = cut === undefined ? {} : { 'system-err': cut };
  const spanMs = spans(report.exchanges);
  const suites = [...Map.groupBy(cases, ({ suite }) => suite)].map(([name, all]) => ({
    '@name': name,
    ...counts(all),
    '@skipped': count(all, 'skipped'),
    '@time': seconds(spanMs(all.flatMap(({ exchanges }) => exchanges))),
    ...before,
    testcase: all.map((one) => ({
      '@classname': one.clause,
      '@name': one.name,
      '@time': seconds(spanMs(one.exchanges)),
      ...one.content,
    })),
    ...after,
  }));
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
      ...counts(cases),
      '@time': seconds(run.durationMs),
      testsuite: suites,
    },
  });
}

const count = (cases: readonly TestCase[], wanted: CaseOutcome): number =>
  cases.filter(({ outcome }) => outcome === wanted).length;

const counts = (cases: readonly TestCase[]): Element => ({
  '@tests': cases.length,
  '@failures': count(cases, 'failure'),
  '@errors': count(cases, 'error'),
});

/** Three digits after the point and no comma: schemas differ in what else they allow. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function resultOf(
  clause: ClauseResult,
  check: CheckResult,
  evidence: Evidence,
  known: MetExpectation | undefined,
  { requireComplete }: JunitOptions,
): Pick<TestCase, 'outcome' | 'content'> {
  const { verdict } = check;
  const reason = reasonOf(check);
  const proof = () => proofText(clause, check, evidence);
  switch (verdict) {
    case 'fail':
      return known
        ? holding('skipped', { '@message': `${knownSentence(known)}: ${reason}` })
        : holding('failure', { '@type': clause.level, '@message': reason, '#': proof() });
    case 'skip':
      return holding('skipped', { '@message': reason });
    case 'inconclusive':
      return requireComplete
        ? holding('error', { '@type': verdict, '@message': reason, '#': proof() })
        : holding('skipped', {
            '@message': `inconclusive${check.suspicious ? ', worth a look' : ''}: ${reason}`,
          });
    case 'warn':
      return { outcome: 'passed', content: { 'system-out': `warning: ${reason}\n${proof()}` } };
    case 'observed':
      return { outcome: 'passed', content: { 'system-out': `observed: ${reason}` } };
    case 'pass': // the reason of a check that needed another try says so
      return { outcome: 'passed', content: evidence.lost === undefined ? {} : { 'system-out': reason } };
  }
}

const holding = (
  outcome: Exclude<CaseOutcome, 'passed'>,
  element: Element,
): Pick<TestCase, 'outcome' | 'content'> => ({ outcome, content: { [outcome]: element } });

function proofText(clause: ClauseResult, check: CheckResult, evidence: Evidence): string {
  const { expected, seen, exchanges } = check;
  return [
    `${clause.id} (${clause.level}): ${clause.statement}`,
    groundOf(clause),
    clause.source.url,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(seen === undefined ? [] : [`seen: ${seen}`]),
    ...repeatLines(evidence, shownLines),
    ...(exchanges.length === 0 ? [] : [`evidence: ${exchanges.join(', ')}`]),
  ].join('\n');
}

/** Each known failure to remove is a failed case of its own. */
const outdatedCases = ({ expectations }: Report): readonly TestCase[] =>
  (expectations?.outdated ?? []).map((entry) => ({
    suite: 'known failures',
    clause: entry.clause,
    name: printable(`${titles.outdated}: ${entry.fingerprint}`),
    exchanges: [],
    ...holding('failure', {
      '@type': 'expectation',
      '@message': outdatedSentence(expectations?.file ?? '', entry),
      '#': printable(entry.reason),
    }),
  }));

/** @returns the time from the first request of some exchanges to their last response */
function spans(exchanges: readonly Exchange[]): (ids: readonly string[]) => number {
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
