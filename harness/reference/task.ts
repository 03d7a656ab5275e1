/** What the cluster knows of one task: facts only. What follows from them (its expiry, its body) depends on the rules. */
export const phases = ['queued', 'running', 'committing', 'finished', 'failed'] as const;
export type Phase = (typeof phases)[number];

/** A task is in `phase` from `atMs` on, on the cluster's clock. */
export interface Mark {
  readonly phase: Phase;
  readonly atMs: number;
}

export interface Task {
  readonly id: string;
  readonly guid: string;
  /** What `X-Result-TTL` at creation would be, in seconds; undefined where it was not given. */
  readonly resultTtlS: number | undefined;
  /** The last TTL in seconds that a task made before this one got at its creation. */
  readonly earlierTtlS: number | undefined;
  /** Whether its id was asked for before it was made. */
  readonly askedBefore: boolean;
  /** The last task that had its id before, removed or expired, as it was then. */
  readonly former: Task | undefined;
  /** A cancel that would otherwise be accepted ends in failure. */
  readonly cancelFails: boolean;
  /** The phases that it has been in, oldest first. The first mark is its creation. */
  readonly marks: [Mark, ...Mark[]];
  /** The phases that it will move to by itself, soonest first. A held task has none. */
  pending: readonly Mark[];
  /** When a cancel of it was accepted first. */
  cancelledMs: number | undefined;
  /** By how much its retention has been aged. */
  agedMs: number;
  /** When it ended, on its own clock: the cluster's, plus by how much it has been aged. */
  endedOwnMs: number | undefined;
  /** The last `X-Result-TTL` on a read of it, and when that was, on its own clock. */
  readTtl: { readonly ttlS: number; readonly ownMs: number } | undefined;
  /** When it was last read, on its own clock. */
  lastReadOwnMs: number | undefined;
  /** When it was first read after its end, on its own clock. */
  endSeenOwnMs: number | undefined;
  timesRead: number;
  /** The last request for it, as it was spelt, and when that came on the cluster's clock. */
  lastAsked: { readonly spelt: string; readonly atMs: number } | undefined;
  /** A request for it that came less than 5 ms before its last move, as it was spelt. */
  movedBeside: string | undefined;
  /** How often a cancel of it was requested. */
  timesCancelled: number;
  /** Requests that named it since it was made, or aged last. */
  requestsSinceAgeing: number;
  /** Of them, those without a TTL. */
  plainReads: number;
}

const rank: Readonly<Record<Phase, number>> = {
  queued: 0,
  running: 1,
  committing: 2,
  finished: 3,
  failed: 3,
};

export const isForward = (from: Phase, to: Phase): boolean => rank[to] > rank[from];
export const isEnded = (phase: Phase): boolean => rank[phase] === 3;

/** The instant `nowMs` of the cluster's clock on the task's own, which ageing has put forward. */
export const ownMs = (task: Task, nowMs: number): number => nowMs + task.agedMs;

/** Its phase after all that was due until now; ask `advance` first. */
export const phaseOf = ({ marks }: Task): Phase => (marks.at(-1) ?? marks[0]).phase;

/** A task as it was at an instant, which may lie in the past: a server may show changes late. */
export interface TaskView
  extends Pick<
    Task,
    'id' | 'guid' | 'former' | 'cancelFails' | 'cancelledMs' | 'timesCancelled' | 'timesRead' | 'agedMs'
  > {
  readonly phase: Phase;
  readonly marks: readonly [Mark, ...Mark[]];
}

/** Before its creation a task is shown with its first mark. */
export function viewOf(task: Task, atMs: number): TaskView {
  const { id, guid, former, cancelFails, marks, cancelledMs, timesCancelled, timesRead, agedMs } = task;
  const [first, ...rest] = marks;
  const passed = rest.filter((mark) => mark.atMs <= atMs);
  const { phase } = passed.at(-1) ?? first;
  return {
    ...{ id, guid, former, cancelFails, cancelledMs, timesCancelled, timesRead, agedMs },
    phase,
    marks: [first, ...passed],
  };
}

/** Enters a phase. */
export function enter(task: Task, mark: Mark): void {
  task.marks.push(mark);
  if (isEnded(mark.phase)) task.endedOwnMs = ownMs(task, mark.atMs);
}

/** Brings the task to now: whatever was due by then has happened, each at its own instant. */
export function advance(task: Task, nowMs: number): void {
  if (task.pending.length === 0) return;
  const due = task.pending.filter(({ atMs }) => atMs <= nowMs);
  task.pending = task.pending.slice(due.length);
  for (const mark of due) enter(task, mark);
}
