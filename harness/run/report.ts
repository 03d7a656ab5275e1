/** From the log of a run to its report, whether the run has just ended or was killed a week ago. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { Clause } from '../../spec/clause.ts';
import { heldAgainst } from '../config/expectations.ts';
import {
  type AttributedFault,
  buildReport,
  type Judgement,
  type Report,
  type RunEvent,
  type RunRecord,
  type Started,
} from '../model/report.ts';
import type { TaskRecord } from '../model/task.ts';
import { type CheckRecord, clauseVerdict, runVerdict, summarize } from '../model/verdict.ts';
import { everyExchange } from './attribution.ts';
import type { RunLog } from './journal.ts';
import { isDerived } from './second-judgement.ts';

export function reportOf({ started, events }: RunLog): Report {
  const { stallMs, ...gathered } = gather(events);
  const checks = [...gathered.checks, ...undecided(started, events)];
  const { register, clauses, run } = started;
  const strict = run.settings.strict === true;
  const judgement = judgeRun(checks, clauses, { clauses: register }, { strict });
  const closed = events.find((event) => event.type === 'closed');
  const early = [endedEarly(events)?.reason, killed(started, events)].filter((why) => why !== undefined);
  const { hashes, docsVersion, harnessVersion, ...known } = run;
  const coverage = events.find((event) => event.type === 'oracle')?.coverage;
  const record = {
    ...gathered,
    target: started.target,
    run: {
      ...known,
      durationMs: closed?.durationMs ?? lastInstantMs(events),
      stallMs: Math.round(stallMs),
      cutShort: early.length === 0 ? null : early.join('; '),
      ...(coverage ? { oracle: coverage } : {}),
      harnessVersion,
      docsVersion,
      hashes,
    },
    checks,
  };
  const reported = register.filter(({ id }) => judgement.clauseVerdicts.has(id));
  const report = buildReport(record, reported, judgement);
  if (!started.expected) return report;
  return { ...report, expectations: heldAgainst(report, started.expected) };
}

/** The parts of a record that the events hold. */
export function gather(
  events: readonly RunEvent[],
): Pick<RunRecord, 'checks' | 'tasks' | 'assignments' | 'exchanges'> & { readonly stallMs: number } {
  const tasks = new Map<string, TaskRecord>();
  const of = <Type extends RunEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
  for (const { task } of of('task')) tasks.set(task.id, task);
  const assignments = of('assigned').map(({ assignment }) => assignment);
  return {
    checks: of('check').map(({ check }) => check),
    tasks: [...tasks.values()],
    ...(assignments.length === 0 ? {} : { assignments }),
    exchanges: of('exchange').map(({ exchange }) => exchange),
    stallMs: Math.max(0, ...of('stall').map(({ stallMs }) => stallMs)),
  };
}

/** How long a run is known to have lasted that never recorded its end. */
function lastInstantMs(events: readonly RunEvent[]): number {
  let lastMs = 0;
  for (const event of events)
    if (event.type === 'exchange') lastMs = Math.max(lastMs, event.exchange.receivedAt);
  return Math.round(lastMs);
}

/**
 * The verdict of every clause of a selection, and of the run.
 * @param selection clause ids; those that something was attributed to come along
 */
export function judgeRun(
  checks: readonly CheckRecord[],
  selection: readonly string[],
  register: { readonly clauses: readonly Pick<Clause, 'id' | 'level'>[] },
  options: { readonly strict: boolean },
): Judgement {
  const byClause = Map.groupBy(checks, ({ clause }) => clause);
  const ids = new Set([...selection, ...byClause.keys()]);
  const clauses = register.clauses.filter(({ id }) => ids.has(id));
  const judged = clauses.map(({ id, level }) => ({
    id,
    level,
    verdict: clauseVerdict(byClause.get(id) ?? []),
  }));
  const summary = summarize(judged);
  return {
    verdict: runVerdict(summary, options),
    summary,
    clauseVerdicts: new Map(judged.map(({ id, verdict }) => [id, verdict])),
  };
}

/** Why a run ended early, or undefined. The first reason counts. */
export const endedEarly = (events: readonly RunEvent[]) => events.find((event) => event.type === 'cut-short');

/**
 * Checks that were planned and have no record, by the count of what was begun: at the end of a run there are none.
 * @returns one line, or undefined
 */
export function missingChecks(events: readonly RunEvent[]): string | undefined {
  const planned = events.find((event) => event.type === 'planned')?.checks ?? 0;
  const done = events.filter((event) => event.type === 'check' && !isDerived(event.check)).length;
  return planned === done ? undefined : `${planned} checks were planned and ${done} have a verdict`;
}

/** Why a run counts as killed, in words, or undefined where it recorded its end. */
export function killed({ checks }: Started, events: readonly RunEvent[]): string | undefined {
  if (events.some(({ type }) => type === 'closed')) return undefined;
  const planned = checks.filter((check) => !isDerived(check)).length;
  const done = events.filter((event) => event.type === 'check' && !isDerived(event.check)).length;
  return `the run was killed, or is still going on: its journal ends after ${done} of ${planned} checks`;
}

/** The checks without a record, each `inconclusive`; none where the run came to its end. */
export function undecided({ checks }: Started, events: readonly RunEvent[]): readonly CheckRecord[] {
  const recorded = events.flatMap((event) => (event.type === 'check' ? [event.check] : []));
  const known = new Set(recorded.map(keyOf));
  // The attribution is recorded at the end, all at once: what it has recorded of a clause is complete.
  const settled = events.some(({ type }) => type === 'end');
  const closed = new Set(recorded.filter(({ suite }) => suite === everyExchange).map(({ clause }) => clause));
  const faults = events.flatMap((event) => (event.type === 'fault' ? [event.fault] : []));
  const open = settled ? [] : faults.filter(({ clause }) => !closed.has(clause));
  const faulty = new Set(open.map(({ clause }) => clause));
  const missing = checks.filter((check) =>
    check.suite === everyExchange
      ? !settled && !closed.has(check.clause) && !faulty.has(check.clause)
      : !known.has(keyOf(check)),
  );
  return [...missing.map(notDone), ...open.map(notSettled)];
}

const notDone = (check: Started['checks'][number]): CheckRecord => ({
  ...check,
  verdict: 'inconclusive',
  reason:
    check.suite === everyExchange
      ? 'the run ended before all exchanges were counted'
      : 'the run ended before this check had a verdict',
  exchanges: [],
});

const notSettled = ({ reason, ...fault }: AttributedFault): CheckRecord => ({
  ...fault,
  suite: everyExchange,
  verdict: 'inconclusive',
  reason: `the run ended before other explanations of this failure were ruled out: ${reason}`,
});

const keyOf = ({ clause, name }: Pick<CheckRecord, 'clause' | 'name'>): string => `${clause} ${name}`;

/**
 * Whether a report follows from itself: each clause from its checks, the summary and the verdict from the clauses.
 * @returns the first contradiction, in words; undefined where there is none
 */
export function unfounded(report: Report): string | undefined {
  const { verdict, summary, clauses, run } = report;
  for (const { id, verdict, checks } of clauses) {
    const due = clauseVerdict(checks);
    if (verdict !== due) return `clause ${id} is reported as ${verdict}, but its checks give ${due}`;
  }
  const counted = summarize(clauses);
  if (!isDeepStrictEqual(summary, counted))
    return `its summary does not match its clauses, which give ${JSON.stringify(counted)}`;
  const due = runVerdict(counted, { strict: run.settings.strict === true });
  if (verdict !== due) return `its verdict is ${verdict}, but its clauses give ${due}`;
  return wronglyExcused(report);
}

/** A known failure that excuses another failure would let a broken target pass. */
function wronglyExcused(report: Report): string | undefined {
  const { expectations } = report;
  if (!expectations) return undefined;
  const { file, met, outdated, unexpected } = expectations;
  const entries = [...met.map(({ checks: _, ...entry }) => entry), ...outdated];
  const due = heldAgainst(report, { file, entries });
  return isDeepStrictEqual([due.met, due.unexpected], [met, unexpected])
    ? undefined
    : `its known failures do not match its clauses: ${due.unexpected.length} failures are unexpected`;
}
