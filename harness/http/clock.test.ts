import { expect, test } from 'vitest';
import { realClock, SimulatedClock } from './clock.ts';

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

test('sleepers wake in order, each at its instant, and no real time passes', async () => {
  const clock = new SimulatedClock();
  const woken: string[] = [];
  const sleeper = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push(`${name} at ${clock.nowMs()}`);
  };
  await Promise.all([sleeper('late', 500_000), sleeper('early', 1000), sleeper('middle', 2000)]);
  expect(woken).toEqual(['early at 1000', 'middle at 2000', 'late at 500000']);
});

test('time stands still while a request is in found', async () => {
  const clock = new SimulatedClock();
  const sleeping = clock.sleep(10);
  const seen = await clock.inFlight(async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    return clock.nowMs();
  });
  await sleeping;
  expect([seen, clock.nowMs()]).toEqual([0, 10]);
});

test('a server that sleeps over a request lets time go on', async () => {
  const clock = new SimulatedClock();
  await clock.inFlight(() => clock.forServer.sleep(3000));
  expect(clock.nowMs()).toBe(3000);
});

test('an aborted sleep ends at once and moves no time', async () => {
  const clock = new SimulatedClock();
  const patience = new AbortController();
  const sleeping = clock.sleep(10_000, patience.signal);
  patience.abort();
  await sleeping;
  await clock.sleep(5);
  expect(clock.nowMs()).toBe(5);
});

test('a request that the client gives up, parked in a silent server, stops nobody', async () => {
  const clock = new SimulatedClock();
  await clock.inFlight(() =>
    Promise.race([clock.forServer.sleep(Number.POSITIVE_INFINITY), clock.sleep(10_000)]),
  );
  expect(clock.nowMs()).toBe(10_000);
  await clock.sleep(1);
  expect(clock.nowMs()).toBe(10_001);
});
