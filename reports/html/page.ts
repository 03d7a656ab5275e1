/** What every part of the page is given, and what it asks of a report: phases, tasks, and which checks are shown whole. */
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult, ClauseResult, Report } from '../../harness/model/report.ts';
import type { Phase } from '../../harness/model/task.ts';
import { printableReport } from '../text/escape.ts';
import { type Evidence, evidenceOf, kindsOf } from '../text/evidence.ts';
import type { Known } from '../text/format-ids.ts';
import { everyExchange } from '../text/sentences.ts';
import { type Recorded, recordedIn, taskIdOf, textLimit } from '../text/story.ts';
import { inOrder } from './parts.ts';

export interface Page extends Recorded {
  readonly report: Report;
  /** Since when a broken clause is broken, in a few words by its id. */
  readonly since: ReadonlyMap<string, string>;
  readonly evidence: (check: CheckResult) => Evidence;
}

export interface Placed {
  readonly clause: ClauseResult;
  readonly check: CheckResult;
}

export const pageOf = (report: Report, { since = new Map() }: Known = {}): Page => ({
  ...recordedIn(report),
  report: printableReport(report, textLimit),
  since,
  evidence: evidenceOf(report),
});

export const placed = (clauses: readonly ClauseResult[]): readonly Placed[] =>
  clauses.flatMap((clause) => clause.checks.map((check) => ({ clause, check })));

/** The suite of its first check; of a clause without a check, the first word of its id. */
export const suiteOf = ({ id, checks }: ClauseResult): string =>
  checks.find(({ suite }) => suite !== everyExchange)?.suite ?? id.split('.')[0] ?? id;

export const bySuite = (clauses: readonly ClauseResult[]): ReadonlyMap<string, readonly ClauseResult[]> =>
  Map.groupBy(clauses, suiteOf);

/** In the order in which a task goes through them. */
export const phases: readonly Phase[] = ['queued', 'running', 'committing', 'finished', 'failed'];
export type Place = Phase | 'none';

/** @returns `none` where the check is about no task, or about one that does not exist */
export function phasesOf(page: Page, check: CheckResult): readonly Place[] {
  const words = check.name.split(/[^a-z]+/);
  const named = phases.filter((phase) => words.includes(phase));
  if (named.length > 0) return named;
  const found = new Set<Place>(page.shown(check).map((exchange) => phaseAt(page, exchange)));
  if (found.size > 1) found.delete('none');
  return found.size === 0 ? ['none'] : [...found];
}

/** The last phase that the task had surely reached when the request was sent. */
function phaseAt(page: Page, exchange: Exchange): Place {
  const id = taskIdOf(exchange);
  const task = id === undefined ? undefined : page.task(id);
  return task?.phases.findLast(({ before }) => before <= exchange.sentAt)?.phase ?? 'none';
}

/** What of a big run is shown whole: the proof of what is broken first, the rest as far as the page stays light. */
export interface Plan {
  /** With its exchanges; the others get one line. */
  readonly isWhole: (check: CheckResult) => boolean;
  /** With a timeline. */
  readonly isDrawn: (check: CheckResult) => boolean;
  /** An exchange that is evidence of several checks is shown under one of them; the others link to it. */
  readonly isHome: (exchange: Exchange, check: CheckResult) => boolean;
}

/** In characters of the page, roughly. */
const budget = 1_600_000;
const [ofCheck, ofTimeline, ofExchange, mostOfBody] = [700, 2500, 900, 9_000];

/** So many exchanges of a check stand in the page; report.json has them all. */
export const mostExchanges = 30;
/** So many kinds of failure of a clause get a timeline. */
const mostKinds = 3;

export function planOf(page: Page): Plan {
  const { clauses } = page.report;
  const drawn = new Set(clauses.flatMap(({ checks }) => drawnOf(checks)));
  const whole = new Set<CheckResult>();
  let left = budget;
  for (const { check } of gravestFirst(placed(clauses))) {
    left -= costOf(page, check, drawn.has(check));
    if (left < 0) break;
    whole.add(check);
  }
  const homes = new Map<Exchange, CheckResult>();
  for (const { check } of placed(clauses)) {
    if (!whole.has(check)) continue;
    for (const exchange of page.shown(check).slice(0, mostExchanges))
      if (!homes.has(exchange)) homes.set(exchange, check);
  }
  return {
    isWhole: (check) => whole.has(check),
    isDrawn: (check) => drawn.has(check),
    isHome: (exchange, check) => homes.get(exchange) === check,
  };
}

/** The first check of each kind that is broken, and the first of each other verdict. */
function drawnOf(checks: readonly CheckResult[]): readonly CheckResult[] {
  const isBroken = ({ verdict }: CheckResult): boolean => verdict === 'fail' || verdict === 'warn';
  const others = checks.filter((check) => !isBroken(check));
  return [
    ...kindsOf(checks.filter(isBroken)).slice(0, mostKinds),
    ...Map.groupBy(others, ({ verdict }) => verdict).values(),
  ].flatMap(([first]) => first ?? []);
}

const gravestFirst = (all: readonly Placed[]): readonly Placed[] =>
  all.toSorted((a, b) => inOrder.indexOf(a.check.verdict) - inOrder.indexOf(b.check.verdict));

function costOf(page: Page, check: CheckResult, isDrawn: boolean): number {
  return page
    .shown(check)
    .slice(0, mostExchanges)
    .reduce(
      (sum, { request, response }) =>
        sum +
        ofExchange +
        Math.min(mostOfBody, (request.body?.length ?? 0) + (response?.body.length ?? 0)) +
        2 * Math.min(mostOfBody, request.path.length),
      ofCheck + (isDrawn ? ofTimeline : 0),
    );
}
