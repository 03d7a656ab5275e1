/** What of a big run is told whole: the proof of what is broken first, the rest as far as the page stays light. */
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult } from '../../harness/model/report.ts';
import { kindsOf } from './kinds.ts';
import { type Page, type Placed, placed } from './page.ts';
import { inOrder } from './verdicts.ts';

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
