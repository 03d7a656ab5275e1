/** Reads verdict and counts back from each form of a report, by that form's own rules and nothing of ours. */
import { XMLParser } from 'fast-xml-parser';
import type { Root, Table } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { FormatId } from '../../../reports/format-ids.ts';
import { verdictOrder } from '../../../reports/verdict-order.ts';
import type { Report } from '../../model/report.ts';
import type { Verdict } from '../../model/verdict.ts';
import { commandsIn } from './workflow-commands.ts';

type Counts = Readonly<Record<Verdict, number>>;

/** What a form may tell; each tells the verdict, where it tells of any clause, and something of the rest. */
export interface Facts {
  readonly verdict?: string | undefined;
  readonly must?: { readonly broken?: number; readonly proven?: number; readonly total?: number };
  /** Clauses by verdict. */
  readonly clauses?: Counts;
  /** Checks by verdict. */
  readonly checks?: Counts;
  readonly exchanges?: number;
  readonly annotated?: { readonly errors: number; readonly warnings: number };
}

export const countsOf = (judged: readonly { readonly verdict: Verdict }[]): Counts => ({
  pass: 0,
  fail: 0,
  warn: 0,
  inconclusive: 0,
  skip: 0,
  observed: 0,
  ...Object.fromEntries(
    [...Map.groupBy(judged, ({ verdict }) => verdict)].map(([verdict, all]) => [verdict, all.length]),
  ),
});

/** Counted anew from the clauses: the summary is not believed. */
export function factsOf(report: Report): Required<Facts> {
  const { verdict, clauses, exchanges, run, repeats } = report;
  const must = clauses.filter(({ level }) => level === 'must');
  const all = countsOf(clauses);
  const unstable = (repeats?.clauses ?? []).filter(({ id }) => repeats?.unstable.includes(id));
  const failedOnce = unstable.filter(({ verdicts }) => (verdicts.fail ?? 0) > 0).length;
  const strict = run.settings.strict === true;
  return {
    verdict,
    must: { broken: countsOf(must).fail, proven: countsOf(must).pass, total: must.length },
    clauses: all,
    checks: countsOf(clauses.flatMap(({ checks }) => checks)),
    exchanges: exchanges.length,
    annotated: {
      errors: all.fail + (strict ? all.warn : 0) + failedOnce,
      warnings: (strict ? 0 : all.warn) + unstable.length - failedOnce,
    },
  };
}

export const readBack: Readonly<Record<FormatId, (text: string) => Facts>> = {
  json: (text) => factsOf(JSON.parse(text)),
  junit(text) {
    const suites = junitSuites(text);
    const cases = suites.flatMap((suite) => (suite['@name'] === 'repeats' ? [] : suite.testcase));
    const headline = suites[0]?.properties.property.find((each) => each['@name'] === 'verdict');
    return {
      ...(headline ? inHeadline(headline['@value']) : {}),
      checks: countsOf(cases.map((each) => ({ verdict: junitVerdict(each) }))),
    };
  },
  terminal(text) {
    const lines = text.split('\n');
    const [, badge = '', rest = ''] = lines[0]?.match(/^ ([A-Z-]+) {2}(.*)/) ?? [];
    const table = lines.slice(lines.findIndex((line) => line.startsWith('checks ')) + 1);
    const rows = table.slice(0, table.indexOf(''));
    const total = rows.findLast((row) => row.startsWith('all ')) ?? rows[0];
    const numbers =
      total
        ?.match(/(?: +(?:\d+|·)){6}$/)?.[0]
        .trim()
        .split(/ +/) ?? [];
    return { ...inHeadline(`${badge.toLowerCase()}: ${rest}`), checks: countsFrom(numbers) };
  },
  html(text) {
    const [, verdict = '', rest = ''] = text.match(/<h1>(.*?)<\/h1>\s*<p class="tally">(.*?)<\/p>/) ?? [];
    const clauses = [...text.matchAll(/<section class="clause [^>]*data-verdict="([a-z]+)"/g)];
    return {
      ...inHeadline(`${verdict}: ${rest}`),
      clauses: countsOf(
        verdictOrder.flatMap((one) => clauses.filter(([, of]) => of === one).map(() => ({ verdict: one }))),
      ),
    };
  },
  markdown(text) {
    const page: Root = unified().use(remarkParse).use(remarkGfm).parse(text);
    const table = page.children.find((node): node is Table => node.type === 'table');
    const row = (name: string): Counts => {
      const cells = table?.children.map(({ children }) => children.map((cell) => textOf(cell)));
      return countsFrom(cells?.find(([first]) => first === name)?.slice(1) ?? []);
    };
    const must = row('must');
    const told = inHeadline(textOf(page.children[0]).replace(/^\S+ /, ''));
    return {
      ...told,
      must: { ...told.must, broken: must.fail, proven: must.pass },
      clauses: row('all clauses'),
      checks: row('checks'),
    };
  },
  github(text) {
    const commands = commandsIn(text);
    const of = (level: string): number =>
      commands
        .filter(({ name }) => name === level)
        .reduce((sum, { data }) => sum + Number(data.match(/^and (\d+) more clause/)?.[1] ?? 1), 0);
    return {
      ...inHeadline(commands.find(({ name }) => name === 'notice')?.data),
      annotated: { errors: of('error'), warnings: of('warning') },
    };
  },
  har(text) {
    const { log } = JSON.parse(text);
    const { fail, pass, warn, skip, inconclusive, observed } = log._report.summary;
    return {
      ...inHeadline(log.comment),
      clauses: { pass, fail, warn, skip, inconclusive, observed },
      exchanges: log.entries.length,
    };
  },
  badge: (text) => inBadge(text.match(/<title>crdb_tasks contract: (.*?)<\/title>/)?.[1]),
  shields: (text) => inBadge(JSON.parse(text).message),
};

interface JunitCase {
  readonly failure?: unknown;
  readonly error?: unknown;
  readonly skipped?: { readonly '@message': string };
  readonly 'system-out'?: string;
}
interface JunitSuite {
  readonly '@name': string;
  readonly testcase: readonly JunitCase[];
  readonly properties: {
    readonly property: readonly { readonly '@name': string; readonly '@value': string }[];
  };
}

function junitSuites(text: string): readonly JunitSuite[] {
  const many = ['testsuite', 'testcase', 'property'];
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    isArray: (name) => many.includes(name),
  });
  return parser.parse(text).testsuites.testsuite ?? [];
}

function junitVerdict({ failure, error, skipped, 'system-out': said = '' }: JunitCase): Verdict {
  if (failure !== undefined) return 'fail';
  if (error !== undefined || skipped?.['@message'].startsWith('inconclusive: ')) return 'inconclusive';
  if (skipped) return 'skip';
  if (said.startsWith('warning: ')) return 'warn';
  return said.startsWith('observed: ') ? 'observed' : 'pass';
}

/** From the six cells of a table's row; a point is none. */
const countsFrom = (cells: readonly string[]): Counts => ({
  ...countsOf([]),
  ...Object.fromEntries(
    verdictOrder.map((verdict, column) => [verdict, Number(cells[column]?.replace('·', '0') ?? 0)]),
  ),
});

/** The sentences of a headline, each with the numbers that it holds. */
function inHeadline(line: string | undefined): Pick<Facts, 'verdict' | 'must'> {
  const [, verdict, rest = ''] = line?.match(/^([a-z-]+): (.*)/s) ?? [];
  const broken = rest.match(
    /^(?<broken>\d+) of (?<total>\d+) (?:selected )?must clauses? broken, (?<proven>\d+) proven/,
  );
  const some = rest.match(/^(?<proven>\d+) of (?<total>\d+) (?:selected )?must clauses? proven/);
  const all =
    rest.match(/^all (?<total>\d+) (?:selected )?must clauses proven/) ?? rest.match(/^the (?<total>one) /);
  const { broken: b = '0', proven, total = '0' } = (broken ?? some ?? all)?.groups ?? {};
  const of = total === 'one' ? 1 : Number(total);
  return { verdict, must: { broken: Number(b), proven: Number(proven ?? of), total: of } };
}

function inBadge(message: string | undefined): Pick<Facts, 'verdict' | 'must'> {
  const [, verdict, count, total, broken] = message?.match(/^([a-z-]+): (\d+) of (\d+)( broken)?/) ?? [];
  return {
    verdict,
    must: {
      total: Number(total),
      ...(broken ? { broken: Number(count) } : { broken: 0, proven: Number(count) }),
    },
  };
}
