import { expect, test } from 'vitest';
import type { Call } from '../http/client.ts';
import { answersOf, offeredBy } from './own.ts';
import type { OwnProvisioner } from './own-provisioner.ts';

/** Notes what it is asked, as `name(arguments)`. */
function noting(): { readonly own: OwnProvisioner; readonly asked: string[] } {
  const asked: string[] = [];
  const note =
    (name: string) =>
    (...given: readonly unknown[]): void => {
      asked.push(`${name}${JSON.stringify(given)}`);
    };
  return {
    asked,
    own: { create: note('create'), move: note('move'), age: note('age'), remove: note('remove') },
  };
}
const call = (method: Call['method'], path: string, body?: unknown): Call => ({
  method,
  path: `/some/prefix/_control/v1${path}`,
  headers: {},
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});
const make = call('POST', '/tasks', { id: 'a-1', phase: 'running' });

test.each([
  { asks: make, status: 201, asked: 'create[{"id":"a-1","phase":"running"}]' },
  {
    asks: call('POST', '/tasks', { id: 'a-1', phase: 'queued', result_ttl: 60, cancel_fails: true }),
    status: 201,
    asked: 'create[{"id":"a-1","phase":"queued","resultTtlS":60,"cancelFails":true}]',
  },
  {
    asks: call('POST', '/tasks/a-1/phase', { phase: 'failed' }),
    status: 204,
    asked: 'move["a-1","failed"]',
  },
  { asks: call('POST', '/tasks/a-1/age', { seconds: 499 }), status: 204, asked: 'age["a-1",499]' },
  { asks: call('DELETE', '/tasks/a-1'), status: 204, asked: 'remove["a-1"]' },
])('$asks.method $asks.path is $asked, and answers $status', async ({ asks, status, asked: expected }) => {
  const { own, asked } = noting();
  const response = await answersOf(own, () => {})(asks);
  expect([response.status, asked]).toEqual([status, [expected]]);
});

test('what is created may name its database', async () => {
  const answers = answersOf({ create: async () => ({ crdbGuid: 'g' }), move: () => {} }, () => {});
  expect(JSON.parse((await answers(make)).body)).toEqual({ id: 'a-1', crdb_guid: 'g' });
});

test('what throws answers 500, and what it threw is told', async () => {
  const told: string[] = [];
  const refuse = async () => {
    throw new Error('no room');
  };
  const response = await answersOf({ create: refuse, move: () => {} }, (line) => told.push(line))(make);
  expect([response.status, told]).toEqual([500, ["The provisioner's create threw: no room"]]);
});

test('it offers what it has functions for, and all phases but where it names some', () => {
  const { own } = noting();
  expect(offeredBy({ create: own.create, move: own.move, phases: ['failed', 'queued'] })).toEqual({
    phases: new Set(['queued', 'failed']),
    age: false,
    cancelFailure: false,
  });
  const all = offeredBy({ ...own, cancelFailure: true });
  expect([all.phases.size, all.age, all.cancelFailure]).toEqual([5, true, true]);
});
