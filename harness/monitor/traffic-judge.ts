/**
 * Judges traffic as it comes: each exchange against the documented answers, and each task by all that was done to it. It
 * judges up to a watermark, an instant before which no exchange is missing; so it never guesses what is yet to come.
 * Memory is bounded: a task is forgotten ten minutes after it is gone, or an hour after its last exchange.
 */
import type { Validators } from '../../spec/validators.ts';
import type { Judging, OracleSettings } from '../judge/oracle/guard.ts';
import type { TaskHistory } from '../judge/oracle/histories.ts';
import { type Hypothesis, unseen } from '../judge/oracle/hypothesis.ts';
import { isObservation } from '../judge/oracle/linearize.ts';
import { operationOf, type TaskOperation, wellFormed } from '../judge/oracle/operation.ts';
import type { Exchange } from '../model/exchange.ts';
import { ClientUse } from './client-use.ts';
import { shortList } from './exchange.ts';
import { type FoundInTraffic, Proofs, type Proven } from './proofs.ts';
import { type Contradiction, cancelledUnseen, TaskCourse } from './task-course.ts';

export interface TrafficOptions {
  readonly settings: OracleSettings;
  /** No other client acts on the tasks. */
  readonly soleClient: boolean;
  /** Requests of the task control protocol are believed: its tasks stay in their phase until they are moved. */
  readonly control: boolean;
}

export interface TrafficVerdict extends FoundInTraffic {
  readonly exchanges: number;
  /** When the first exchange was sent and the last received; 0 without any. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The `Server` header of the first answer that has one. */
  readonly server: string | undefined;
  /** By reason: exchanges and tasks that could not be used. */
  readonly unused: ReadonlyMap<string, number>;
  readonly tasks: number;
  readonly undecided: number;
  readonly use: ClientUse;
}

const goneForMs = 600_000;
const idleForMs = 3_600_000;
const mostTasks = 200_000;
const mostHeld = 300_000;
const sweepMs = 10_000;
const mostReasons = 50;
const historiesShown = 30;

interface Tracked {
  readonly course: TaskCourse;
  touchedMs: number;
}

export class TrafficJudge {
  readonly #options: TrafficOptions;
  /** By id in lower case, the longest untouched first. */
  readonly #tasks = new Map<string, Tracked>();
  #waiting: TaskOperation[] = [];
  #watermarkMs = Number.NEGATIVE_INFINITY;
  #sweptMs = Number.NEGATIVE_INFINITY;
  #initial: { readonly atMs: number; readonly hypotheses: readonly Hypothesis[] } | undefined;
  /** From when on everything was seen. */
  #watchedMs: number | undefined;
  #exchanges = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #server: string | undefined;
  #seenTasks = 0;
  #undecided = 0;
  readonly #unused = new Map<string, number>();
  readonly #proofs: Proofs;
  readonly #use = new ClientUse();

  /** @param onProven is given each violation as it is proven */
  constructor(
    options: TrafficOptions,
    validators: Validators,
    onProven: (proven: Proven) => void = () => {},
  ) {
    this.#options = options;
    this.#proofs = new Proofs(validators, onProven);
  }

  get liveTasks(): number {
    return this.#tasks.size;
  }

  /** Counts something that can't be used, by its reason in words. */
  unused(reason: string, count = 1): void {
    const known = this.#unused.has(reason) || this.#unused.size < mostReasons ? reason : 'for other reasons';
    this.#unused.set(known, (this.#unused.get(known) ?? 0) + count);
  }

  /** Takes an exchange that is complete, or lost. */
  add(exchange: Exchange): void {
    this.#exchanges++;
    this.#firstMs = Math.min(this.#firstMs, exchange.sentAt);
    this.#lastMs = Math.max(this.#lastMs, exchange.receivedAt);
    this.#server ??= exchange.response?.headers.server;
    if (exchange.lost !== undefined) this.unused(`not judged: ${exchange.lost}`);
    else if (exchange.response?.truncated) this.unused('bodies that are cut, or could not be decoded');
    const operation = operationOf(exchange, true);
    this.#proofs.judgeAnswer(exchange, operation);
    this.#use.note(exchange, operation);
    if (!operation || (operation.answer === undefined && isObservation(operation))) return; // it shows nothing
    if (operation.action === 'list') {
      if (operation.answer && operation.sentAt >= this.#watermarkMs) this.#waiting.push(operation);
      return;
    }
    const { task } = operation;
    if (!wellFormed.test(task)) return;
    const tracked = this.#tracked(task, operation.sentAt);
    const reason = this.#unreadable(operation, tracked.course);
    if (reason !== undefined) {
      if (tracked.course.ended === undefined) {
        this.unused(reason);
        tracked.course.leave('unread');
      }
      return;
    }
    this.#proofs.noteEffect(operation);
    tracked.course.add(operation);
    if (operation.receivedAt < Number.POSITIVE_INFINITY) this.#waiting.push(operation);
  }

  /** Why a task can't be judged any more once this was done to it. */
  #unreadable({ exchange, sentAt, task, action }: TaskOperation, course: TaskCourse): string | undefined {
    if (exchange.operation === 'control' && !this.#options.control)
      return 'tasks that control traffic changes (see --control)';
    if (sentAt < this.#watermarkMs) return 'tasks with an exchange that came too late';
    if (task !== course.task) return 'tasks whose id was sent in another case';
    return action === 'create' && course.isMade && !course.isGone
      ? 'tasks that were made twice under one id'
      : undefined;
  }

  /** Everything that was sent before this instant has been added. Judges what was received before it. */
  advance(watermarkMs: number): void {
    if (watermarkMs <= this.#watermarkMs) return;
    this.#judgeUntil(watermarkMs);
    this.#forgetOld(watermarkMs);
  }

  #judgeUntil(watermarkMs: number): void {
    const due: TaskOperation[] = [];
    const waiting: TaskOperation[] = [];
    for (const one of this.#waiting) (one.receivedAt < watermarkMs ? due : waiting).push(one);
    this.#waiting = waiting;
    this.#watermarkMs = watermarkMs;
    for (const operation of due.sort((a, b) => a.receivedAt - b.receivedAt)) {
      if (operation.action === 'list') this.#list(operation);
      else {
        const tracked = this.#tasks.get(operation.task.toLowerCase());
        if (tracked) this.#conclude(tracked.course, tracked.course.receive(operation));
      }
    }
  }

  /** Something is missing from the traffic: what was known of tasks is known no more. */
  forgetAll(reason: string): void {
    this.#judgeUntil(Number.MAX_VALUE);
    this.unused(reason);
    this.#tasks.clear();
    this.#waiting = [];
    this.#watermarkMs = Number.NEGATIVE_INFINITY;
    this.#watchedMs = undefined;
    this.#initial = undefined;
    this.#sweptMs = Number.NEGATIVE_INFINITY;
  }

  finish(): void {
    this.#judgeUntil(Number.MAX_VALUE);
  }

  get verdict(): TrafficVerdict {
    return {
      exchanges: this.#exchanges,
      firstMs: this.#exchanges === 0 ? 0 : this.#firstMs,
      lastMs: this.#exchanges === 0 ? 0 : this.#lastMs,
      server: this.#server,
      unused: this.#unused,
      tasks: this.#seenTasks,
      undecided: this.#undecided,
      ...this.#proofs.found(this.#histories()),
      use: this.#use,
    };
  }

  #tracked(task: string, atMs: number): Tracked {
    const key = task.toLowerCase();
    let tracked = this.#tasks.get(key);
    if (tracked)
      this.#tasks.delete(key); // it is put at the end
    else {
      this.#seenTasks++;
      tracked = { course: new TaskCourse(task, this.#unseen(atMs), this.#judging), touchedMs: atMs };
    }
    this.#tasks.set(key, tracked);
    tracked.touchedMs = Math.max(tracked.touchedMs, atMs);
    return tracked;
  }

  /**
   * What may be true of a task at first sight; it may have been cancelled before it was watched. Where others act, that
   * is allowed for at any time. Tasks of one second share it.
   */
  #unseen(firstMs: number): readonly Hypothesis[] {
    const atMs = Math.ceil(firstMs / 1000) * 1000;
    if (this.#initial?.atMs === atMs) return this.#initial.hypotheses;
    const { soleClient, settings } = this.#options;
    this.#watchedMs ??= atMs;
    const cancelled = soleClient ? cancelledUnseen(this.#watchedMs, settings.settleMs) : [];
    const hypotheses = [
      ...unseen(atMs),
      ...cancelled.filter(({ lag }) => lag === undefined || lag.untilMs >= atMs),
    ];
    this.#initial = { atMs, hypotheses };
    return hypotheses;
  }

  get #judging(): Judging {
    return {
      settings: this.#options.settings,
      waived: noClauses,
      neighbours: { cancels: [], ttlsS: [] },
      ...(this.#options.soleClient ? {} : { othersAct: true }),
    };
  }

  #list(list: TaskOperation): void {
    const { rows = new Map() } = list.answer ?? {};
    const exchange = shortList(list.exchange);
    const named = new Set<string>();
    for (const [id, own] of rows) {
      if (!wellFormed.test(id)) continue;
      named.add(id.toLowerCase());
      const { course } = this.#tracked(id, list.sentAt);
      const seen: TaskOperation = {
        ...list,
        exchange,
        task: id,
        answer: { status: 200, rows: new Map([[id, own]]) },
      };
      this.#conclude(course, course.see(seen));
    }
    const without: TaskOperation = { ...list, exchange, answer: { status: 200, rows: new Map() } };
    for (const [key, { course }] of this.#tasks) {
      if (named.has(key) || !course.mustBeListed) continue;
      const seen = { ...without, task: course.task };
      this.#conclude(course, course.see(seen));
    }
  }

  #conclude(course: TaskCourse, outcome: Contradiction | readonly string[]): void {
    if ('history' in outcome) {
      this.#proofs.prove(outcome, this.#histories(course.task));
      if (!outcome.isAdvice) course.leave('broken');
    } else {
      if (course.ended === 'undecided') this.#undecided++;
      this.#proofs.uphold(outcome);
    }
  }

  /** Histories that break nothing, of the tasks that were touched last. */
  #histories(but?: string): readonly TaskHistory[] {
    return [...this.#tasks.values()]
      .filter(({ course }) => course.ended === undefined && course.task !== but)
      .slice(-historiesShown)
      .map(({ course }) => course.history);
  }

  #forgetOld(nowMs: number): void {
    if (nowMs < this.#sweptMs + sweepMs && this.#tasks.size <= mostTasks) return;
    this.#sweptMs = nowMs;
    this.#foldOld();
    for (const [key, { course, touchedMs }] of this.#tasks) {
      const isTooMany = this.#tasks.size > mostTasks;
      if (!isTooMany && touchedMs > nowMs - goneForMs) break;
      if (isTooMany) this.unused(`tasks beyond ${mostTasks} at once`);
      if (isTooMany || touchedMs <= nowMs - idleForMs || course.isGone) this.#tasks.delete(key);
    }
  }

  /** Of all tasks together, so many operations are held: first those of the longest untouched are forgotten. */
  #foldOld(): void {
    let held = 0;
    for (const { course } of this.#tasks.values()) held += course.held;
    for (const { course } of this.#tasks.values()) {
      if (held <= mostHeld) return;
      held -= course.held;
      course.fold();
    }
  }
}

const noClauses: ReadonlySet<string> = new Set();
