/** What a run that was killed left undecided, as checks: nothing that wasn't decided may look passed. Pure. */

import type { Charge, RunEvent, Started } from '../model/events.ts';
import type { CheckRecord } from '../model/verdict.ts';
import { everyExchange } from './attribution.ts';

/**
 * Why a run counts as killed, in words, or undefined where it came to its end: a run that was killed can't say so, it
 * only never says that it ended.
 */
export function killed({ checks }: Started, events: readonly RunEvent[]): string | undefined {
  if (events.some(({ type }) => type === 'closed')) return undefined;
  const planned = checks.filter(({ suite }) => suite !== everyExchange).length;
  const decided = events.filter(
    (event) => event.type === 'check' && event.check.suite !== everyExchange,
  ).length;
  return `the run was killed, or still goes on: its journal breaks off when ${decided} of ${planned} checks were decided`;
}

/** The checks that a run should have told and didn't, each `inconclusive`; none where it came to its end. */
export function undecided({ checks }: Started, events: readonly RunEvent[]): readonly CheckRecord[] {
  const told = events.flatMap((event) => (event.type === 'check' ? [event.check] : []));
  const known = new Set(told.map(keyOf));
  // The resource log tells all at once, at the end; what it has told of a clause by then it need not tell again.
  const settled = events.some(({ type }) => type === 'end');
  const closed = new Set(told.filter(({ suite }) => suite === everyExchange).map(({ clause }) => clause));
  const charges = events.flatMap((event) => (event.type === 'charge' ? [event.charge] : []));
  const open = settled ? [] : charges.filter(({ clause }) => !closed.has(clause));
  const charged = new Set(open.map(({ clause }) => clause));
  const missing = checks.filter((check) =>
    check.suite === everyExchange
      ? !settled && !closed.has(check.clause) && !charged.has(check.clause)
      : !known.has(keyOf(check)),
  );
  return [...missing.map(notDone), ...open.map(notSettled)];
}

const notDone = (check: Started['checks'][number]): CheckRecord => ({
  ...check,
  verdict: 'inconclusive',
  reason:
    check.suite === everyExchange
      ? 'the run ended before its exchanges were added up'
      : 'the run ended before this was decided',
  exchanges: [],
});

const notSettled = ({ reason, ...charge }: Charge): CheckRecord => ({
  ...charge,
  suite: everyExchange,
  verdict: 'inconclusive',
  reason: `the run ended before it was known whether something else explains this: ${reason}`,
});

const keyOf = ({ clause, name }: Pick<CheckRecord, 'clause' | 'name'>): string => `${clause} ${name}`;
