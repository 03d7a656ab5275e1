/** The clock that worlds are made with. Nothing outside a world reads a clock or waits. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds on the monotonic clock since this clock was made. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds, or at once when the signal is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own monotonic clock, with its origin at the call. */
export function realClock(): Clock {
  const originMs = performance.now();
  return {
    nowMs: () => performance.now() - originMs,
    async sleep(ms, signal) {
      await delay(Math.max(0, ms), undefined, signal ? { signal } : {}).catch(() => {}); // an abort only ends the sleep
    },
  };
}
