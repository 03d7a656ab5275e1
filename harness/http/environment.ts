/**
 * The only access to the outside: `send`, `now`, `wait`. There is a real environment, one in simulated time, and a
 * recording; a suite can't tell which one it runs in.
 */
import { type Bracket, bracket } from '../model/bracket.ts';
import { type Exchange, unsentId } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import {
  type ClientOptions,
  isNeverSent,
  noAnswer,
  recordingClient,
  refusedLogin,
  retryAfterMs,
} from './client.ts';
import type { Clock } from './clock.ts';
import { fixedLimit, type InFlightLimit } from './in-flight-limit.ts';
import type { Lockout } from './liveness.ts';
import { agentsFor } from './target.ts';

export interface Environment {
  /**
   * Sends a request. A lost read is repeated; a request that changes something is sent once. It rejects only for a
   * request that must not be sent: a lost response is an exchange too.
   * @returns the last attempt
   */
  send(request: Request): Promise<Exchange>;
  /** This instant, in milliseconds since the start of the run. */
  now(): Bracket;
  /** Waits at least `ms` milliseconds, less only where the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** Closes the connections. */
  close(): void;
}

export interface EnvironmentOptions extends Omit<ClientOptions, 'agents' | 'limits' | 'refusalIsLoss'> {
  /** How many requests may be in flight. */
  readonly concurrency: number | InFlightLimit;
  /** The most requests a second; undefined: no limit. */
  readonly maxRps?: number;
  /** For a target that may lock accounts: decides whether the login is still sent. */
  readonly lockout?: Lockout;
  /** Receives every exchange, also lost attempts. */
  readonly record: (exchange: Exchange) => void;
  /** Aborted when the run is cut short: then only removals of tasks are sent, and none where the target is gone (the
   *  reason is `target`). */
  readonly over?: AbortSignal;
  /** Set before a run: a read is not repeated where nothing is there that could answer, or where it stays silent. */
  readonly endsAtSilence?: true;
  /** Runs an exchange; simulated time stops meanwhile. */
  readonly inFlight?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** After so long a poll goes before urgent ones. */
const longestPollWaitMs = 800;
const attempts = 3;
const backoffMs = 250;

/** An environment over HTTP: the real one with a real clock, simulated time with a simulated one. */
export function httpEnvironment(options: EnvironmentOptions): Environment {
  const {
    clock,
    timeoutMs,
    concurrency,
    maxRps,
    lockout,
    record,
    over,
    endsAtSilence,
    inFlight = (work) => work(),
  } = options;
  const agents = agentsFor(options.target);
  const client = recordingClient({ ...options, agents, refusalIsLoss: lockout !== undefined });
  const limit = typeof concurrency === 'number' ? fixedLimit(concurrency) : concurrency;
  let requestsInFlight = 0;
  const turn = semaphore(() => (lockout?.isRefused ? 1 : limit.width));
  const pace = pacer(clock, maxRps);
  const pacePolls = pollPacer(clock);

  async function sendOnce(request: Request, attempt: number): Promise<Exchange> {
    const isOff = (): boolean => isCancelled(request);
    const send = async (): Promise<Exchange> => {
      if (isOff()) return unsent(request, attempt);
      const beside = ++requestsInFlight;
      try {
        const sent = await inFlight(() => client(request, attempt));
        lockout?.observe(sent);
        limit.observe(sent, beside);
        return sent;
      } finally {
        requestsInFlight--;
      }
    };
    if (request.pollGapMs !== undefined && !isOff()) await pacePolls(request.pollGapMs, request.urgent);
    return turn(async () => {
      const exchange = await pace(send, isOff);
      if (exchange.id !== unsentId) record(exchange);
      // A target that is gone is not flooded; what may be repeated has pauses of its own.
      if (isNeverSent(exchange.lost ?? '') && !isRepeatable(request)) await clock.sleep(backoffMs, over);
      return exchange;
    }, priorityOf(request));
  }

  const isCancelled = ({ method }: Request): boolean =>
    lockout?.isClosed === true ||
    (over?.aborted === true && (method !== 'DELETE' || over.reason === 'target'));

  const unsent = ({ operation, method, path }: Request, attempt: number): Exchange => ({
    id: unsentId,
    operation,
    sentAt: clock.nowMs(),
    receivedAt: clock.nowMs(),
    attempt,
    request: { method, path, headers: {}, credentials: 'none' },
    lost: lockout?.isClosed
      ? `not sent, because ${refusedLogin} before`
      : 'not sent, because the run was cut short',
  });

  return {
    async send(request) {
      let exchange = await sendOnce(request, 1);
      for (
        let attempt = 2;
        attempt <= attempts &&
        exchange.lost !== undefined &&
        isWorthAnother(exchange) &&
        !(endsAtSilence && isAbsent(exchange.lost, timeoutMs)) &&
        isRepeatable(request);
        attempt++
      ) {
        const askedMs = (exchange.response && retryAfterMs(exchange.response)) ?? 0;
        if (askedMs > timeoutMs) break; // longer than a response may take
        const pauseMs = Math.max(askedMs, backoffMs * 2 ** (attempt - 2));
        await clock.sleep(pauseMs, request.method === 'DELETE' ? undefined : over);
        exchange = await sendOnce(request, attempt);
      }
      return exchange;
    },
    now: () => bracket(clock.nowMs(), clock.nowMs()),
    wait: (ms, signal) => clock.sleep(ms, signal),
    close: () => agents.close(),
  };
}

/** A redirect repeats, another bad login may lock the account, and an unsent request must stay unsent. */
const isWorthAnother = ({ id, lost = '' }: Exchange): boolean =>
  id !== unsentId && lost !== refusedLogin && !lost.startsWith('redirected to');

const isAbsent = (lost: string, timeoutMs: number): boolean =>
  lost === noAnswer(timeoutMs) || isNeverSent(lost);

/** Reads, and removals of tasks, which the control protocol allows to repeat. A cancel is never repeated. */
const isRepeatable = ({ method }: Request): boolean => method === 'GET' || method === 'DELETE';

/** The lower, the sooner. */
type Priority = 0 | 1 | 2;

/** Checks that have begun go on before others begin: the longest chain of requests decides how long a run takes. */
const priorityOf = ({ urgent, begun }: Request): Priority => (urgent ? 0 : begun ? 1 : 2);

/**
 * Runs at most `width` pieces of work at a time: by their priority, otherwise in their order.
 * @param width a function is called whenever work starts or ends
 */
export function semaphore(
  width: number | (() => number),
): <T>(work: () => Promise<T>, priority?: Priority) => Promise<T> {
  const waiting: Record<Priority, (() => void)[]> = [[], [], []];
  let inside = 0;
  const hasRoom = (): boolean => inside < (typeof width === 'number' ? width : width());
  return async (work, priority = 2) => {
    if (hasRoom()) inside++;
    else await new Promise<void>((resolve) => waiting[priority].push(resolve));
    try {
      return await work();
    } finally {
      inside--;
      for (let next: (() => void) | undefined; hasRoom(); next()) {
        next = waiting[0].shift() ?? waiting[1].shift() ?? waiting[2].shift();
        if (!next) break;
        inside++;
      }
    }
  };
}

/** Waits until the next poll may be sent: an urgent one first, but after one that has waited for long. */
function pollPacer(clock: Clock): (gapMs: number, urgent?: boolean) => Promise<void> {
  const waiting: {
    readonly gapMs: number;
    readonly urgent: boolean;
    readonly sinceMs: number;
    readonly go: () => void;
  }[] = [];
  let isPacing = false;
  const next = () => {
    const oldest = waiting.findIndex(({ sinceMs }) => clock.nowMs() - sinceMs >= longestPollWaitMs);
    const urgent = waiting.findIndex((one) => one.urgent);
    return waiting.splice([oldest, urgent, 0].find((index) => index >= 0) ?? 0, 1)[0];
  };
  return (gapMs, urgent = false) =>
    new Promise((resolve) => {
      waiting.push({ gapMs, urgent, sinceMs: clock.nowMs(), go: resolve });
      if (isPacing) return;
      isPacing = true;
      void (async () => {
        for (let one = next(); one; one = next()) {
          one.go();
          await clock.sleep(one.gapMs);
        }
        isPacing = false;
      })();
    });
}

/** Sends when the gap is over; at once, and without a new gap, if `isOff` is true: then nothing is sent. */
export type Pacer = <T>(send: () => Promise<T>, isOff: () => boolean) => Promise<T>;

/** Limits the rate of requests. @param maxRps requests a second; undefined: no limit */
export function pacer(clock: Clock, maxRps: number | undefined): Pacer {
  if (maxRps === undefined) return (send) => send();
  const gapMs = 1000 / maxRps;
  let freeAtMs = 0;
  let last = Promise.resolve();
  return (send, isOff) =>
    new Promise((resolve) => {
      last = last.then(async () => {
        const earlyMs = freeAtMs - clock.nowMs();
        if (earlyMs > 0 && !isOff()) await clock.sleep(earlyMs);
        const costs = !isOff();
        resolve(send());
        // The gap begins when the request was sent, not when it was due.
        if (costs) freeAtMs = clock.nowMs() + gapMs;
      });
    });
}
