/** The report for a terminal: the verdict first and last, between them the proof of each failure and what is not proven. */
import type { Report } from '../harness/model/report.ts';
import { brokenClause, failures, warnings } from './terminal-broken.ts';
import { printable } from './text/escape.ts';
import {
  clauseNames,
  columns,
  hanging,
  listed,
  oneLine,
  pageOf,
  type TerminalPage,
  titled,
  wrapped,
} from './text/layout.ts';
import {
  counted,
  duration,
  exploredSentence,
  knownSentence,
  nextStep,
  notProven,
  verdictOrder as order,
  outdatedSentences,
  reasonOf,
  remarksOn,
  tally,
  titles,
} from './text/sentences.ts';
import { trafficText } from './text/traffic.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** In characters; below 40 it is taken for 40. cURL lines and links are never broken. */
  readonly width: number;
  /** The reports that were written, as paths. */
  readonly files?: readonly string[];
  /** Since when each broken clause is broken, in a few words by its id, where earlier runs are remembered. */
  readonly since?: ReadonlyMap<string, string>;
}

/** @returns the whole report; no line of it holds a character that a target could do harm with */
export function terminal(
  report: Report,
  { colour, width, files = [], since = new Map() }: TerminalOptions,
): string {
  const page = pageOf(report, { colour, width, since });
  const next = nextStep(page.report);
  const explored = exploredSentence(page.report.run);
  return [
    ...banner(page),
    ...suiteTable(page),
    ...failures(page),
    ...outdatedEntries(page),
    ...knownFailures(page),
    ...warnings(page),
    ...unproven(page),
    ...observations(page),
    '',
    ...time(page),
    ...(explored === undefined ? [] : hanging('Explored   ', explored, page.width)),
    ...losses(page),
    ...(files.length > 0 ? hanging('Reports    ', printable(files.join(', '), 1000), page.width) : []),
    ...(next === undefined ? [] : wrapped(next, page.width)),
    ...verdictLines(page),
    '',
  ].join('\n');
}

/** So many losses on a mock may come from requests at once: a server may have room for five new connections. */
const manyLost = 10;
const advisedConcurrency = 16;

/** How many responses were lost, and how many checks needed another try. */
function losses({ report: { target, run, exchanges, clauses }, width, evidence }: TerminalPage): string[] {
  const lost = exchanges.filter((exchange) => exchange.lost !== undefined).length;
  if (lost === 0) return [];
  const checks = clauses.flatMap((clause) => clause.checks);
  const again = checks.filter(
    (check) => check.verdict !== 'inconclusive' && evidence(check).lost !== undefined,
  ).length;
  const tries = again === 0 ? '' : `; ${again} ${again === 1 ? 'check' : 'checks'} needed another try`;
  const limited = exchanges.filter(
    ({ lost: why, response }) => why !== undefined && response?.status === 429,
  );
  const rate = limited.length === 0 ? '' : `; ${limited.length} to a rate limit (429): see --max-rps`;
  const { concurrency } = run.settings;
  const isFlooded =
    target.provisioner === 'control' &&
    run.cutShort === null &&
    (concurrency === undefined || Number(concurrency) > advisedConcurrency) &&
    exchanges.filter(({ lost: why = '' }) => /no answer within|ECONNRESET|hang up/.test(why)).length >=
      manyLost;
  const fewer = isFlooded ? `; fewer requests at once may help: --concurrency ${advisedConcurrency}` : '';
  return hanging(
    'Network    ',
    `${lost} of ${exchanges.length} responses were lost${tries}${rate}${fewer}`,
    width,
  );
}

/** Below this, a blocked harness affects no verdict. */
const tellingStallMs = 500;

function time({ report: { run }, width }: TerminalPage): string[] {
  const stall =
    run.stallMs < tellingStallMs ? '' : `; the program itself was blocked for up to ${duration(run.stallMs)}`;
  return hanging(
    'Took       ',
    `${duration(run.durationMs)}${stall}${run.traffic ? '' : `; profile ${run.profile}, seed ${run.seed}`}`,
    width,
  );
}

function banner(page: TerminalPage): string[] {
  const { report, width } = page;
  const { target } = report;
  const broken = report.clauses.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  const server = target.server === null ? '' : `, server ${oneLine(target.server, 60)}`;
  const capabilities = target.capabilities.length > 0 ? ` (${target.capabilities.join(', ')})` : '';
  return [
    ...verdictLines(page),
    ...(broken.length > 0 ? [`Broken     ${listed(broken, width - label)}`] : []),
    ...remarksOn(report).flatMap((remark) => wrapped(remark, width)),
    ...hanging('Target     ', `${oneLine(target.name, 60)}, ${target.url}${server}`, width),
    ...hanging('Tasks by   ', target.provisioner + capabilities, width),
    ...seenTraffic(page),
  ];
}

const label = 'Target     '.length;

/** Of judged traffic: how much there was, what it exercised, what could not be judged, what the docs warn of. */
function seenTraffic({ report, width }: TerminalPage): string[] {
  const traffic = trafficText(report);
  if (!traffic) return [];
  const { exercised, relied, kinds } = traffic;
  const twoLines = 2 * (width - label) - 20;
  const withCounts = (of: 'upheld' | 'broken') =>
    exercised.flatMap(({ id, [of]: count }) => (count > 0 ? [`${id} (${count})`] : []));
  const often = relied.map(([kind, count]) => `${kind} (${count})`);
  const lines: readonly (readonly [lead: string, text: string])[] = [
    ['Traffic    ', traffic.seen],
    ['Clauses    ', traffic.clauses],
    ['  broken   ', listed(withCounts('broken'), twoLines)],
    ['  upheld   ', listed(withCounts('upheld'), twoLines)],
    ['Relies on  ', often.length === 0 ? '' : `${kinds}: ${listed(often, twoLines)}`],
    ...traffic.unused.map((line) => ['Not used   ', line] as const),
    ...traffic.observations.map((line) => ['Observed   ', line] as const),
  ];
  return lines.flatMap(([lead, text]) => (text === '' ? [] : hanging(lead, text, width)));
}

/** Also at the end, where a terminal's window stands. */
function verdictLines({ report, paint, width }: TerminalPage): string[] {
  const badge = ` ${report.verdict.toUpperCase()} `;
  const [first = '', ...rest] = hanging(`${badge} `, tally(report), width);
  return [paint(report.verdict, badge) + first.slice(badge.length), ...rest];
}

function suiteTable({ report, paint }: TerminalPage): string[] {
  const checks = report.clauses.flatMap((clause) => clause.checks);
  const suites = [...Map.groupBy(checks, ({ suite }) => suite)];
  const row = (name: string, among: typeof checks) => [
    name,
    ...order.map((wanted) => String(among.filter(({ verdict }) => verdict === wanted).length || '·')),
  ];
  const rows = columns([
    ['checks', ...order],
    ...suites.map(([suite, among]) => row(suite, among)),
    ...(suites.length === 1 ? [] : [row('all', checks)]),
  ]);
  return [
    '',
    ...rows.map((cells, line) => (line === 0 ? paint('quiet', cells.join('')) : coloured(cells, paint))),
  ];
}

function coloured(cells: readonly string[], paint: TerminalPage['paint']): string {
  return cells
    .map((cell, column) => {
      const verdict = order[column - 1];
      if (verdict === undefined) return cell;
      return paint(cell.trim() === '·' ? 'quiet' : verdict, cell);
    })
    .join('');
}

function knownFailures(page: TerminalPage): string[] {
  const { report, width } = page;
  const met = report.expectations?.met ?? [];
  return titled(
    page,
    `${titles.known}: ${met.length}`,
    met.flatMap((entry) => [
      ...hanging(
        '· ',
        printable(`${entry.clause}, ${counted(entry.checks.length, 'check')}: ${entry.fingerprint}`),
        width,
      ),
      ...hanging('  ', knownSentence(entry), width),
    ]),
  );
}

function outdatedEntries(page: TerminalPage): string[] {
  const all = outdatedSentences(page.report);
  return titled(
    page,
    `${titles.outdated}: ${all.length}`,
    all.flatMap((sentence) => hanging('· ', sentence, page.width)),
  );
}

/** So many entries stand under one title; report.json has them all. */
const shownEntries = 12;

/** What is inconclusive, and what was not tested: one cause, one entry. */
function unproven(page: TerminalPage): string[] {
  const all = notProven(page.report);
  return (['suspicious', 'inconclusive', 'skip'] as const).flatMap((part) => {
    const causes = all.filter((one) => one.part === part);
    const count = (whole: boolean): number =>
      causes.filter((one) => one.whole === whole).reduce((sum, { clauses }) => sum + clauses.length, 0);
    const parts = [
      ...(count(false) > 0 ? [counted(count(false), 'check')] : []),
      ...(count(true) > 0 ? [counted(count(true), 'whole clause')] : []),
    ];
    return titled(
      page,
      `${titles[part]}: ${parts.join(' and ')}`,
      limited(
        causes.map(({ sentence, clauses }) => [
          ...hanging('· ', `${sentence}:`, page.width),
          ...clauseNames(page, clauses),
        ]),
      ),
    );
  });
}

/** A line each: what was seen counts neither for nor against. */
function observations(page: TerminalPage): string[] {
  const lines = page.report.clauses.flatMap((clause) =>
    clause.checks
      .filter(({ verdict }) => verdict === 'observed')
      .map((check) => [oneLine(`· ${clause.id}, ${check.name}: ${reasonOf(check)}`, page.width)]),
  );
  return titled(
    page,
    `${titles.observed}: ${counted(lines.length, 'check')}`,
    limited(lines, 2 * shownEntries),
  );
}

const limited = (entries: readonly (readonly string[])[], limit = shownEntries): string[] => [
  ...entries.slice(0, limit).flat(),
  ...(entries.length > limit ? [`  and ${entries.length - limit} more: see report.json`] : []),
];

const clauseWidth = 110;

/** One broken clause as the terminal shows it: for a test runner that has a test for each clause. */
export function clauseText(report: Report, id: string, verdict: 'fail' | 'warn'): string {
  const page = pageOf(report, { colour: false, width: clauseWidth });
  const clause = page.report.clauses.find((one) => one.id === id);
  return clause ? brokenClause(page, clause, verdict).join('\n') : '';
}

/** The known failures to remove from their file; '' where there is none. */
export const outdatedText = (report: Report): string =>
  outdatedEntries(pageOf(report, { colour: false, width: clauseWidth }))
    .join('\n')
    .trim();
