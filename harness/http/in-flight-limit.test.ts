import { expect, test } from 'vitest';
import { readOf } from '../testing/exchange-samples.ts';
import { adaptiveLimit } from './in-flight-limit.ts';

/** What a limit comes to on a server with this latency, in so many rounds of as many reads as may be in flight. */
function after(rounds: number, latencyMs: (inFlight: number, round: number) => number, most = 64): number {
  const limit = adaptiveLimit(16, most);
  let nowMs = 0;
  for (let round = 0; round < rounds; round++) {
    const { width } = limit;
    const sentAt = nowMs + 1;
    for (let read = 0; read < width; read++) {
      const receivedAt = sentAt + latencyMs(width, round);
      nowMs = Math.max(nowMs, receivedAt);
      limit.observe({ ...readOf(), sentAt, receivedAt }, width);
    }
  }
  return limit.width;
}

test.each([
  { what: 'a server far away', latencyMs: () => 100, rounds: 10, width: 64 },
  { what: 'one with one processor', latencyMs: (inFlight: number) => inFlight, rounds: 50, width: [16, 36] },
  {
    what: 'one that becomes slower',
    latencyMs: (_: number, round: number) => 10 + 9 * round,
    rounds: 50,
    width: 16,
  },
] as const)('$what', ({ latencyMs, rounds, width }) => {
  const [least, most] = typeof width === 'number' ? [width, width] : width;
  const reached = after(rounds, latencyMs);
  expect(reached).toBeGreaterThanOrEqual(least);
  expect(reached).toBeLessThanOrEqual(most);
});

test('a server that is asked for little at a time shows nothing about more', () => {
  const limit = adaptiveLimit(16, 64);
  for (let turn = 1; turn < 200; turn++)
    limit.observe({ ...readOf(), sentAt: turn * 10, receivedAt: turn * 10 + 5 }, 1);
  expect(limit.width).toBe(16);
});

test('the upper bound holds from the start', () => {
  expect(adaptiveLimit(16, 4).width).toBe(4);
  expect(after(10, () => 100, 20)).toBe(20);
});

test.each([
  {
    what: 'lost connections halve it, and no further than to 8',
    lost: 'read ECONNRESET',
    status: undefined,
    width: 8,
  },
  { what: 'a server that asks for less gets less', lost: 'answered 429 (rate limit)', status: 429, width: 1 },
])('$what', ({ lost, status, width }) => {
  const { response: _, ...unanswered } = readOf();
  const limit = adaptiveLimit(16, 64);
  for (let turn = 1; turn < 10; turn++)
    limit.observe(
      {
        ...unanswered,
        ...(status === undefined ? {} : { response: { status, headers: {}, body: '' } }),
        lost,
        sentAt: turn * 10,
        receivedAt: turn * 10 + 5,
      },
      16,
    );
  expect(limit.width).toBe(width);
});

test('requests that were in flight together count as one loss', () => {
  const limit = adaptiveLimit(64, 64);
  for (let at = 0; at < 20; at++)
    limit.observe({ ...readOf({ lost: 'read ECONNRESET' }), sentAt: at, receivedAt: 100 + at }, 64);
  expect(limit.width).toBe(32);
});
