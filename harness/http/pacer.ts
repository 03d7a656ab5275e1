/** Spaces requests out, so that no more than so many are sent in a second. */
import type { Clock } from './clock.ts';

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
