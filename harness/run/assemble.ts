/** From what a run told to what its reports are made from. Pure. */
import type { Clause } from '../../spec/clause.ts';
import type { RunEvent } from '../model/events.ts';
import type { RunRecord } from '../model/report.ts';
import type { TaskRecord } from '../model/task.ts';
import {
  type CheckRecord,
  clauseVerdict,
  type RunVerdict,
  runVerdict,
  type Summary,
  summarize,
  type Verdict,
} from '../model/verdict.ts';
import { everyExchange } from './attribution.ts';

/** The parts of a record that the events hold. */
export function gather(
  events: readonly RunEvent[],
): Pick<RunRecord, 'checks' | 'tasks' | 'exchanges'> & { readonly stallMs: number } {
  const tasks = new Map<string, TaskRecord>();
  const of = <Type extends RunEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
  for (const { task } of of('task')) tasks.set(task.id, task);
  return {
    checks: of('check').map(({ check }) => check),
    tasks: [...tasks.values()],
    exchanges: of('exchange').map(({ exchange }) => exchange),
    stallMs: Math.max(0, ...of('stall').map(({ stallMs }) => stallMs)),
  };
}

/** Why a run ended early, or undefined. The first reason counts. */
export const endedEarly = (events: readonly RunEvent[]) => events.find((event) => event.type === 'cut-short');

export interface Judgement {
  readonly verdict: RunVerdict;
  readonly summary: Summary;
  readonly clauseVerdicts: ReadonlyMap<string, Verdict>;
}

/**
 * The verdict of every clause of a selection, and of the run.
 * @param selection clause ids; those that something was charged to come along
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

/**
 * Checks that were planned and left no record, by the count of what was begun: at the end of a run there are none.
 * @returns one line, or undefined
 */
export function missingChecks(events: readonly RunEvent[]): string | undefined {
  const planned = events.find((event) => event.type === 'planned')?.checks ?? 0;
  const done = events.filter((event) => event.type === 'check' && event.check.suite !== everyExchange).length;
  return planned === done ? undefined : `${planned} checks were planned and ${done} have a verdict`;
}
