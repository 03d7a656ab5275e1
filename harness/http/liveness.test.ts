import { describe, expect, test } from 'vitest';
import type { Exchange } from '../model/exchange.ts';
import { lost, readOf } from '../testing/exchange-samples.ts';
import { livenessMonitor, lockout } from './liveness.ts';

const beats = {
  '.': readOf(),
  x: readOf(lost),
  '5': { ...readOf({ status: 503 }), lost: 'answered 503' },
  '3': { ...readOf({ status: 307 }), lost: 'redirected to 10.0.0.9' },
} satisfies Record<string, Exchange>;

/** Why the target was given up, after these exchanges, one every so many milliseconds. */
function deaths(heart: string, everyMs = 0): string[] {
  const reasons: string[] = [];
  const alive = livenessMonitor((reason) => reasons.push(reason));
  [...heart].forEach((beat, index) => {
    const exchange = Object.entries(beats).find(([key]) => key === beat)?.[1] ?? beats.x;
    alive({ ...exchange, receivedAt: index * everyMs });
  });
  return reasons;
}

test.each([
  { heart: `.${'x'.repeat(19)}`, dead: false, everyMs: 2000, why: 'nineteen losses in a row' },
  { heart: `.${'x'.repeat(20)}`, dead: true, everyMs: 2000, why: 'twenty' },
  { heart: `.${'x'.repeat(19)}.${'x'.repeat(5)}`, dead: false, everyMs: 2000, why: 'an answer between them' },
  { heart: `.${'x'.repeat(500)}`, dead: false, everyMs: 20, why: 'a network that is away for ten seconds' },
  { heart: `.${'x'.repeat(1000)}`, dead: true, everyMs: 20, why: 'one that is away for twenty' },
  {
    heart: `.${'5'.repeat(100)}`,
    dead: false,
    everyMs: 100,
    why: 'ten seconds of 503: a change of the leader',
  },
  {
    heart: `.${'5'.repeat(200)}`,
    dead: false,
    everyMs: 100,
    why: 'twenty seconds of 503: a check is tried that long',
  },
  { heart: `.${'5'.repeat(420)}`, dead: true, everyMs: 100, why: 'forty-two seconds of 503' },
  { heart: '.3', dead: true, why: 'one redirect to another host' },
])('given up: $dead: $why', ({ heart, dead, everyMs = 0 }) => {
  expect(deaths(heart, everyMs)).toHaveLength(dead ? 1 : 0);
});

test('it is said once, and how the last answer was lost', () => {
  expect(deaths('x'.repeat(50), 1000)).toEqual(['the target stopped answering: read ECONNRESET']);
  expect(deaths('5'.repeat(50), 1000)).toEqual(['the target accepted no more requests: it answered 503']);
  expect(deaths('.333')).toEqual([
    'the target is no longer the leader: it redirected to 10.0.0.9; test that host instead',
  ]);
});

const asked = (credentials: Exchange['request']['credentials'], status: number, receivedAt = 0): Exchange => {
  const exchange = readOf({ status });
  return { ...exchange, receivedAt, request: { ...exchange.request, credentials } };
};
const minute = 60_000;

describe('a login is tried no more', () => {
  test.each([
    { said: [asked('own', 401)], shut: 0, why: 'not after one refusal' },
    { said: [asked('own', 401), asked('own', 401), asked('own', 401)], shut: 1, why: 'after two, told once' },
    {
      said: [asked('own', 401), asked('own', 200), asked('own', 401)],
      shut: 1,
      why: 'an answer between them takes none back',
    },
    {
      said: [asked('own', 401), asked('own', 401, 15 * minute)],
      shut: 0,
      why: 'not a quarter of an hour later',
    },
    {
      said: [asked('own', 401), asked('own', 401, 15 * minute - 1)],
      shut: 1,
      why: 'within a quarter of an hour',
    },
    {
      said: (['none', 'malformed', 'unknown user', 'wrong password', 'lower-case scheme'] as const).map(
        (kind) => asked(kind, 401),
      ),
      shut: 0,
      why: 'probes that are meant to be refused count for nothing',
    },
    { said: [asked('own', 403), asked('own', 404)], shut: 0, why: 'other refusals are no bad logins' },
  ])('$why', ({ said, shut }) => {
    let times = 0;
    const guard = lockout(2, () => times++);
    for (const exchange of said) guard.observe(exchange);
    expect([times, guard.isClosed]).toEqual([shut, shut > 0]);
  });
});

test('a login is in doubt from its refusal until it is taken', () => {
  const guard = lockout(2);
  const doubts = [asked('own', 200), asked('own', 401), asked('none', 401), asked('own', 200)].map(
    (exchange) => {
      guard.observe(exchange);
      return guard.isRefused;
    },
  );
  expect(doubts).toEqual([false, true, true, false]);
});
