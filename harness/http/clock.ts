/**
 * Simulated time: a clock shared by the harness and the reference cluster. It stands still while a request
 * is in found, and jumps to the next waking instant as soon as nothing is: 500 s pass in milliseconds.
 */

/** The clock that environments are made with. Nothing outside a environment reads a clock or waits. */
export interface Clock {
  /** Milliseconds on the monotonic clock since this clock was made. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds, or at once when the signal is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Timers hold 31 bits, and take more for nothing at all: some 24 days is as good as for ever. */
const longestMs = 2 ** 31 - 1;

/** The machine's own monotonic clock, with its origin at the call. */
export function realClock(): Clock {
  const originMs = performance.now();
  return {
    nowMs: () => performance.now() - originMs,
    async sleep(ms, signal) {
      const dueMs = performance.now() + ms;
      // A timer may wake a millisecond or two before its time: a wait that proves something is never shorter than said.
      for (let leftMs = ms; leftMs > 0 && !signal?.aborted; leftMs = dueMs - performance.now()) {
        const napMs = Math.min(Math.ceil(leftMs), longestMs);
        await nap(napMs, signal);
      }
    },
  };
}

/** An abort only ends it: Node's own promise would make an exception with its stack of each, and most sleeps end so. */
const nap = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake);
  });

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

export class SimulatedClock implements Clock {
  #nowMs = 0;
  #inFlight = 0;
  /** Requests over which the server sleeps. One that the client has given up may still be counted: then time
   *  moves during another request, which only widens that request's bracket. */
  #parked = 0;
  #jumpIsDue = false;
  readonly #sleepers = new Set<Sleeper>();

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        wakeMs: this.#nowMs + Math.max(0, ms),
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
      this.#jumpWhenIdle();
    });
  }

  /** Time stands still until `work` is settled, except while the server that works on it sleeps. */
  async inFlight<T>(work: () => Promise<T>): Promise<T> {
    this.#inFlight++;
    try {
      return await work();
    } finally {
      this.#inFlight--;
      this.#jumpWhenIdle();
    }
  }

  /** The same clock for the server: while it sleeps over a request, that request holds no time up. */
  get forServer(): Clock {
    return {
      nowMs: () => this.#nowMs,
      sleep: async (ms, signal) => {
        this.#parked++;
        await this.sleep(ms, signal);
        this.#parked--;
      },
    };
  }

  /** Everything that is ready runs first: I/O callbacks and what they lead to come before `setImmediate`. */
  #jumpWhenIdle(): void {
    if (this.#jumpIsDue) return;
    this.#jumpIsDue = true;
    setImmediate(() =>
      setImmediate(() => {
        this.#jumpIsDue = false;
        if (this.#inFlight <= this.#parked) this.#jump();
      }),
    );
  }

  #jump(): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { wakeMs } of this.#sleepers) nextMs = Math.min(nextMs, wakeMs);
    if (nextMs === Number.POSITIVE_INFINITY) return; // nobody will ever wake: nothing to jump to
    this.#nowMs = Math.max(this.#nowMs, nextMs);
    for (const sleeper of [...this.#sleepers]) if (sleeper.wakeMs <= this.#nowMs) sleeper.wake();
    this.#jumpWhenIdle();
  }
}
