import { expect, test } from 'vitest';
import { pacer } from './pacer.ts';
import { SimulatedClock } from './simulated.ts';

const never = () => false;

/** When each of so many requests that come at once may be sent, in milliseconds. */
async function times(maxRps: number | undefined, count: number, isOff: (index: number) => boolean = never) {
  const clock = new SimulatedClock();
  const pace = pacer(clock, maxRps);
  const all = Array.from({ length: count }, (_, index) => {
    return pace(
      async () => clock.nowMs(),
      () => isOff(index),
    );
  });
  return Promise.all(all);
}

test('the first goes at once, and each other a gap after the one before it', async () => {
  expect(await times(4, 5)).toEqual([0, 250, 500, 750, 1000]);
  expect(await times(0.5, 3)).toEqual([0, 2000, 4000]);
});

test('without a limit all go at once', async () => {
  expect(await times(undefined, 3)).toEqual([0, 0, 0]);
});

test('what is not sent after all costs no gap', async () => {
  expect(await times(4, 4, (index) => index === 1 || index === 2)).toEqual([0, 0, 0, 250]);
});

test('one that comes late brings no two close together', async () => {
  const clock = new SimulatedClock();
  const pace = pacer(clock, 4);
  const sent = async () => clock.nowMs();
  await pace(sent, never);
  await clock.sleep(400);
  await pace(sent, () => true);
  expect(await pace(sent, never)).toBe(400);
  expect(await pace(sent, never)).toBe(650);
});

test('one that is lost, or can’t be sent, holds nobody up', async () => {
  const pace = pacer(new SimulatedClock(), 4);
  await expect(pace(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no');
  expect(await pace(async () => 'sent', never)).toBe('sent');
});
