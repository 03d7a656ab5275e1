/** The history of each task, made of the operations of a run: its own, and what lists say of it meanwhile. Pure. */
import { whenOf } from './effects.ts';
import type { Judging, OracleSettings } from './guard.ts';
import { absent, type Hypothesis, unseen } from './hypothesis.ts';
import type { BrokenCourse } from './linearize.ts';
import { isSeconds, type TaskOperation } from './operation.ts';

export interface OracleOptions {
  readonly settings: OracleSettings;
  /** Clauses that are known to be broken: what they explain is no finding. */
  readonly waived?: ReadonlySet<string>;
  /** What is known of a task whose creation is not in the history. */
  readonly unknown: 'absent' | 'unseen';
}

/** The history of one task, with what was known before it. */
export interface TaskHistory {
  readonly task: string;
  readonly operations: readonly TaskOperation[];
  readonly initial: readonly Hypothesis[];
  readonly judging: Judging;
}

/** A history that no order of its operations explains. */
export interface BrokenHistory {
  readonly history: TaskHistory;
  readonly course: BrokenCourse;
}

/** The same rules, with some clauses more waived. */
export const waiving = (judging: Judging, clauses: readonly string[]): Judging => ({
  ...judging,
  waived: new Set([...judging.waived, ...clauses]),
});

/** The histories of all tasks that an operation names. */
export function historiesOf(
  operations: readonly TaskOperation[],
  { settings, waived = new Set(), unknown }: OracleOptions,
): readonly TaskHistory[] {
  const lists = operations.filter(
    ({ action, answer, authorized }) => action === 'list' && answer !== undefined && authorized,
  );
  const byTask = Map.groupBy(
    operations.filter(({ action }) => action !== 'list'),
    ({ task }) => task,
  );
  const ttls = operations.flatMap((operation) => {
    const ttlS = operation.ttlS ?? (isSeconds(operation.ttl ?? '') ? Number(operation.ttl) : undefined);
    return ttlS === undefined ? [] : [ttlS];
  });
  const ttlsS = [...new Set(ttls)];
  const cancels = operations.filter(({ action, answer }) => action === 'cancel' && answer?.status === 200);
  const brackets = cancels.map((operation) => ({ task: operation.task, when: whenOf(operation) }));
  return [...byTask].map(([task, own]) => {
    const isMade = own.some(({ action }) => action === 'create');
    const others = brackets.filter((one) => one.task !== task).map(({ when }) => when);
    return {
      task,
      operations: withLists(own, lists),
      initial: isMade || unknown === 'absent' ? [absent] : unseen(own[0]?.sentAt ?? 0),
      judging: { settings, waived, neighbours: { cancels: others, ttlsS } },
    };
  });
}

/** Of several lists in a row, one in so many is looked at: they repeat one another. */
const listsSkipped = 4;

/** Lists tell of a task too, where no other request about the task but a move was in flight meanwhile. */
function withLists(own: readonly TaskOperation[], lists: readonly TaskOperation[]): readonly TaskOperation[] {
  const fromMs = own[0]?.sentAt ?? 0;
  const toMs = Math.max(
    ...own.map(({ sentAt, receivedAt }) => (receivedAt < Number.POSITIVE_INFINITY ? receivedAt : sentAt)),
  );
  const task = own[0]?.task ?? '';
  const overlapping = (list: TaskOperation): boolean =>
    own.some(
      ({ action, sentAt, receivedAt }) =>
        action !== 'move' && sentAt < list.receivedAt && list.sentAt < Math.min(receivedAt, toMs),
    );
  const isRemoved = own.at(-1)?.action === 'delete';
  const afterwards = isRemoved ? lists.filter(({ sentAt }) => sentAt > toMs).slice(-1) : [];
  const seen = lists
    .filter((list) => list.sentAt > fromMs && list.receivedAt <= toMs && !overlapping(list))
    .concat(afterwards)
    .map((list) => ({ ...list, task }));
  let inRow = 0;
  return [...own, ...seen]
    .sort((a, b) => a.sentAt - b.sentAt)
    .filter(({ action }) => {
      inRow = action === 'list' ? inRow + 1 : 0;
      return inRow < 2 || inRow % listsSkipped === 0;
    });
}
