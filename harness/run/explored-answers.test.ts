/** Single answers of an exploration: which clause an accepted login breaks, and what may be refused. */
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../model/exchange.ts';
import { type Credentials, cancel, list, type Request, read } from '../model/requests.ts';
import { answerTo } from '../testing/exchange-samples.ts';
import { acceptedLogins, sentByScripts } from './explored-answers.ts';

function answered(request: Request, status: number): Exchange {
  const exchange = answerTo(request, 0, { status });
  return { ...exchange, request: { ...exchange.request, headers: request.headers ?? {} } };
}
const readAs = (credentials: Credentials, status: number) =>
  answered(read({ id: 'a' }, { credentials }), status);
const clausesOf = (exchanges: readonly Exchange[], broken: readonly string[] = []) =>
  acceptedLogins(exchanges, new Set(broken)).map(({ attributedTo }) => attributedTo);

describe('a request with bad credentials that is not refused', () => {
  test.each<{
    what: string;
    sent: readonly Exchange[];
    clauses: readonly string[];
    broken?: readonly string[];
  }>([
    { what: 'of the right login', sent: [readAs('own', 200)], clauses: [] },
    { what: 'that is refused', sent: [readAs('none', 401), readAs('unknown user', 401)], clauses: [] },
    { what: 'is a fault of its kind', sent: [readAs('password cut', 200)], clauses: ['auth.wrong-password'] },
    {
      what: 'is one fault where no login is needed',
      sent: [readAs('none', 200), readAs('malformed', 200)],
      clauses: ['read.status.401', 'read.status.401'],
    },
    {
      what: 'is that one fault also where a check has found it',
      sent: [readAs('malformed', 200)],
      clauses: ['read.status.401'],
      broken: ['read.status.401'],
    },
    {
      what: 'of another operation is another fault',
      sent: [answered(list({ credentials: 'none' }), 200), readAs('malformed', 200)],
      clauses: ['list.status.401', 'auth.malformed'],
    },
    {
      what: 'which fails says nothing of other kinds',
      sent: [readAs('none', 500), readAs('malformed', 200)],
      clauses: ['read.status.401', 'auth.malformed'],
    },
    {
      what: 'about a task that is gone may find none: that is advice',
      sent: [readAs('none', 404), answered(cancel({ id: 'a' }, { credentials: 'malformed' }), 404)],
      clauses: [],
    },
  ])('$what', ({ sent, clauses, broken }) => expect(clausesOf(sent, broken)).toEqual(clauses));
});

test.each([
  { request: read({ id: 'a' }), tolerated: [] },
  { request: read({ id: 'a' }, { verbose: 'true', ttl: '60' }), tolerated: [] },
  { request: read({ id: 'a' }, { verbose: 'maybe' }), tolerated: [400] },
  { request: read({ id: 'a' }, { ttl: '1.5' }), tolerated: [400] },
  { request: cancel({ id: 'a' }, { force: 'false' }), tolerated: [] },
  { request: cancel({ id: 'a' }, { force: 'maybe' }), tolerated: [400] },
])('$request.path $request.headers may be refused with $tolerated', ({ request, tolerated }) =>
  expect(sentByScripts([answered(request, 200)]).map(({ tolerates }) => tolerates)).toEqual([tolerated]),
);

test('a list that is recorded in part leaves nothing unproven', () => {
  const [whole, part] = [
    answered(list(), 200),
    answerTo(list(), 0, { shortened: { bytes: 9000, sha256: '0' } }),
  ];
  expect(sentByScripts([whole, part]).map(({ exchange }) => exchange)).toEqual([whole]);
});
