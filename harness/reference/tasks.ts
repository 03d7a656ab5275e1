/**
 * All tasks of a cluster. They move by the clock that is handed in, lazily: each is brought to now when it is
 * looked at, so that a hundred thousand of them cost no timer.
 */
import type { Clock } from './clock.ts';
import { isExpired, type SharedTtl } from './retention.ts';
import type { CancelEffect, IdRules, RetentionRules } from './rules.ts';
import {
  advance,
  enter,
  isEnded,
  isForward,
  type Mark,
  ownMs,
  type Phase,
  phaseOf,
  type Task,
} from './task.ts';

/** A task to make: held in its phase, unless it has a schedule. */
export interface Wanted {
  readonly id?: string;
  /** Of its database; one of its own where it is left out. */
  readonly guid?: string;
  readonly phase: Phase;
  /** What `X-Result-TTL` at creation would be. */
  readonly resultTtlS?: number;
  /** A cancel that would be accepted ends in failure. */
  readonly cancelFails?: boolean;
  /** Where it moves by itself, each at so many milliseconds after its creation. */
  readonly schedule?: readonly { readonly phase: Phase; readonly afterMs: number }[];
}

export class Tasks {
  readonly #byId = new Map<string, Task>();
  readonly #clock: Clock;
  /** Tasks that were removed and are listed nevertheless. */
  readonly #ghosts: Task[] = [];
  #made = 0;
  #lastCreationTtlS: number | undefined;
  #sharedTtl: SharedTtl | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many there are, expired ones that nobody removed included. */
  get size(): number {
    return this.#byId.size;
  }

  /** Makes a task; one of the same id that was there is forgotten. */
  create({ id, guid, phase, resultTtlS, cancelFails = false, schedule = [] }: Wanted): Task {
    const nowMs = this.#clock.nowMs();
    const serial = (this.#made++).toString(16).padStart(12, '0');
    const first: Mark = { phase, atMs: nowMs };
    const task: Task = {
      id: id ?? `00000000-0000-4000-9000-${serial}`,
      guid: guid ?? `00000000-0000-4000-8000-${serial}`,
      resultTtlS,
      earlierTtlS: this.#lastCreationTtlS,
      cancelFails,
      marks: [first],
      pending: schedule.map(({ phase: next, afterMs }) => ({ phase: next, atMs: nowMs + afterMs })),
      cancelledMs: undefined,
      agedMs: 0,
      endedOwnMs: isEnded(phase) ? nowMs : undefined,
      readTtl: undefined,
      lastReadOwnMs: undefined,
      timesRead: 0,
      plainReads: 0,
    };
    this.#lastCreationTtlS = resultTtlS ?? this.#lastCreationTtlS;
    this.#byId.delete(task.id); // so that the list keeps the order of creation
    this.#byId.set(task.id, task);
    return task;
  }

  /** The task of exactly this id, brought to now, whether it has expired or not. */
  get(id: string): Task | undefined {
    const task = this.#byId.get(id);
    if (task) advance(task, this.#clock.nowMs());
    return task;
  }

  /** The task that an id in a path names, by the rules. */
  named(decoded: string, rules: IdRules): Task | undefined {
    const id = rules.clean(decoded);
    const exact = this.get(id);
    if (exact || rules.match === 'exact') return exact;
    const wanted = id.toLowerCase();
    for (const other of this.#byId.keys()) {
      const matches = rules.match === 'prefix' ? other.startsWith(id) : other.toLowerCase() === wanted;
      if (matches) return this.get(other);
    }
    return undefined;
  }

  /** All tasks, brought to now, in the order of their creation. */
  *all(): Generator<Task> {
    const nowMs = this.#clock.nowMs();
    for (const task of this.#byId.values()) {
      advance(task, nowMs);
      yield task;
    }
  }

  /** The tasks that the list may hold. */
  *listed(): Generator<Task> {
    yield* this.all();
    yield* this.#ghosts;
  }

  isExpired(task: Task, rules: RetentionRules): boolean {
    return isExpired(task, rules, this.#clock.nowMs(), this.#sharedTtl);
  }

  /** Moves a task on. @returns false where that isn't forward, or a cancel is already ending the task */
  move(task: Task, phase: Phase): boolean {
    const isEnding = task.cancelledMs !== undefined && task.pending.length > 0;
    if (isEnding || !isForward(phaseOf(task), phase)) return false;
    task.pending = [];
    enter(task, { phase, atMs: this.#clock.nowMs() });
    return true;
  }

  /** As if so many more seconds had passed for this task's retention. */
  age(task: Task, seconds: number): void {
    task.agedMs += seconds * 1000;
  }

  remove(id: string, staysListed = false): void {
    const task = this.#byId.get(id);
    if (task && staysListed) this.#ghosts.push(task);
    this.#byId.delete(id);
  }

  /**
   * Notes that a task was read, and the TTL in seconds that the read carried, if any.
   * @param takesBack whether a read without one takes back what an earlier read has set
   */
  noteRead(task: Task, ttlS: number | null, takesBack = false): void {
    const nowMs = this.#clock.nowMs();
    task.timesRead++;
    task.lastReadOwnMs = ownMs(task, nowMs);
    if (ttlS === null) {
      task.plainReads++;
      if (takesBack) task.readTtl = undefined;
      return;
    }
    task.readTtl = { ttlS, ownMs: ownMs(task, nowMs) };
    this.#sharedTtl = { ttlS, atMs: nowMs };
  }

  /** Has the effect of a cancel. A second one doesn't put off what the first began. */
  cancel(task: Task, effect: CancelEffect): void {
    const nowMs = this.#clock.nowMs();
    if (effect.takesBack) {
      task.pending = [];
      return;
    }
    for (const other of this.#touched(task, effect)) end(other, effect, nowMs);
    if (effect.forgets) this.remove(task.id);
    const { alsoForgets } = effect;
    if (alsoForgets === 'no other task') return;
    const forgotten = alsoForgets === 'ended tasks' ? (other: Task) => isEnded(phaseOf(other)) : alsoForgets;
    for (const other of [...this.all()]) if (other !== task && forgotten(other, task)) this.remove(other.id);
  }

  #touched(task: Task, { alsoEnds }: CancelEffect): readonly Task[] {
    if (alsoEnds === 'no other task') return [task];
    if (typeof alsoEnds === 'function')
      return [...this.all()].filter((other) => other === task || alsoEnds(other, task));
    const live = [...this.all()].filter((other) => other === task || !isEnded(phaseOf(other)));
    if (alsoEnds === 'all tasks') return live;
    const at = live.indexOf(task);
    const neighbour = live[at - 1] ?? live[at + 1];
    return neighbour ? [task, neighbour] : [task];
  }
}

function end(task: Task, { endsAs, afterMs, afterwards }: CancelEffect, nowMs: number): void {
  if (endsAs === 'nothing' || (task.cancelledMs !== undefined && task.pending.length > 0)) return;
  task.cancelledMs ??= nowMs;
  const ending: Mark = { phase: endsAs, atMs: nowMs + afterMs };
  task.pending = afterwards
    ? [ending, { phase: afterwards.phase, atMs: ending.atMs + afterwards.afterMs }]
    : [ending];
  advance(task, nowMs);
}
