/**
 * The one door to the outside: `send`, `now`, `wait`. Behind it stand the real environment and simulated time;
 * a suite can't tell which one it is in.
 */
import { type Bracket, bracket } from '../model/bracket.ts';
import { type Exchange, unsentId } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { type Carrier, type Guard, recordingClient, refusedLogin, retryAfterMs } from './client.ts';
import type { Clock } from './clock.ts';
import type { Lockout } from './liveness.ts';
import { agentsFor, type Target } from './target.ts';

export interface Environment {
  /**
   * Sends a request. Reads are tried again when the network or a proxy took the answer away; what changes
   * something is sent once. A loss is an exchange too: it rejects only what must not be sent.
   * @returns the last attempt
   */
  send(request: Request): Promise<Exchange>;
  /** This instant, in milliseconds since the start of the run. */
  now(): Bracket;
  /** @param ms at least so many milliseconds, fewer only where the signal is aborted */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** Closes the connections. */
  close(): void;
}

export interface EnvironmentOptions {
  readonly target: Target;
  readonly clock: Clock;
  /** Patience for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests in found at once. */
  readonly concurrency: number;
  /** Requests a second; left out: as fast as they come. */
  readonly maxRps?: number;
  /** Where the target may lock an account: whether to send more as the one that asks. */
  readonly lockout?: Lockout;
  /** Is told of every exchange, also of attempts that were lost. */
  readonly record: (exchange: Exchange) => void;
  /** Aborted when the run is cut short: nothing is sent then but what removes tasks, and not even that where the target
   *  is gone (the reason is `target`). */
  readonly over?: AbortSignal;
  /** Runs an exchange; simulated time stands still meanwhile. */
  readonly inFlight?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Lets nothing through that could change what isn't the run's own. */
  readonly guard: Guard;
  /** How requests reach the server; over HTTP where nothing shorter is at hand. */
  readonly carry?: Carrier;
  /** How requests of the control protocol go, where it isn't the server that speaks it. */
  readonly carryControl?: Carrier;
}

const attempts = 3;
const backoffMs = 250;

/** A environment behind HTTP: the real one with the real clock, simulated time with a simulated one. */
export function httpEnvironment({
  target,
  clock,
  timeoutMs,
  concurrency,
  maxRps,
  lockout,
  record,
  over,
  inFlight = (work) => work(),
  guard,
  carry,
  carryControl,
}: EnvironmentOptions): Environment {
  const agents = agentsFor(target);
  const client = recordingClient({
    target,
    agents,
    clock,
    timeoutMs,
    guard,
    refusalIsLoss: lockout !== undefined,
    ...(carry ? { carry } : {}),
    ...(carryControl ? { carryControl } : {}),
  });
  const turn = semaphore(() => (lockout?.isDoubted ? 1 : concurrency));
  const pace = pacer(clock, maxRps);

  async function sendOnce(request: Request, attempt: number): Promise<Exchange> {
    const isOff = (): boolean => isMoot(request);
    const send = async (): Promise<Exchange> => {
      if (isOff()) return unsent(request, attempt);
      const sent = await inFlight(() => client(request, attempt));
      lockout?.heed(sent);
      return sent;
    };
    const exchange = await turn(() => pace(send, isOff), request.urgent);
    if (exchange.id !== unsentId) record(exchange);
    return exchange;
  }

  const isMoot = ({ method }: Request): boolean =>
    lockout?.isShut === true || (over?.aborted === true && (method !== 'DELETE' || over.reason === 'target'));

  const unsent = ({ operation, method, path }: Request, attempt: number): Exchange => ({
    id: unsentId,
    operation,
    sentAt: clock.nowMs(),
    receivedAt: clock.nowMs(),
    attempt,
    request: { method, path, headers: {}, credentials: 'none' },
    lost: lockout?.isShut ? `not sent, for ${refusedLogin} before` : 'not sent, for the run was cut short',
  });

  return {
    async send(request) {
      let exchange = await sendOnce(request, 1);
      for (
        let attempt = 2;
        attempt <= attempts &&
        exchange.lost !== undefined &&
        isWorthAnother(exchange) &&
        isRepeatable(request);
        attempt++
      ) {
        const askedMs = (exchange.response && retryAfterMs(exchange.response)) ?? 0;
        if (askedMs > timeoutMs) break; // more than the patience that there is for an answer
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

/** A redirect to another host will be one again, a login may lock its account, and what was never sent is not to be. */
const isWorthAnother = ({ id, lost = '' }: Exchange): boolean =>
  id !== unsentId && lost !== refusedLogin && !lost.startsWith('redirected to');

/** Reads, and removing a task, which the control protocol lets be done twice. A cancel is never sent again. */
const isRepeatable = ({ method }: Request): boolean => method === 'GET' || method === 'DELETE';

/**
 * Lets `width` pieces of work through at a time: the urgent ones first, else first come, first served.
 * @param width may change; it is asked whenever one comes or goes
 */
export function semaphore(
  width: number | (() => number),
): <T>(work: () => Promise<T>, urgent?: boolean) => Promise<T> {
  const waiting: (() => void)[] = [];
  const hurrying: (() => void)[] = [];
  let inside = 0;
  const hasRoom = (): boolean => inside < (typeof width === 'number' ? width : width());
  return async (work, urgent = false) => {
    if (hasRoom()) inside++;
    else await new Promise<void>((resolve) => (urgent ? hurrying : waiting).push(resolve));
    try {
      return await work();
    } finally {
      inside--;
      for (let next: (() => void) | undefined; hasRoom(); next()) {
        next = hurrying.shift() ?? waiting.shift();
        if (!next) break;
        inside++;
      }
    }
  };
}

// ===== harness/http/pacer.ts: Spaces requests out, so that no more than so many are sent in a second.

/** Sends when its turn has come; at once, and without a gap after it, where `isOff` says that nothing will be sent. */
export type Pacer = <T>(send: () => Promise<T>, isOff: () => boolean) => Promise<T>;

/** @param maxRps requests a second; undefined: as fast as they come */
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
        // From when it was sent, not from when it should have been: one that is late brings no two close together.
        if (costs) freeAtMs = clock.nowMs() + gapMs;
      });
    });
}
