/**
 * Judges a history of operations: each task for itself, against the contract as a state machine. Where no order of its
 * operations is allowed, that is a violation; it is named by diagnosis, and its evidence is minimal. Pure.
 */
import type { Exchange } from '../../model/exchange.ts';
import { type FairHistory, isFairWith, named, type Suspected, suspectsOf } from './diagnose.ts';
import type { Judging } from './guard.ts';
import {
  type BrokenHistory,
  historiesOf,
  type OracleOptions,
  type TaskHistory,
  waiving,
} from './histories.ts';
import { type Course, isObservation, linearize } from './linearize.ts';
import { operationsOf, type TaskOperation } from './operation.ts';

export interface Violation extends Suspected {
  readonly task: string;
  /** By the diagnosis of all violations together. */
  readonly clause: string;
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

/** Clauses that only advise: where one of them explains an answer, no other clause is reported. */
export const advice: readonly string[] = ['status.change-shows-at-once', 'expiry.list'];

/** So many violations are diagnosed; where there are more, they have a common cause. */
const mostDiagnosed = 40;

/** Judges the exchanges of a run. */
export function judgeHistory(exchanges: readonly Exchange[], options: OracleOptions): OracleVerdict {
  const histories = historiesOf(operationsOf(exchanges), options);
  const upheld = new Map<string, number>();
  const undecided: string[] = [];
  const fair: FairHistory[] = [];
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
    fair.push({ history, upheld: new Set(spoken.keys()) });
    for (const [clause, by] of spoken) upheld.set(clause, (upheld.get(clause) ?? 0) + by.size);
  }
  const suspected = broken
    .toSorted((a, b) => a.course.at.receivedAt - b.course.at.receivedAt)
    .slice(0, mostDiagnosed)
    .map(suspectedOf);
  const clauses = named(suspected, fair);
  const violations = suspected.map((one, index) => violationOf(one, clauses[index]));
  return { violations, tasks: histories.length, undecided, upheld };
}

/** What breaks a history, with the operations up to there. */
interface SuspectedIn extends Suspected {
  readonly history: TaskHistory;
}

function suspectedOf({ history, course }: BrokenHistory): SuspectedIn {
  const { at, before, refusals } = course;
  const operations = history.operations.filter(({ sentAt }) => sentAt <= at.receivedAt);
  const upTo = { ...history, operations };
  const suspects = suspectsOf(upTo, course);
  // What was seen later tells between them.
  const still = suspects.filter((clause) => isFairWith(clause, history));
  return { history: upTo, at, before, refusals, suspects: still.length > 0 ? still : suspects };
}

function violationOf({ history, ...one }: SuspectedIn, named: string | undefined): Violation {
  const clause = named ?? one.suspects[0] ?? 'read.schema';
  return { task: history.task, clause, ...one, evidence: evidenceOf(history, one.at, clause) };
}

/** Names the clause that one history breaks, as soon as it does. */
export function diagnosed(broken: BrokenHistory, others: readonly TaskHistory[]): Violation {
  const one = suspectedOf(broken);
  return violationOf(one, named([one], others.map(fairHistory))[0]);
}

/** A history that is known to break nothing, with the clauses for which it speaks. */
export function fairHistory(history: TaskHistory): FairHistory {
  const upheld = new Set<string>();
  courseOf(history, (clause) => upheld.add(clause));
  return { history, upheld };
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
