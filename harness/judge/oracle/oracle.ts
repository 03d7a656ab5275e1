/**
 * Judges a history of operations: each task for itself, against the contract as a state machine. Where no order of its
 * operations is allowed, that is a violation; it is named by diagnosis, and its evidence is minimal. Pure.
 */
import type { Exchange } from '../../model/exchange.ts';
import { type Elsewhere, named, suspectsOf } from './diagnose.ts';
import type { Judging, Refusal } from './guard.ts';
import {
  type BrokenHistory,
  historiesOf,
  type OracleOptions,
  type TaskHistory,
  waiving,
} from './histories.ts';
import type { Hypothesis } from './hypothesis.ts';
import { type Course, isObservation, linearize } from './linearize.ts';
import { operationsOf, type TaskOperation } from './operation.ts';

export interface Violation {
  readonly task: string;
  /** By the diagnosis of all violations together. */
  readonly clause: string;
  /** Each of these clauses, if it were waived alone, would explain what was seen. */
  readonly suspects: readonly string[];
  readonly refusals: readonly Refusal[];
  /** What was possible before. */
  readonly before: readonly Hypothesis[];
  /** The operation whose answer the contract does not allow. */
  readonly at: TaskOperation;
  /** The fewest operations that show it, in the order in which they were sent; `at` is one of them. */
  readonly evidence: readonly TaskOperation[];
}

export interface OracleVerdict {
  readonly violations: readonly Violation[];
  /** How many tasks were judged. */
  readonly tasks: number;
  /** Tasks of which too much was possible at once for a decision. */
  readonly undecided: readonly string[];
  /** By clause: how many answers could have broken it, and did not. */
  readonly upheld: ReadonlyMap<string, number>;
}

/** Clauses that only advise: where one of them explains an answer, no other is accused. */
export const advice: readonly string[] = ['status.change-shows-at-once', 'expiry.list'];

/** So many violations are diagnosed; where there are more, they have a common cause. */
const mostDiagnosed = 40;

/** Judges the exchanges of a run. */
export function judgeHistory(exchanges: readonly Exchange[], options: OracleOptions): OracleVerdict {
  const histories = historiesOf(operationsOf(exchanges), options);
  const upheld = new Map<string, number>();
  const undecided: string[] = [];
  const fair: TaskHistory[] = [];
  const broken: BrokenHistory[] = [];
  for (const history of histories) {
    const spoken = new Map<string, Set<TaskOperation>>();
    const course = courseOf(history, (clause, operation) => {
      const known = spoken.get(clause) ?? new Set();
      spoken.set(clause, known.add(operation));
    });
    if (course.verdict === 'undecided') undecided.push(history.task);
    if (course.verdict === 'violation') broken.push({ history, course });
    if (course.verdict !== 'fair') continue;
    fair.push(history);
    for (const [clause, by] of spoken) upheld.set(clause, (upheld.get(clause) ?? 0) + by.size);
  }
  const suspected = broken
    .toSorted((a, b) => a.course.at.receivedAt - b.course.at.receivedAt)
    .slice(0, mostDiagnosed)
    .map(({ history, course }) => {
      const upTo = { ...history, operations: until(course.at, history.operations) };
      return { history: upTo, course, suspects: suspectsOf(upTo, course) };
    });
  const clauses = named(
    suspected.map(({ suspects }) => suspects),
    { upheld, fair },
  );
  const violations = suspected.map((one, index) => violationOf(one, clauses[index]));
  return { violations, tasks: histories.length, undecided, upheld };
}

/** A broken history up to the operation that breaks it, with the clauses that would explain it. */
interface Suspected extends BrokenHistory {
  readonly suspects: readonly string[];
}

function violationOf({ history, course, suspects }: Suspected, named: string | undefined): Violation {
  const clause = named ?? suspects[0] ?? 'read.schema';
  return {
    task: history.task,
    clause,
    suspects,
    refusals: course.refusals,
    before: course.before,
    at: course.at,
    evidence: evidenceOf(history, course.at, clause),
  };
}

/**
 * Names the clause that one history breaks, as soon as it does.
 * @param elsewhere what speaks for the clauses
 */
export function diagnosed(broken: BrokenHistory, elsewhere: Elsewhere): Violation {
  const suspects = suspectsOf(broken.history, broken.course);
  return violationOf({ ...broken, suspects }, named([suspects], elsewhere)[0]);
}

/** What becomes of a history. An answer that breaks only advice is judged again without it. */
function courseOf(history: TaskHistory, onUpheld: Judging['onUpheld']): Course {
  const { operations, initial, judging } = history;
  const course = linearize(operations, initial, { ...judging, ...(onUpheld ? { onUpheld } : {}) });
  if (course.verdict !== 'violation' || !course.refusals.some(({ clause }) => advice.includes(clause)))
    return course;
  const without = linearize(operations, initial, waiving(judging, advice));
  if (without.verdict === 'violation') return without;
  return { ...course, refusals: course.refusals.filter(({ clause }) => advice.includes(clause)) };
}

/** What becomes of each task. */
const coursesOf = (exchanges: readonly Exchange[], options: OracleOptions) =>
  historiesOf(operationsOf(exchanges), options).map(({ task, operations, initial, judging }) => ({
    task,
    operations,
    course: linearize(operations, initial, judging),
  }));

/** The tasks whose histories the contract allows. */
export const fairTasks = (exchanges: readonly Exchange[], options: OracleOptions): ReadonlySet<string> =>
  new Set(
    coursesOf(exchanges, options).flatMap(({ task, course }) => (course.verdict === 'fair' ? task : [])),
  );

/** Whether the contract allows the histories of all tasks. */
export const isFair = (exchanges: readonly Exchange[], options: OracleOptions): boolean =>
  coursesOf(exchanges, options).every(({ course }) => course.verdict !== 'violation');

/** A response that other checks judge says nothing: no effect will show in it. */
const isUnreadable = ({ answer, exchange: { lost } }: TaskOperation): boolean =>
  answer === undefined && lost === undefined;

/** By when each change that is on its way will have shown at the latest; undefined where nothing is awaited. */
export function awaitedUntil(exchanges: readonly Exchange[], options: OracleOptions): number | undefined {
  const awaited = coursesOf(exchanges, options).flatMap(({ operations, course }) => {
    if (course.verdict !== 'fair' || operations.some(isUnreadable)) return [];
    const lags = course.last.flatMap(({ lag }) => lag?.untilMs ?? []);
    return lags.length === course.last.length ? lags : [];
  });
  return awaited.length === 0 ? undefined : Math.max(...awaited);
}

const until = (at: TaskOperation, operations: readonly TaskOperation[]): readonly TaskOperation[] =>
  operations.filter(({ sentAt }) => sentAt <= at.receivedAt);

/** The fewest operations that show that the clause is broken: observations may be left out, what had an effect stays. */
function evidenceOf(
  { operations, initial, judging }: TaskHistory,
  at: TaskOperation,
  clause: string,
): readonly TaskOperation[] {
  const isNeeded = (without: readonly TaskOperation[]): boolean =>
    linearize(without, initial, judging).verdict !== 'violation' ||
    linearize(without, initial, waiving(judging, [clause])).verdict !== 'fair';
  let kept = operations;
  for (const operation of operations.toReversed()) {
    if (operation === at || !isObservation(operation)) continue;
    const without = kept.filter((one) => one !== operation);
    if (!isNeeded(without)) kept = without;
  }
  return kept;
}
