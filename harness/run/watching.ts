/** Reads over time: until a task has ended, until an effect shows, or for long enough to prove that nothing happened. */
import { hasLeft } from '../judge/judge.ts';
import type { Exchange } from '../model/exchange.ts';
import { list, type Request, read } from '../model/requests.ts';
import { leastWatchMs, pollGapMs } from '../model/settings.ts';
import type { Task } from '../model/task.ts';
import type { RunContext } from './run-context.ts';

type ReadParameters = Parameters<typeof read>[1];

const pollMs = [50, 100, 150, 200, 250, 250];
const longestPollMs = 500;
/** For so long a task that moves by itself is followed at most. */
const followedMs = 120_000;

/**
 * By how much a read went out later than it was due, where the program itself must have stood still, or the whole
 * machine with the target on it. The target had no chance to answer in that time.
 */
const stoodStillMs = (lateMs: number): number => (lateMs > 250 ? lateMs : 0);

/** What a check reads and waits with. */
export interface Watcher {
  readonly runContext: RunContext;
  readonly send: (request: Request) => Promise<Exchange>;
  /** An instant that is surely past, in milliseconds since the start of the run. */
  readonly sinceMs: () => number;
  /** Waits until after an instant, without counting on it. */
  readonly pauseUntil: (instantMs: number, why: string) => Promise<void>;
  /** Whether a task will end by itself. */
  readonly isMoving: (task: Task) => boolean;
}

export type Watching = ReturnType<typeof watching>;

export function watching({ runContext, send, sinceMs, pauseUntil, isMoving }: Watcher) {
  /**
   * Reads a task that moves by itself until it ended.
   * @param first what the first read asks for
   * @param kinds what the other reads ask for in turn: each kind must show the end, for which there is the settle time
   */
  const follow = async (
    task: Task,
    first: ReadParameters = {},
    kinds: readonly ReadParameters[] = [{}],
  ): Promise<Exchange[]> => {
    const reads = [await send(read(task, first))];
    let untilMs = sinceMs() + followedMs;
    const isOver = () => reads.length >= kinds.length && reads.slice(-kinds.length).every(hasLeft);
    while (!isOver() && sinceMs() < untilMs) {
      if (reads.filter(hasLeft).length === 1)
        untilMs = Math.min(untilMs, sinceMs() + runContext.settings.settleS * 1000);
      await pauseUntil(sinceMs() + longestPollMs / kinds.length, 'a task to end');
      reads.push(await send(read(task, { ...kinds[reads.length % kinds.length], pollGapMs })));
    }
    return reads;
  };

  /**
   * Reads a task for long enough to prove that nothing happened to it. One that moves by itself is followed to its end:
   * if it ends as it would have ended, nothing happened to it.
   */
  const watch = async (task: Task): Promise<Exchange[]> => {
    const fromMs = sinceMs();
    const watchMs = () => Math.max(leastWatchMs, 1.5 * runContext.slowestEffectMs);
    const reads = [await send(read(task))];
    for (const part of [0.25, 0.5, 1]) {
      await pauseUntil(fromMs + part * watchMs(), 'watching that nothing happens');
      reads.push(await send(read(task)));
    }
    const ends = isMoving(task);
    return ends ? [...reads, ...(await follow(task))] : reads;
  };

  /**
   * Reads a task that moves by itself once more: its status now shows what it was before. After an accepted cancel it is
   * followed to its end.
   */
  const afterwards = async (task: Task, { operation, response }: Exchange): Promise<Exchange[]> => {
    if (task.held) return [];
    const isAccepted = operation === 'cancel' && response?.status === 200;
    return isAccepted ? follow(task) : [await send(read(task))];
  };

  /** Reads a task until `shows` says that the awaited change shows, or the settle time is over. */
  const settle = (task: Task, shows: (read: Exchange) => boolean): Promise<Exchange[]> =>
    until(read(task), shows);

  /** Lists until `shows` says that the awaited change shows, or the settle time is over. */
  const settleList = (shows: (listing: Exchange) => boolean): Promise<Exchange[]> => until(list(), shows);

  /** The reads from an accepted cancel until its effect shows; none where it was not accepted. */
  const effect = async (answer: Exchange, task: Task): Promise<Exchange[]> => {
    if (answer.response?.status !== 200 || answer.lost !== undefined) return [];
    const reads = await settle(task, hasLeft);
    const last = lastOf(reads);
    const { slowestEffectMs } = runContext;
    if (hasLeft(last))
      runContext.slowestEffectMs = Math.max(slowestEffectMs, last.receivedAt - answer.sentAt);
    return reads;
  };

  async function until(request: Request, shows: (exchange: Exchange) => boolean): Promise<Exchange[]> {
    let untilMs = sinceMs() + runContext.settings.settleS * 1000;
    const exchanges = [await send(request)];
    // An answer may be long on its way: only one that was asked for after the settle time says that it is over.
    for (let turn = 0; !shows(lastOf(exchanges)) && lastOf(exchanges).sentAt <= untilMs; turn++) {
      const pausedMs = Math.min(sinceMs() + (pollMs[turn] ?? longestPollMs), untilMs);
      const dueMs = Math.max(sinceMs(), pausedMs);
      await pauseUntil(dueMs, 'an effect to show');
      const next = await send(request);
      if (next.attempt === 1) untilMs += stoodStillMs(next.sentAt - dueMs);
      exchanges.push(next);
    }
    return exchanges;
  }

  return { follow, watch, afterwards, settle, settleList, effect };
}

function lastOf(exchanges: readonly Exchange[]): Exchange {
  const last = exchanges.at(-1);
  if (!last) throw new RangeError('no exchange');
  return last;
}
