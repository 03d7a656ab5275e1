/** For own tests: a clock that moves only when it is told to. */
import type { Clock } from './clock.ts';

export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ readonly wakeMs: number; readonly wake: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  /** How many sleep at the moment. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = {
        wakeMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Moves on, and wakes everyone whose time has come. */
  pass(ms: number): void {
    this.#nowMs += ms;
    for (const { wakeMs, wake } of [...this.#sleepers]) if (wakeMs <= this.#nowMs) wake();
  }
}
