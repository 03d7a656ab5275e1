/**
 * The one door to the outside: `send`, `now`, `wait`. Behind it stand the real world and simulated time;
 * a suite can't tell which one it is in.
 */
import { type Bracket, bracket } from './bracket.ts';
import { type Carrier, recordingClient } from './client.ts';
import type { Clock } from './clock.ts';
import { type Exchange, unsentId } from './exchange.ts';
import type { Guard } from './ledger/guard.ts';
import type { Request } from './requests.ts';
import { agentsFor, type Target } from './target.ts';

export interface World {
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

export interface WorldOptions {
  readonly target: Target;
  readonly clock: Clock;
  /** Patience for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests in flight at once. */
  readonly concurrency: number;
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

/** A world behind HTTP: the real one with the real clock, simulated time with a simulated one. */
export function httpWorld({
  target,
  clock,
  timeoutMs,
  concurrency,
  record,
  over,
  inFlight = (work) => work(),
  guard,
  carry,
  carryControl,
}: WorldOptions): World {
  const agents = agentsFor(target);
  const client = recordingClient({
    target,
    agents,
    clock,
    timeoutMs,
    guard,
    ...(carry ? { carry } : {}),
    ...(carryControl ? { carryControl } : {}),
  });
  const turn = turnstile(concurrency);

  async function sendOnce(request: Request, attempt: number): Promise<Exchange> {
    const exchange = await turn(
      async () => (isMoot(request) ? unsent(request, attempt) : inFlight(() => client(request, attempt))),
      request.urgent,
    );
    if (exchange.id !== unsentId) record(exchange);
    return exchange;
  }

  const isMoot = ({ method }: Request): boolean =>
    over?.aborted === true && (method !== 'DELETE' || over.reason === 'target');

  const unsent = ({ operation, method, path }: Request, attempt: number): Exchange => ({
    id: unsentId,
    operation,
    sentAt: clock.nowMs(),
    receivedAt: clock.nowMs(),
    attempt,
    request: { method, path, headers: {}, credentials: 'none' },
    lost: 'not sent, for the run was cut short',
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
        await clock.sleep(backoffMs * 2 ** (attempt - 2));
        exchange = await sendOnce(request, attempt);
      }
      return exchange;
    },
    now: () => bracket(clock.nowMs(), clock.nowMs()),
    wait: (ms, signal) => clock.sleep(ms, signal),
    close: () => agents.close(),
  };
}

/** A redirect to another host will be one again, and what was never sent is not to be. */
const isWorthAnother = ({ id, lost = '' }: Exchange): boolean =>
  id !== unsentId && !lost.startsWith('redirected to');

/** Reads, and removing a task, which the control protocol lets be done twice. A cancel is never sent again. */
const isRepeatable = ({ method }: Request): boolean => method === 'GET' || method === 'DELETE';

/** Lets `width` pieces of work through at a time: the urgent ones first, else first come, first served. */
export function turnstile(width: number): <T>(work: () => Promise<T>, urgent?: boolean) => Promise<T> {
  const waiting: (() => void)[] = [];
  const hurrying: (() => void)[] = [];
  let free = width;
  return async (work, urgent = false) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => (urgent ? hurrying : waiting).push(resolve));
    try {
      return await work();
    } finally {
      const next = hurrying.shift() ?? waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
