import { expect, test } from 'vitest';
import { basic, FakeClock } from '../testing/reference-client.ts';
import { contractBut } from './contract.ts';
import { type DirectCall, defaultLogin, directReference, startReference } from './reference.ts';

const Authorization = basic(defaultLogin.user, defaultLogin.password);
const json = { 'Content-Type': 'application/json' };
const own = (method: string, path: string, more: Partial<DirectCall> = {}): DirectCall => ({
  method,
  path,
  ...more,
  headers: { Authorization, ...more.headers },
});
const make = (id: string, phase: string) =>
  own('POST', '/_control/v1/tasks', { headers: json, body: JSON.stringify({ id, phase }) });

/** Each call depends on those before it. */
const calls: readonly DirectCall[] = [
  own('GET', '/_control/v1'),
  make('a', 'running'),
  make('b', 'finished'),
  make('b', 'finished'),
  own('GET', '/v1/crdb_tasks'),
  own('GET', '/v1/crdb_tasks/a?verbose=true'),
  own('GET', '/v1/crdb_tasks/b', { headers: { 'x-result-ttl': '60' } }),
  own('GET', '/v1/crdb_tasks/b', { headers: { 'X-Result-TTL': 'soon' } }),
  own('POST', '/v1/crdb_tasks/a/actions/cancel?force=false', { headers: json }),
  own('POST', '/v1/crdb_tasks/b/actions/cancel'),
  own('GET', '/v1/crdb_tasks/a/actions/cancel'),
  own('OPTIONS', '/v1/crdb_tasks/a'),
  own('GET', '/nowhere'),
  own('DELETE', '/_control/v1/tasks/b'),
  { method: 'GET', path: '/v1/crdb_tasks', headers: {} },
];

/** What belongs to the connection, and not to the answer. */
const ofTheWire = ['date', 'connection', 'content-length'];

test.each([
  { says: 'the contract', rules: contractBut() },
  { says: 'problem documents', rules: contractBut({ transport: { refusalBody: 'problem' } }) },
  {
    says: 'bodies packed and in chunks',
    rules: contractBut({ transport: { gzip: true, framing: 'chunked' } }),
  },
])('without a network it answers as over HTTP: $says', async ({ rules }) => {
  const direct = directReference({ clock: new FakeClock(), rules });
  await using served = await startReference({ clock: new FakeClock(), rules });
  for (const call of calls) {
    const { method, path, headers, body } = call;
    const answer = await fetch(served.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const overHttp = {
      status: answer.status,
      headers: Object.fromEntries([...answer.headers].filter(([name]) => !ofTheWire.includes(name))),
      body: await answer.text(),
    };
    const { headers: packed, ...rest } = overHttp;
    const { 'content-encoding': _, 'transfer-encoding': __, ...unpacked } = packed;
    expect(await direct.answer(call, AbortSignal.timeout(1000)), `${method} ${path}`).toEqual({
      ...rest,
      headers: unpacked,
    });
  }
});

test('an answer that takes its time takes it on the clock', async () => {
  const clock = new FakeClock();
  const rules = contractBut({ transport: { afterMs: { list: 200 } } });
  const given = new AbortController();
  let done = false;
  const answer = directReference({ clock, rules })
    .answer(own('GET', '/v1/crdb_tasks'), given.signal)
    .then(() => {
      done = true;
    });
  clock.pass(199);
  await Promise.resolve();
  expect(done).toBe(false);
  clock.pass(1);
  await answer;
});
