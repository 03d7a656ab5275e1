/** The report for a terminal: the verdict first and last, between them the proof of each failure and what is not proven. */
import type { Report } from '../harness/model/report.ts';
import type { Verdict } from '../harness/model/verdict.ts';
import { printable } from './escape.ts';
import { counted, excuse, insecurity, verdictOrder as order, tally, toBeDeleted } from './sentences.ts';
import { brokenClause, failures, warnings } from './terminal/broken.ts';
import {
  checksOf,
  clauseNames,
  columns,
  duration,
  hanging,
  listed,
  names,
  oneLine,
  type Page,
  type Placed,
  pageOf,
  titled,
} from './terminal/layout.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** In characters; below 40 it is taken for 40. cURL lines and links are never broken. */
  readonly width: number;
  /** The reports that were written, as paths. */
  readonly files?: readonly string[];
  /** Since when each broken clause is broken, in a few words by its id, where earlier runs are remembered. */
  readonly since?: ReadonlyMap<string, string>;
  /** How long of the run nothing was done but wait, if that is known. */
  readonly waitedMs?: number;
}

/** @returns the whole report; no line of it holds a character that a target could do harm with */
export function terminal(
  report: Report,
  { colour, width, files = [], since = new Map(), waitedMs }: TerminalOptions,
): string {
  const page = pageOf(report, { colour, width, since });
  return [
    ...banner(page),
    ...suiteTable(page),
    ...failures(page),
    ...outdatedExpectations(page),
    ...expectedFailures(page),
    ...warnings(page),
    ...doubts(page),
    ...skips(page),
    ...observations(page),
    '',
    ...time(page, waitedMs),
    ...losses(page),
    ...(files.length > 0 ? hanging('Reports    ', printable(files.join(', '), 1000), page.width) : []),
    ...verdictLines(page),
    '',
  ].join('\n');
}

/** What was lost on the way, where something was: which checks it cost another try, their records say. */
function losses({ report: { exchanges, clauses }, width, evidence }: Page): string[] {
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
  return hanging('Network    ', `${lost} of ${exchanges.length} answers were lost${tries}${rate}`, width);
}

/** Below this, standing still disturbs no verdict. */
const telling = 500;

function time({ report: { run }, width }: Page, waitedMs: number | undefined): string[] {
  const waited = waitedMs === undefined ? '' : `, ${duration(waitedMs)} of it waiting`;
  const stall =
    run.stallMs < telling ? '' : `; the harness itself stood still for up to ${duration(run.stallMs)}`;
  return hanging(
    'Took       ',
    `${duration(run.durationMs)}${waited}${stall}; profile ${run.profile}, seed ${run.seed}`,
    width,
  );
}

export function banner(page: Page): string[] {
  const { report, width } = page;
  const { target, run } = report;
  const broken = report.clauses.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  const server = target.server === null ? '' : `, server ${oneLine(target.server, 60)}`;
  const unseen = insecurity(report);
  const capabilities = target.capabilities.length > 0 ? ` (${target.capabilities.join(', ')})` : '';
  return [
    ...verdictLines(page),
    ...(broken.length > 0 ? [`Broken     ${listed(broken, width - label)}`] : []),
    ...(run.cutShort === null ? [] : hanging('Cut short  ', run.cutShort, width)),
    ...hanging('Target     ', `${oneLine(target.name, 60)}, ${target.url}${server}`, width),
    ...(unseen === undefined ? [] : hanging('Insecure   ', unseen, width)),
    ...hanging('Tasks by   ', target.provisioner + capabilities, width),
  ];
}

const label = 'Target     '.length;

/** At the end once more, for that is where a terminal's window stands. */
export function verdictLines({ report, paint, width }: Page): string[] {
  const badge = ` ${report.verdict.toUpperCase()} `;
  const [first = '', ...rest] = hanging(`${badge} `, tally(report), width);
  return [paint(report.verdict, badge) + first.slice(badge.length), ...rest];
}

type Counts = Record<Verdict, number>;

const none = (): Counts => ({ pass: 0, fail: 0, warn: 0, inconclusive: 0, skip: 0, observed: 0 });

export function suiteTable({ report, paint }: Page): string[] {
  const suites = new Map<string, Counts>();
  const all = none();
  for (const { checks } of report.clauses) {
    for (const { suite, verdict } of checks) {
      const counts = suites.get(suite) ?? none();
      counts[verdict]++;
      all[verdict]++;
      suites.set(suite, counts);
    }
  }
  const row = (name: string, counts: Counts) => [
    name,
    ...order.map((verdict) => String(counts[verdict] || '·')),
  ];
  const rows = columns([
    ['checks', ...order],
    ...[...suites].map(([suite, counts]) => row(suite, counts)),
    ...(suites.size === 1 ? [] : [row('all', all)]),
  ]);
  return [
    '',
    ...rows.map((cells, line) => (line === 0 ? paint('quiet', cells.join('')) : coloured(cells, paint))),
  ];
}

function coloured(cells: readonly string[], paint: Page['paint']): string {
  return cells
    .map((cell, column) => {
      const verdict = order[column - 1];
      if (verdict === undefined) return cell;
      return paint(cell.trim() === '·' ? 'quiet' : verdict, cell);
    })
    .join('');
}

export function expectedFailures(page: Page): string[] {
  const { report, width } = page;
  const met = report.expectations?.met ?? [];
  return titled(
    page,
    `Expected: ${counted(met.length, 'failure')}`,
    met.flatMap((entry) => [
      ...hanging(
        '· ',
        printable(`${entry.clause}, ${counted(entry.checks.length, 'check')}: ${entry.fingerprint}`),
        width,
      ),
      ...hanging('  ', excuse(entry), width),
    ]),
  );
}

export function outdatedExpectations(page: Page): string[] {
  const { file = '', outdated = [] } = page.report.expectations ?? {};
  return titled(
    page,
    `No longer true: ${counted(outdated.length, 'expectation')}`,
    outdated.flatMap((entry) => hanging('· ', `${toBeDeleted(file, entry)}.`, page.width)),
  );
}

/** So many entries stand under one title; report.json has them all. */
const shownEntries = 12;

/** One cause, one entry: another clause's failure, a lost answer; what is left stands clause by clause. */
export function doubts(page: Page): string[] {
  const { report, width } = page;
  const doubtful = checksOf(report, 'inconclusive');
  const causes = Map.groupBy(doubtful, cause(page));
  const own = Map.groupBy(causes.get(undefined) ?? [], ({ clause }) => clause.id);
  causes.delete(undefined);
  return titled(page, `Inconclusive: ${counted(doubtful.length, 'check')}`, [
    ...limited(
      [...causes].map(([text, placed]) => [
        ...hanging('· ', `${text}:`, width),
        ...clauseNames(page, placed),
      ]),
    ),
    ...limited([...own.values()].map((placed) => ownDoubt(placed, width))),
  ]);
}

function cause({ report, evidence }: Page): (doubtful: Placed) => string | undefined {
  const verdicts = new Map(report.clauses.map(({ id, verdict }) => [id, verdict]));
  return ({ check }) => {
    if (check.because !== undefined) {
      return `because of ${check.because} (${verdicts.get(check.because) ?? 'not in this report'})`;
    }
    const { lost } = evidence(check);
    return lost === undefined ? undefined : printable(lost);
  };
}

function ownDoubt([first, ...others]: readonly Placed[], width: number): string[] {
  if (!first) return [];
  const { clause, check } = first;
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'other check')} of it)`;
  return hanging('· ', `${clause.id}, ${check.name}: ${check.reason}${more}`, width);
}

/** What was missing, and what it would have shown. */
export function skips(page: Page): string[] {
  const { report, width } = page;
  const skipped = checksOf(report, 'skip');
  const untouched = report.clauses.filter(({ checks }) => checks.length === 0).map(({ id }) => id);
  const parts = [
    ...(skipped.length > 0 ? [counted(skipped.length, 'check')] : []),
    ...(untouched.length > 0 ? [counted(untouched.length, 'whole clause')] : []),
  ];
  return titled(page, `Skipped: ${parts.join(' and ')}`, [
    ...limited(
      [...Map.groupBy(skipped, ({ check }) => check.reason)].map(([reason, placed]) => [
        ...hanging('· ', `${reason}:`, width),
        ...clauseNames(page, placed),
      ]),
    ),
    ...(untouched.length > 0 ? ['· no check of it was run:', ...names(width, untouched)] : []),
  ]);
}

/** A line each: what was seen counts neither for nor against. */
export function observations(page: Page): string[] {
  const observed = checksOf(page.report, 'observed');
  const lines = observed.map(({ clause, check }) => [
    oneLine(`· ${clause.id}, ${check.name}: ${check.seen ?? check.reason}`, page.width),
  ]);
  return titled(page, `Observed: ${counted(observed.length, 'check')}`, limited(lines, 2 * shownEntries));
}

const limited = (entries: readonly (readonly string[])[], limit = shownEntries): string[] => [
  ...entries.slice(0, limit).flat(),
  ...(entries.length > limit ? [`  and ${entries.length - limit} more: see report.json`] : []),
];

const clauseWidth = 110;

/** A clause that failed or is warned of, as the terminal shows it: its ground, and the proof that it is broken. */
export function clauseText(report: Report, id: string, verdict: 'fail' | 'warn'): string {
  const page = pageOf(report, { colour: false, width: clauseWidth });
  const clause = page.report.clauses.find((one) => one.id === id);
  return clause ? brokenClause(page, clause, verdict).join('\n') : '';
}

/** The expectations that are to be deleted; '' where there is none. */
export const outdatedText = (report: Report): string =>
  outdatedExpectations(pageOf(report, { colour: false, width: clauseWidth }))
    .join('\n')
    .trim();
