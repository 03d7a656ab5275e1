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
