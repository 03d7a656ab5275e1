/** What every part of the page is given, and what it asks of a report: phases, tasks, and which checks are shown whole. */
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult, ClauseResult, Report } from '../../harness/model/report.ts';
import type { Phase, TaskRecord } from '../../harness/model/task.ts';
import { printable, printableReport } from '../text/escape.ts';
import { type Evidence, evidenceOf, kindsOf, repeating } from '../text/evidence.ts';
import type { Known } from '../text/format-ids.ts';
import { inOrder } from './parts.ts';

export interface Page {
  readonly report: Report;
  /** Since when a broken clause is broken, in a few words by its id. */
  readonly since: ReadonlyMap<string, string>;
  readonly evidence: (check: CheckResult) => Evidence;
  /** The cURL line that repeats an exchange. */
  readonly curl: (exchange: Exchange) => string;
  /** The exchanges that show a check, in the order that it names them. */
  readonly shown: (check: CheckResult) => readonly Exchange[];
  /** All that was sent for the check that an exchange was sent for, in the order of sending. */
  readonly sentWith: (exchange: Exchange) => readonly Exchange[];
  readonly task: (id: string) => TaskRecord | undefined;
}

/** A check with the clause that it stands under. */
export interface Placed {
  readonly clause: ClauseResult;
  readonly check: CheckResult;
}

/** Longer texts of a report are cut here. */
const textLimit = 2000;

export function pageOf(report: Report, { since = new Map() }: Known = {}): Page {
  const byId = new Map(report.exchanges.map((exchange) => [printable(exchange.id, textLimit), exchange]));
  const bySender = Map.groupBy(report.exchanges, ({ sentFor }) => sentFor);
  const tasks = new Map(report.tasks.map((task) => [task.id, task]));
  return {
    report: printableReport(report, textLimit),
    since,
    evidence: evidenceOf(report),
    curl: repeating(report),
    shown: (check) => check.exchanges.flatMap((id) => byId.get(id) ?? []),
    sentWith: (exchange) =>
      exchange.sentFor === undefined ? [exchange] : (bySender.get(exchange.sentFor) ?? []),
    task: (id) => tasks.get(id),
  };
}

/** The checks of clauses, each with its clause. */
export const placed = (clauses: readonly ClauseResult[]): readonly Placed[] =>
  clauses.flatMap((clause) => clause.checks.map((check) => ({ clause, check })));

/** The global checks of every exchange are no suite of their own. */
const everyExchange = 'every exchange';

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
function phaseAt(page: Page, exchange: Parameters<typeof taskIdOf>[0]): Place {
  const id = taskIdOf(exchange);
  const task = id === undefined ? undefined : page.task(id);
  return task?.phases.findLast(({ before }) => before <= exchange.sentAt)?.phase ?? 'none';
}

/** What led to a check's verdict: the requests that were sent for it, and their tasks. */
export interface Story {
  /** In the order of sending, up to the last that shows the verdict. */
  readonly exchanges: readonly Exchange[];
  /** Those that show the verdict. */
  readonly shown: ReadonlySet<Exchange>;
  readonly tasks: readonly TaskRecord[];
  /** How many exchanges are left out, for there are too many to be drawn. */
  readonly left: number;
}

const mostDrawn = { exchanges: 24, tasks: 6 };

/** Undefined where nothing shows the check. */
export function storyOf(page: Page, check: CheckResult): Story | undefined {
  const shown = page.shown(check);
  if (shown.length === 0) return undefined;
  const endMs = Math.max(...shown.map(({ receivedAt }) => receivedAt));
  const all = [...new Set([...shown.flatMap((exchange) => page.sentWith(exchange)), ...shown])]
    .filter((exchange) => exchange.sentAt <= endMs && exchange.request.method !== 'DELETE')
    .sort((a, b) => a.sentAt - b.sentAt);
  const exchanges = all.length <= mostDrawn.exchanges ? all : firstOf(all, new Set(shown));
  const ids = new Set(exchanges.flatMap((exchange) => taskIdOf(exchange) ?? []));
  return {
    exchanges,
    shown: new Set(shown),
    tasks: [...ids].flatMap((id) => page.task(id) ?? []).slice(0, mostDrawn.tasks),
    left: all.length - exchanges.length,
  };
}

/** Those that show the verdict go first. */
function firstOf(all: readonly Exchange[], shown: ReadonlySet<Exchange>): readonly Exchange[] {
  const drawn = new Set(
    [...all.filter((exchange) => shown.has(exchange)), ...all].slice(0, mostDrawn.exchanges),
  );
  return all.filter((exchange) => drawn.has(exchange));
}

/** The task that a request is about, by its path or by what it asks to be made. */
export function taskIdOf({ operation, request }: Exchange): string | undefined {
  const inPath = /\/(?:v1\/crdb_tasks|_control\/v1\/tasks)\/([^/?]+)/.exec(request.path)?.[1];
  if (inPath !== undefined) return decoded(inPath);
  const id = operation === 'control' ? asked(request.body).id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // malformed on purpose
  }
}

/** What a body asks for, field by field; nothing where it is no JSON object. */
export function asked(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** What of a big run is shown whole: the proof of what is broken first, the rest as far as the page stays light. */
export interface Plan {
  /** With its exchanges; the others get one line. */
  readonly isWhole: (check: CheckResult) => boolean;
  /** With a timeline. */
  readonly isDrawn: (check: CheckResult) => boolean;
  /** An exchange that shows several checks stands under one of them; the others link to it. */
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
