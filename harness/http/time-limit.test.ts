import { expect, test } from 'vitest';
import type { Clock } from './clock.ts';
import { SimulatedClock } from './simulated.ts';
import { patience } from './time-limit.ts';

/** A clock none of whose timers fires before the event loop goes on. */
function stalledUntil(goesOnMs: number): Clock {
  const clock = new SimulatedClock();
  return {
    nowMs: () => clock.nowMs(),
    sleep: (ms, signal) => clock.sleep(Math.max(ms, goesOnMs - clock.nowMs()), signal),
  };
}

test('is spent after its time', async () => {
  const clock = new SimulatedClock();
  expect(await patience(clock, 10_000, new AbortController().signal)).toBe(true);
  expect(clock.nowMs()).toBeCloseTo(10_000);
});

test('ends with the answer', async () => {
  const clock = new SimulatedClock();
  const answered = new AbortController();
  const waiting = patience(clock, 10_000, answered.signal);
  answered.abort();
  expect(await waiting).toBe(false);
  expect(clock.nowMs()).toBe(0);
});

test('is not spent by the time in which the process itself stood still', async () => {
  const clock = stalledUntil(60_000);
  const answered = new AbortController();
  const waiting = patience(clock, 10_000, answered.signal);
  const arrives = clock.sleep(60_001).then(() => answered.abort()); // it lay there when the process went on
  expect(await waiting).toBe(false);
  await arrives;
});
