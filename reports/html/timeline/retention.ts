/**
 * How old a task's status was when it was read, against its retention: what makes an answer about an expiry a proof.
 * It is read off the recorded exchanges alone; it shows why, and decides nothing.
 */
import type { Exchange } from '../../../harness/model/exchange.ts';
import type { TaskRecord } from '../../../harness/model/task.ts';
import { asked, type Story, taskIdOf } from './story.ts';

/** Milliseconds since the start of the run, or of age. */
interface Bracket {
  readonly earliestMs: number;
  readonly latestMs: number;
}

export interface Aged {
  readonly exchange: Exchange;
  /** How long after the task's end it was read, with the time by which the task was aged. */
  readonly age: Bracket;
  /** What such a read proves: it must be answered with 200, with 404, or proves nothing. */
  readonly due: 'kept' | 'gone' | 'nothing';
}

export interface RetentionStory {
  readonly task: string;
  readonly ttlS: number;
  /** A younger status must be there: a server may count whole seconds. */
  readonly keptUntilMs: number;
  /** An older status must be gone. */
  readonly goneFromMs: number;
  /** Those reads of the ended task that show the verdict. */
  readonly reads: readonly Aged[];
}

/** In seconds: the docs' retention, where neither the making of the task nor a read sets another. */
const byDefaultS = 500;
const wholeSecondMs = 1000;

/**
 * @param graceS how late an expired status may go
 * @returns undefined where the verdict doesn't stand on a retention
 */
export function retentionOf(story: Story, graceS: number): RetentionStory | undefined {
  const last = [...story.shown].filter(({ operation }) => operation === 'read').at(-1);
  const task = story.tasks.find(({ id }) => last && id === taskIdOf(last));
  if (!last || !task) return undefined;
  const about = story.exchanges.filter((exchange) => taskIdOf(exchange) === task.id);
  const ended = endOf(task, about);
  const { ttlS, setBy } = ttlOf(about);
  const isAged = about.some((exchange) => agedByS(exchange) > 0);
  if (!ended || (!isAged && ttlS === undefined)) return undefined;
  const from = setBy ? either(ended, when(setBy)) : ended;
  const ttlMs = (ttlS ?? byDefaultS) * 1000;
  const bounds = { keptUntilMs: ttlMs - wholeSecondMs, goneFromMs: ttlMs + graceS * 1000 };
  const reads = about
    .filter((exchange) => story.shown.has(exchange) && exchange.lost === undefined && exchange !== setBy)
    .filter(({ operation, sentAt }) => operation === 'read' && sentAt >= ended.earliestMs)
    .map((exchange) => {
      const age = ageOf(exchange, from, about);
      return { exchange, age, due: dueAt(age, bounds) };
    });
  return reads.length === 0 ? undefined : { task: task.id, ttlS: ttlMs / 1000, ...bounds, reads };
}

const when = ({ sentAt, receivedAt }: Exchange): Bracket => ({ earliestMs: sentAt, latestMs: receivedAt });

const either = (a: Bracket, b: Bracket): Bracket => ({
  earliestMs: Math.min(a.earliestMs, b.earliestMs),
  latestMs: Math.max(a.latestMs, b.latestMs),
});

/** When the provisioner ended it; or between the cancel that was accepted and the read that shows the end. */
function endOf({ phases }: TaskRecord, about: readonly Exchange[]): Bracket | undefined {
  const last = phases.at(-1);
  if (last && (last.phase === 'finished' || last.phase === 'failed')) {
    return { earliestMs: last.after, latestMs: last.before };
  }
  const cancelled = about.find(
    ({ operation, response }) => operation === 'cancel' && response?.status === 200,
  );
  const showing = about.find(
    (exchange) => cancelled && exchange.sentAt >= cancelled.sentAt && showsEnd(exchange),
  );
  return cancelled && showing ? either(when(cancelled), when(showing)) : undefined;
}

function showsEnd({ operation, response }: Exchange): boolean {
  const { status } = asked(response?.body);
  return operation === 'read' && response?.status === 200 && (status === 'finished' || status === 'failed');
}

/** The retention that was set last, in seconds, and the read that set it; from its end or from that read: both are fair. */
function ttlOf(about: readonly Exchange[]): { readonly ttlS?: number; readonly setBy?: Exchange } {
  const setBy = about.findLast(
    ({ operation, response, request }) =>
      operation === 'read' && response?.status === 200 && /^\d+$/.test(request.headers['X-Result-TTL'] ?? ''),
  );
  if (setBy) return { ttlS: Number(setBy.request.headers['X-Result-TTL']), setBy };
  const atCreation = about
    .map(({ request }) => asked(request.body).result_ttl)
    .find((ttl) => typeof ttl === 'number');
  return atCreation === undefined ? {} : { ttlS: atCreation };
}

/** By how many seconds a request aged its task. */
function agedByS({ operation, request, response }: Exchange): number {
  const { seconds } = asked(request.body);
  const isAgeing = operation === 'control' && request.path.endsWith('/age') && response?.status === 204;
  return isAgeing && typeof seconds === 'number' ? seconds : 0;
}

function ageOf(read: Exchange, from: Bracket, about: readonly Exchange[]): Bracket {
  const agedMs = about
    .slice(0, about.indexOf(read)) // by their order: two instants may be the same
    .reduce((sum, exchange) => sum + agedByS(exchange) * 1000, 0);
  return {
    earliestMs: read.sentAt - from.latestMs + agedMs,
    latestMs: read.receivedAt - from.earliestMs + agedMs,
  };
}

function dueAt(
  age: Bracket,
  { keptUntilMs, goneFromMs }: Pick<RetentionStory, 'keptUntilMs' | 'goneFromMs'>,
): Aged['due'] {
  if (age.latestMs < keptUntilMs) return 'kept';
  return age.earliestMs > goneFromMs ? 'gone' : 'nothing';
}
