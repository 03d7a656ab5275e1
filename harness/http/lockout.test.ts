import { describe, expect, test } from 'vitest';
import type { Exchange } from '../model/exchange.ts';
import { readOf } from '../testing/exchange-samples.ts';
import { lockout } from './lockout.ts';

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
    for (const exchange of said) guard.heed(exchange);
    expect([times, guard.isShut]).toEqual([shut, shut > 0]);
  });
});

test('a login is in doubt from its refusal until it is taken', () => {
  const guard = lockout(2);
  const doubts = [asked('own', 200), asked('own', 401), asked('none', 401), asked('own', 200)].map(
    (exchange) => {
      guard.heed(exchange);
      return guard.isDoubted;
    },
  );
  expect(doubts).toEqual([false, true, true, false]);
});
