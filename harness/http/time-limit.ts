/** Patience with somebody else's answer: time in which this process itself stood still is not counted against them. */
import type { Clock } from './clock.ts';

/** In so many naps patience is spent. */
const naps = 20;

/**
 * Sleeps for `ms` milliseconds of a process that runs. Whatever a nap took longer than it should have, because the
 * event loop stood still, counts for nothing: what came in meanwhile is seen before the next nap is over.
 * @returns true when patience is at its end, false when the signal ended it
 */
export async function patience(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  for (let nap = 0; nap < naps && !signal.aborted; nap++) await clock.sleep(ms / naps, signal);
  return !signal.aborted;
}
