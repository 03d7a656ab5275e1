import { expect, test } from 'vitest';
import { realClock } from './clock.ts';

test('the clock begins at nought and never runs backwards', () => {
  const clock = realClock();
  const [first, second] = [clock.nowMs(), clock.nowMs()];
  expect(first).toBeGreaterThanOrEqual(0);
  expect(first).toBeLessThan(1000);
  expect(second).toBeGreaterThanOrEqual(first);
});

test.each([0, -5, 3])('a sleep of %i ms lasts at least as long', async (ms) => {
  const clock = realClock();
  const beforeMs = clock.nowMs();
  await clock.sleep(ms);
  expect(clock.nowMs() - beforeMs).toBeGreaterThanOrEqual(ms);
});

test('a sleep that is over before it begins, or while it lasts, ends at once', async () => {
  const over = new AbortController();
  const sleeping = realClock().sleep(600_000, over.signal);
  over.abort();
  await sleeping;
  await realClock().sleep(600_000, over.signal);
});

test('a sleep longer than any timer of Node’s does not end at once', async () => {
  const warnings: string[] = [];
  const listen = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', listen);
  const over = new AbortController();
  const sleeping = realClock().sleep(2 ** 31, over.signal);
  await realClock().sleep(5);
  over.abort();
  await sleeping;
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
