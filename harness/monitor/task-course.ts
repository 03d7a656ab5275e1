/**
 * What is known of one task while its traffic comes: what the contract allows of it now, and the operations that led
 * there, as few as an explanation needs. Memory does not grow with the traffic.
 */
import type { Judging, Refusal } from '../judge/oracle/guard.ts';
import { type TaskHistory, waiving } from '../judge/oracle/histories.ts';
import { absent, type Hypothesis } from '../judge/oracle/hypothesis.ts';
import { isObservation, Linearizer, linearize } from '../judge/oracle/linearize.ts';
import { operationOf, type TaskOperation } from '../judge/oracle/operation.ts';
import { advice } from '../judge/oracle/oracle.ts';
import { bracket } from '../model/bracket.ts';
import type { Exchange } from '../model/exchange.ts';
import { sameProof, upheldBy } from './upheld.ts';

/** An answer that no order of the operations explains. */
export interface Contradiction {
  readonly at: TaskOperation;
  readonly before: readonly Hypothesis[];
  readonly refusals: readonly Refusal[];
  readonly history: TaskHistory;
  /** Only advice was not followed: the task is judged on without it. */
  readonly isAdvice: boolean;
}

/** What may be true as well, where a cancel may have been accepted before: its effect may be on its way. */
export const cancelledUnseen = (atMs: number, settleMs: number): readonly Hypothesis[] =>
  (['finished', 'failed'] as const).flatMap((where) =>
    ([undefined, 'queued', 'started'] as const).map((shows) => ({
      ...absent,
      where,
      held: false,
      cancelled: true as const,
      end: bracket(Number.NEGATIVE_INFINITY, atMs + settleMs),
      ...(shows ? { lag: { shows, sinceMs: atMs, untilMs: atMs + settleMs, by: 'cancel' as const } } : {}),
    })),
  );

/** So many operations are kept; where there are more, what is possible then is the beginning. */
const mostKept = 40;

/** Of lists in a row, after the first two, each so many is looked at: they say the same again. */
const listsSkipped = 4;

export class TaskCourse {
  readonly task: string;
  /** Why the task is not judged any more. */
  ended: 'broken' | 'undecided' | 'unread' | undefined;
  #initial: readonly Hypothesis[];
  #linearizer: Linearizer;
  #judging: Judging;
  /** Known operations that were not yet sent at the instant up to which the task is judged. */
  #pending: TaskOperation[] = [];
  #kept: Kept[] = [];
  #receivedAt = Number.NEGATIVE_INFINITY;
  #listsInRow = 0;
  /** Its creation was seen. */
  isMade = false;
  /** The last answer that left everything as it was, and what it upheld. */
  #last:
    | {
        readonly proof: string;
        readonly body: string;
        readonly hypotheses: readonly Hypothesis[];
        readonly clauses: readonly string[];
      }
    | undefined;

  constructor(task: string, initial: readonly Hypothesis[], judging: Judging) {
    this.task = task;
    this.#initial = initial;
    this.#judging = judging;
    this.#linearizer = new Linearizer(initial);
  }

  get history(): TaskHistory {
    return this.#historyWith([]);
  }

  #historyWith(more: readonly TaskOperation[]): TaskHistory {
    const operations = [...this.#kept.map(operationIn), ...more, ...this.#linearizer.inFlight];
    return {
      task: this.task,
      operations: operations.sort((a, b) => a.sentAt - b.sentAt),
      initial: this.#initial,
      judging: this.#judging,
    };
  }

  /** How many operations are held for an explanation. */
  get held(): number {
    return this.#kept.length;
  }

  get isGone(): boolean {
    return (
      this.#pending.length === 0 &&
      this.#linearizer.hypotheses.every(({ where }) => where === 'gone' || where === 'nowhere')
    );
  }

  /** Whether the last answers leave no doubt that it has not ended. */
  get mustBeListed(): boolean {
    return (
      this.ended === undefined &&
      this.#linearizer.hypotheses.some(({ where }) => where === 'running' || where === 'committing')
    );
  }

  /** It ends the judging of a task of which something is not known. */
  leave(why: 'broken' | 'undecided' | 'unread'): void {
    this.ended = why;
    this.#pending = [];
    this.#kept = [];
    this.#linearizer = new Linearizer([]);
  }

  /** Takes an operation whose answer is known, or lost, before it is judged. */
  add(operation: TaskOperation): void {
    if (this.ended !== undefined) return;
    this.#pending.push(operation);
    this.isMade ||= operation.action === 'create';
  }

  /** @returns what contradicts the contract, or the clauses that the answer could have broken and did not */
  receive(operation: TaskOperation): Contradiction | readonly string[] {
    if (this.ended !== undefined) return [];
    this.#sendUntil(operation.receivedAt);
    this.#listsInRow = 0;
    return this.#take(operation);
  }

  /** A list that names the task, or does not. It says something only where nothing of the task was in flight. */
  see(list: TaskOperation): Contradiction | readonly string[] {
    if (this.ended !== undefined || this.#receivedAt > list.sentAt) return [];
    this.#sendUntil(list.receivedAt);
    const isDisturbed = [...this.#linearizer.inFlight].some(
      ({ receivedAt }) => receivedAt < Number.POSITIVE_INFINITY,
    );
    this.#listsInRow++;
    if (isDisturbed || (this.#listsInRow > 2 && this.#listsInRow % listsSkipped !== 0)) return [];
    this.#linearizer.send(list);
    return this.#take(list);
  }

  #sendUntil(atMs: number): void {
    if (this.#pending.length === 0) return;
    for (const one of this.#pending
      .filter(({ sentAt }) => sentAt <= atMs)
      .sort((a, b) => a.sentAt - b.sentAt))
      this.#linearizer.send(one);
    this.#pending = this.#pending.filter(({ sentAt }) => sentAt > atMs);
  }

  #take(operation: TaskOperation): Contradiction | readonly string[] {
    const isAlone = this.#linearizer.inFlight.size === 1;
    const before = this.#linearizer.hypotheses;
    this.#receivedAt = operation.receivedAt;
    const proof = isAlone && isObservation(operation) ? sameProof(before, operation) : undefined;
    const body = shownBy(operation);
    const last = this.#last;
    if (last && last.proof === proof && last.body === body && areSame(last.hypotheses, before)) {
      this.#linearizer.withdraw(operation);
      this.#keep(operation, body);
      return last.clauses;
    }
    const outcome = this.#linearizer.receive(operation, this.#judging);
    if (typeof outcome === 'object') return this.#contradiction({ at: operation, ...outcome });
    this.#keep(operation, body);
    if (outcome === 'undecided') this.leave('undecided');
    const clauses = isAlone ? upheldBy(before, operation, this.#judging) : [];
    const hypotheses = this.#linearizer.hypotheses;
    const isSame = proof !== undefined && areSame(hypotheses, before);
    this.#last = isSame ? { proof, body, hypotheses, clauses } : undefined;
    return clauses;
  }

  /** A contradiction of advice alone is one, and the task is judged on without that advice. */
  #contradiction(found: Pick<Contradiction, 'at' | 'before' | 'refusals'>): Contradiction {
    const history = this.#historyWith([found.at]);
    const advised = found.refusals.filter(({ clause }) => advice.includes(clause));
    const judging = waiving(this.#judging, advice);
    const course = advised.length === 0 ? undefined : linearize(history.operations, this.#initial, judging);
    if (course?.verdict === 'violation')
      return { ...found, ...course, history: { ...history, judging }, isAdvice: false };
    if (course?.verdict !== 'fair') return { ...found, history, isAdvice: false };
    const inFlight = this.#linearizer.inFlight;
    if (inFlight.size > 0) return { ...found, refusals: advised, history, isAdvice: false };
    this.#judging = judging;
    this.#linearizer = new Linearizer(course.last);
    return { ...found, refusals: advised, history, isAdvice: true };
  }

  /** Of the same observation between two changes, the first and the last are kept: those between say nothing more. */
  #keep(operation: TaskOperation, body: string): void {
    const { id, operation: name, sentAt, receivedAt, attempt: _, ...said } = operation.exchange;
    const isList = operation.action === 'list';
    const observes = isObservation(operation);
    const text = isList ? body : JSON.stringify(said);
    const since = observes ? this.#kept.findLastIndex((one) => !one.observes) + 1 : this.#kept.length;
    const [first, last] = this.#kept.slice(since).filter(({ says }) => says === text);
    if (last) this.#kept.splice(this.#kept.lastIndexOf(last), 1);
    this.#kept.push({
      exchange: { id, operation: name, sentAt, receivedAt },
      says: first?.says ?? text, // the same text is held once
      observes,
      ...(isList ? { list: operation } : {}),
    });
    if (this.#kept.length > mostKept) this.fold();
  }

  /** What is possible now becomes the beginning, and the operations that led there are forgotten. */
  fold(): void {
    if (this.#linearizer.inFlight.size > 0) return;
    this.#initial = this.#linearizer.hypotheses;
    this.#kept = [];
  }
}

/** An operation as it is kept: as text, which takes a fraction of the memory; a list, which is shared, as it is. */
interface Kept {
  readonly exchange: Pick<Exchange, 'id' | 'operation' | 'sentAt' | 'receivedAt'>;
  /** What was sent and answered. */
  readonly says: string;
  readonly observes: boolean;
  readonly list?: TaskOperation;
}

function operationIn({ exchange, says, list }: Kept): TaskOperation {
  const operation = list ?? operationOf({ ...exchange, attempt: 1, ...JSON.parse(says) }, true);
  if (!operation) throw new RangeError('an exchange that was an operation is one');
  return operation;
}

const areSame = (some: readonly Hypothesis[], others: readonly Hypothesis[]): boolean =>
  some.length === others.length && some.every((one) => others.includes(one));

/** What an answer shows of its task. */
const shownBy = ({ action, answer, task, exchange }: TaskOperation): string =>
  action === 'list'
    ? JSON.stringify(answer?.rows?.get(task)?.map(({ fields }) => fields) ?? [])
    : (exchange.response?.body ?? '');
