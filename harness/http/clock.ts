/** The clocks of environments, real and simulated. Nothing else reads a clock or waits. */

export interface Clock {
  /** Milliseconds on the monotonic clock since this clock was made. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds, or at once when the signal is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Timers hold 31 bits (24 days) and fire at once for more. */
const longestMs = 2 ** 31 - 1;

/** The machine's own monotonic clock, with its origin at the call. */
export function realClock(): Clock {
  const originMs = performance.now();
  return {
    nowMs: () => performance.now() - originMs,
    async sleep(ms, signal) {
      const dueMs = performance.now() + ms;
      // A timer may fire a millisecond early, but a wait must never be shorter than asked for.
      for (let leftMs = ms; leftMs > 0 && !signal?.aborted; leftMs = dueMs - performance.now()) {
        const napMs = Math.min(Math.ceil(leftMs), longestMs);
        await nap(napMs, signal);
      }
    },
  };
}

/** Unlike Node's own promise, it does not throw at an abort: most sleeps end so. */
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

/**
 * A clock that the harness and the reference cluster share. It stands still while a request is in flight, and jumps to
 * the next waking instant as soon as none is: 500 s pass in milliseconds.
 */
export class SimulatedClock implements Clock {
  #nowMs = 0;
  #inFlight = 0;
  /** Requests whose response the server delays. One that the client no longer awaits may still count: then time moves
   *  during another request, which only widens that request's bracket. */
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

  /** Time stands still until `work` is settled, except while the server sleeps. */
  async inFlight<T>(work: () => Promise<T>): Promise<T> {
    this.#inFlight++;
    try {
      return await work();
    } finally {
      this.#inFlight--;
      this.#jumpWhenIdle();
    }
  }

  /** The same clock for the server: time moves while it sleeps before it responds. */
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

  /** Two turns of the event loop: what I/O callbacks start comes first. */
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
    if (nextMs === Number.POSITIVE_INFINITY) return; // no sleeper will ever wake
    this.#nowMs = Math.max(this.#nowMs, nextMs);
    for (const sleeper of [...this.#sleepers]) if (sleeper.wakeMs <= this.#nowMs) sleeper.wake();
    this.#jumpWhenIdle();
  }
}
