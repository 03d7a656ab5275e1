/**
 * Whether the operations on one task can have happened in some order that the contract allows: just-in-time
 * linearization (Lowe 2017) over a set of hypotheses. Every operation happened between its send and its receipt; a lost
 * one at any later time, or never. Bounded: beyond the bound nothing is decided.
 */
import type { Judging, Refusal } from './guard.ts';
import { type Hypothesis, identityOf, keyOf } from './hypothesis.ts';
import type { TaskOperation } from './operation.ts';
import { step, stepUnmoved } from './rules.ts';

/** What may be true, with the operations in flight that have happened already. */
interface Configuration {
  readonly task: Hypothesis;
  readonly happened: ReadonlySet<TaskOperation>;
}

export type Course =
  | { readonly verdict: 'fair'; readonly last: readonly Hypothesis[]; readonly most: number }
  | { readonly verdict: 'undecided'; readonly most: number }
  | BrokenCourse;

export interface BrokenCourse {
  readonly verdict: 'violation';
  /** The operation at whose receipt nothing explains the answers any more. */
  readonly at: TaskOperation;
  readonly before: readonly Hypothesis[];
  readonly refusals: readonly Refusal[];
  readonly most: number;
}

/** So many configurations are looked at for one receipt. */
export const configurationsBound = 2000;

interface Event {
  readonly atMs: number;
  readonly operation: TaskOperation;
  readonly isReceipt: boolean;
}

/** @param operations in the order in which they were sent */
export function linearize(
  operations: readonly TaskOperation[],
  initial: readonly Hypothesis[],
  judging: Judging,
): Course {
  const linearizer = new Linearizer(initial);
  let most = initial.length;
  for (const { operation, isReceipt } of eventsOf(operations)) {
    if (!isReceipt) {
      linearizer.send(operation);
      continue;
    }
    const outcome = linearizer.receive(operation, judging);
    if (outcome === 'undecided') return { verdict: 'undecided', most: configurationsBound };
    if (outcome !== 'fair') return { verdict: 'violation', at: operation, ...outcome, most };
    most = Math.max(most, linearizer.size);
  }
  return { verdict: 'fair', last: linearizer.hypotheses, most };
}

/** Follows the history of one task as it happens, an event at a time: it keeps what is possible, and no operations. */
export class Linearizer {
  #configurations: readonly Configuration[];
  readonly #inFlight = new Set<TaskOperation>();

  constructor(initial: readonly Hypothesis[]) {
    this.#configurations = initial.map((task) => ({ task, happened: none }));
  }

  /** What may be true of the task. */
  get hypotheses(): readonly Hypothesis[] {
    return this.#configurations.map(({ task }) => task);
  }

  get size(): number {
    return this.#configurations.length;
  }

  /** The operations that were sent and not received. */
  get inFlight(): ReadonlySet<TaskOperation> {
    return this.#inFlight;
  }

  /** An operation was sent: from here on it may happen. */
  send(operation: TaskOperation): void {
    this.#inFlight.add(operation);
  }

  /** An operation that was sent is known to have changed nothing, and to be allowed: it need not be received. */
  withdraw(operation: TaskOperation): void {
    this.#inFlight.delete(operation);
  }

  /**
   * An operation was received. All operations that were sent before must have been passed to `send`.
   * @returns what was possible before, where nothing explains the answer; afterwards the linearizer is of no more use
   */
  receive(
    operation: TaskOperation,
    judging: Judging,
  ): 'fair' | 'undecided' | Pick<BrokenCourse, 'before' | 'refusals'> {
    const refusals: Refusal[] = [];
    const next = received(operation, this.#configurations, this.#inFlight, {
      ...judging,
      onRefusal: (refusal) => refusals.push(refusal),
    });
    this.#inFlight.delete(operation);
    if (next === 'too many') return 'undecided';
    if (next.length === 0) return { before: this.hypotheses, refusals };
    this.#configurations = next;
    return 'fair';
  }
}

const none: ReadonlySet<TaskOperation> = new Set();

/** Sends and receipts in their order. At one instant sends come first: then the operations may overlap. */
function eventsOf(operations: readonly TaskOperation[]): readonly Event[] {
  const events = operations.flatMap((operation): Event[] => [
    { atMs: operation.sentAt, operation, isReceipt: false },
    ...(operation.receivedAt === Number.POSITIVE_INFINITY
      ? []
      : [{ atMs: operation.receivedAt, operation, isReceipt: true }]),
  ]);
  return events.sort((a, b) => a.atMs - b.atMs || Number(a.isReceipt) - Number(b.isReceipt));
}

/** The configurations after a receipt: each operation in flight may have happened before it, in any order. */
function received(
  operation: TaskOperation,
  configurations: readonly Configuration[],
  inFlight: ReadonlySet<TaskOperation>,
  judging: Judging,
): readonly Configuration[] | 'too many' {
  const { onRefusal: _, ...silent } = judging;
  // Nothing has to be tried where it is the same before and after: most operations are such lists and reads.
  if (configurations.every(({ task, happened }) => happened === none && isUnmoved(task, operation, silent)))
    return configurations;
  const isAlone = inFlight.size === 1;
  const arrived = new Map<string, Configuration>();
  const seen = new Set<string>();
  const open = isAlone
    ? [...configurations]
    : configurations.map((one) => withObservations(one, inFlight, silent));
  for (let one = open.pop(); one; one = open.pop()) {
    if (one.happened.has(operation)) {
      const others = new Set(one.happened);
      others.delete(operation);
      const after = { task: one.task, happened: others.size === 0 ? none : others };
      arrived.set(keyOfConfiguration(after, isAlone), after);
      continue;
    }
    for (const other of inFlight) {
      if (one.happened.has(other)) continue;
      for (const task of step(one.task, other, other === operation ? judging : silent)) {
        const reached = { task, happened: new Set(one.happened).add(other) };
        const next = isAlone ? reached : withObservations(reached, inFlight, silent);
        const key = keyOfConfiguration(next, isAlone);
        if (seen.has(key)) continue;
        seen.add(key);
        open.push(next);
      }
    }
    if (seen.size > configurationsBound) return 'too many';
  }
  if (!isAlone) return [...arrived.values()];
  // What has not changed stays the same object: so a reader can tell.
  for (const one of configurations) {
    const key = keyOfConfiguration(one, isAlone);
    if (arrived.has(key)) arrived.set(key, one);
  }
  return [...arrived.values()];
}

/**
 * An observation that changes nothing here may as well have happened now: no order has to be tried for it, and a task
 * that moves by itself may as well move after it. An operation with an effect must not be taken so: it would be spent
 * where it happens to have none.
 */
function withObservations(
  { task, happened }: Configuration,
  inFlight: ReadonlySet<TaskOperation>,
  judging: Judging,
): Configuration {
  const more = [...inFlight].filter(
    (operation) =>
      !happened.has(operation) &&
      operation.receivedAt !== Number.POSITIVE_INFINITY &&
      isUnmoved(task, operation, judging),
  );
  return more.length === 0 ? { task, happened } : { task, happened: new Set([...happened, ...more]) };
}

/** Whether an observation is allowed of a task and tells nothing new of it. */
function isUnmoved(task: Hypothesis, operation: TaskOperation, judging: Judging): boolean {
  if (!isObservation(operation)) return false;
  const after = stepUnmoved(task, operation, judging);
  return after.length === 1 && after[0] === task;
}

/** An operation that has no effect by the contract. */
export const isObservation = ({ action, ttl, authorized, answer }: TaskOperation): boolean =>
  (action === 'read' && ttl === undefined) ||
  action === 'list' ||
  action === 'get-cancel' ||
  (!authorized && answer !== undefined);

/** Of an operation alone in flight, only whether it happened differs. */
const keyOfConfiguration = ({ task, happened }: Configuration, isAlone: boolean): string =>
  `${identityOf(task)}|${isAlone ? happened.size : [...happened].map(keyOf).sort().join('.')}`;
