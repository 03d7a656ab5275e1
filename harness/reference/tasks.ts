/**
 * All tasks of a cluster, and when each expires. They move by the clock that is handed in, lazily: each is advanced
 * to now when it is looked at, so that a hundred thousand of them need no timer.
 */
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

/** Time, as the reference cluster gets it: from outside. It reads no other clock and sets no timer itself. */
export interface Clock {
  /** Milliseconds on a monotonic clock. */
  nowMs(): number;
  /**
   * Resolves after `ms` milliseconds, or at once when the signal is aborted; never rejects.
   * @param ms may be infinite: then only the signal ends it
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A task to make. It stays in its phase unless it has a schedule. */
export interface NewTask {
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

/** Of requests that come within so many milliseconds, a slow server has both on the way. */
const besideMs = 5;

export class Tasks {
  readonly #byId = new Map<string, Task>();
  readonly #clock: Clock;
  /** Tasks that were removed and are listed nevertheless. */
  readonly #ghosts: Task[] = [];
  /** The last removed task of each id. */
  readonly #removed = new Map<string, Task>();
  /** Ids that named no task when they were asked for. */
  readonly #missed = new Set<string>();
  #made = 0;
  #lastCreationTtlS: number | undefined;
  #sharedTtl: SharedTtl | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many there are, expired ones that are not removed included. */
  get size(): number {
    return this.#byId.size;
  }

  /** Makes a task; one of the same id that was there is forgotten. */
  create({ id, guid, phase, resultTtlS, cancelFails = false, schedule = [] }: NewTask): Task {
    const nowMs = this.#clock.nowMs();
    const serial = (this.#made++).toString(16).padStart(12, '0');
    const first: Mark = { phase, atMs: nowMs };
    const before = id === undefined ? undefined : (this.#byId.get(id) ?? this.#removed.get(id));
    const task: Task = {
      id: id ?? `00000000-0000-4000-9000-${serial}`,
      guid: guid ?? `00000000-0000-4000-8000-${serial}`,
      resultTtlS,
      earlierTtlS: this.#lastCreationTtlS,
      askedBefore: id !== undefined && this.#missed.has(id),
      former: before && { ...before, former: undefined },
      cancelFails,
      marks: [first],
      pending: schedule.map(({ phase: next, afterMs }) => ({ phase: next, atMs: nowMs + afterMs })),
      cancelledMs: undefined,
      agedMs: 0,
      endedOwnMs: isEnded(phase) ? nowMs : undefined,
      readTtl: undefined,
      lastReadOwnMs: undefined,
      endSeenOwnMs: undefined,
      timesRead: 0,
      lastAsked: undefined,
      movedBeside: undefined,
      timesCancelled: 0,
      requestsSinceAgeing: 0,
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
    if (!exact) this.#missed.add(id);
    if (exact && rules.tellsApart) return this.#oldestLike(exact, rules.tellsApart);
    if (exact || rules.match === 'exact') return exact;
    const wanted = id.toLowerCase();
    const matches = {
      'any case': (other: string) => other.toLowerCase() === wanted,
      prefix: (other: string) => other.startsWith(id),
      'oldest for none': () => id === '',
    }[rules.match];
    for (const other of this.#byId.keys()) if (matches(other)) return this.get(other);
    return undefined;
  }

  /** The oldest task whose id is the same in what tells ids apart. */
  #oldestLike({ id }: Task, tellsApart: (id: string) => string): Task | undefined {
    for (const other of this.#byId.keys()) if (tellsApart(other) === tellsApart(id)) return this.get(other);
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
    return outlived(task, rules, this.#clock.nowMs(), this.#sharedTtl);
  }

  /** Moves a task on. @returns false where that isn't forward, or a cancel is already ending the task */
  move(task: Task, phase: Phase): boolean {
    const isEnding = task.cancelledMs !== undefined && task.pending.length > 0;
    if (isEnding || !isForward(phaseOf(task), phase)) return false;
    task.pending = [];
    const nowMs = this.#clock.nowMs();
    const { spelt, atMs = Number.NEGATIVE_INFINITY } = task.lastAsked ?? {};
    task.movedBeside = nowMs - atMs < besideMs ? spelt : undefined;
    enter(task, { phase, atMs: nowMs });
    return true;
  }

  /** As if so many more seconds had passed for this task's retention. */
  age(task: Task, seconds: number): void {
    task.agedMs += seconds * 1000;
    task.requestsSinceAgeing = 0;
  }

  remove(id: string, staysListed = false): void {
    const task = this.#byId.get(id);
    if (task && staysListed) this.#ghosts.push(task);
    if (task) this.#removed.set(id, task);
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
    if (isEnded(phaseOf(task))) task.endSeenOwnMs ??= task.lastReadOwnMs;
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
    const others = [...this.all()].filter((other) => other !== task);
    for (const other of others) if (effect.alsoEnds(other, task)) end(other, effect, nowMs);
    for (const other of others) if (effect.alsoForgets(other, task)) this.remove(other.id);
    end(task, effect, nowMs);
    if (effect.forgets) this.remove(task.id);
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

/** The last `X-Result-TTL` on any read: a server that keeps it for all tasks takes it from here. */
interface SharedTtl {
  readonly ttlS: number;
  readonly atMs: number;
}

/** Whether the task has outlived its retention at `nowMs`. Call `advance` first. */
function outlived(task: Task, rules: RetentionRules, nowMs: number, shared: SharedTtl | undefined): boolean {
  const fromMs = countsFromMs(task, rules);
  if (fromMs === undefined) return false;
  const whole = (ms: number): number => Math.floor(ms / rules.clockStepMs) * rules.clockStepMs;
  const ttlS = rules.afterPlainReads(ttlSeconds(task, rules, shared), task.plainReads);
  const ttlMs = ttlS * rules.msPerSecond * rules.share[endOf(task)];
  const dueMs = Math.ceil((whole(fromMs) + ttlMs) / rules.reaperStepMs) * rules.reaperStepMs;
  return fromMs + ((whole(ownMs(task, nowMs)) - fromMs) % rules.ageWrapsAtMs) >= dueMs;
}

function endOf(task: Task): 'finished' | 'failed' | 'cancelled' {
  if (task.cancelledMs !== undefined) return 'cancelled';
  return phaseOf(task) === 'failed' ? 'failed' : 'finished';
}

/** From when the retention counts, on the task's own clock; undefined while it doesn't count at all. */
function countsFromMs(task: Task, rules: RetentionRules): number | undefined {
  const createdMs = task.marks[0].atMs;
  const ended = isEnded(phaseOf(task)) ? task.endedOwnMs : undefined;
  if (ended === undefined) {
    const expires =
      rules.unfinished === 'expire' || (rules.unfinished !== 'kept' && task.readTtl !== undefined);
    return expires ? createdMs : undefined;
  }
  if (task.readTtl && rules.readTtl.from === 'that read') return Math.max(ended, task.readTtl.ownMs);
  if (rules.from === 'creation') return createdMs;
  if (rules.from === 'start') return task.marks.find(({ phase }) => phase !== 'queued')?.atMs ?? ended;
  if (rules.from === 'first read of the end') return task.endSeenOwnMs;
  if (rules.from === 'last read') return Math.max(ended, task.lastReadOwnMs ?? ended);
  return ended;
}

function ttlSeconds(task: Task, rules: RetentionRules, shared: SharedTtl | undefined): number {
  const { defaultS, creationTtl, readTtl } = rules;
  const given = task.resultTtlS ?? (creationTtl.on === 'later tasks too' ? task.earlierTtlS : undefined);
  const atFirst = given === undefined ? defaultS : creationTtl.makes(defaultS, given);
  if (readTtl.on === 'no task') return atFirst;
  if (readTtl.on === 'all tasks') return shared ? readTtl.makes(atFirst, shared.ttlS) : atFirst;
  if (readTtl.on === 'later tasks too' && !task.readTtl && shared && task.marks[0].atMs >= shared.atMs) {
    return shared.ttlS;
  }
  return task.readTtl ? readTtl.makes(atFirst, task.readTtl.ttlS) : atFirst;
}
