import { expect, test } from 'vitest';
import { realClock } from './clock.ts';

test('an endless sleep ends when it is aborted, and not before', async () => {
  const clock = realClock();
  const patience = new AbortController();
  const endless = clock.sleep(Number.POSITIVE_INFINITY, patience.signal).then(() => 'over');
  expect(await Promise.race([endless, clock.sleep(20).then(() => 'still sleeping')])).toBe('still sleeping');
  patience.abort();
  expect(await endless).toBe('over');
});

test('a sleep is never shorter than it was told', async () => {
  const clock = realClock();
  const naps = Array.from({ length: 200 }, async (_, index) => {
    const ms = 1 + index / 20;
    const fromMs = clock.nowMs();
    await clock.sleep(ms);
    return clock.nowMs() - fromMs >= ms;
  });
  expect((await Promise.all(naps)).filter((whole) => !whole)).toEqual([]);
});

test('a clock starts at zero and never runs backwards', async () => {
  const clock = realClock();
  const before = clock.nowMs();
  await clock.sleep(5);
  expect(before).toBeGreaterThanOrEqual(0);
  expect(clock.nowMs()).toBeGreaterThan(before);
});
