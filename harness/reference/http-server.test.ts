import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, basic, FakeClock } from '../testing/reference-client.ts';
import { rules } from './contract.ts';
import { type Reference, type Rules, startReference } from './reference.ts';

const clock = new FakeClock();
let cluster: Reference;
beforeAll(async () => {
  cluster = await startReference({ clock, epochMs: Date.UTC(2025, 5, 1) });
});
afterAll(() => cluster.close());

const one = '/v1/crdb_tasks/';
const cancelPath = (id: string): string => `${one}${id}/actions/cancel`;

describe('cancel: what it is answered, and what becomes of the task', () => {
  test.each([
    { phase: 'queued', force: '', status: 200, after: 'failed' },
    { phase: 'queued', force: '?force=true', status: 200, after: 'failed' },
    { phase: 'running', force: '', status: 200, after: 'failed' },
    { phase: 'running', force: '?force=TRUE', status: 200, after: 'failed' },
    { phase: 'committing', force: '', status: 406, after: 'started' },
    { phase: 'committing', force: '?force=false', status: 406, after: 'started' },
    { phase: 'committing', force: '?force=maybe', status: 406, after: 'started' },
    { phase: 'committing', force: '?force=true', status: 200, after: 'failed' },
    { phase: 'finished', force: '', status: 406, after: 'finished' },
    { phase: 'finished', force: '?force=true', status: 406, after: 'finished' },
    { phase: 'failed', force: '', status: 406, after: 'failed' },
    { phase: 'failed', force: '?force=true', status: 406, after: 'failed' },
  ] as const)('$phase$force: $status, $after', async ({ phase, force, status, after }) => {
    const { id } = cluster.tasks.create({ phase });
    const answer = await ask(cluster, 'POST', cancelPath(id) + force);
    clock.pass(1000);
    const read = await ask(cluster, 'GET', one + id);
    expect([answer.status, read.json]).toEqual([status, expect.objectContaining({ id, status: after })]);
  });

  test.each([
    { phase: 'running', force: '', status: 409 },
    { phase: 'committing', force: '?force=true', status: 409 },
    { phase: 'committing', force: '', status: 406 },
    { phase: 'finished', force: '', status: 406 },
  ] as const)('one that fails: $phase$force: $status', async ({ phase, force, status }) => {
    const { id } = cluster.tasks.create({ phase, cancelFails: true });
    const before = await ask(cluster, 'GET', one + id);
    const answer = await ask(cluster, 'POST', cancelPath(id) + force);
    clock.pass(1000);
    const after = await ask(cluster, 'GET', one + id);
    expect([answer.status, after.json]).toEqual([status, before.json]);
  });

  test('a cancelled task says so in its errors', async () => {
    const { id } = cluster.tasks.create({ phase: 'running' });
    await ask(cluster, 'POST', cancelPath(id));
    clock.pass(1000);
    expect((await ask(cluster, 'GET', one + id)).json).toMatchObject({
      errors: [{ error_code: 'task_cancelled' }],
    });
  });

  test.each(['', '?force=true'])('unknown or expired%s: 404', async (force) => {
    const { id } = cluster.tasks.create({ phase: 'finished', resultTtlS: 0 });
    const answers = [
      await ask(cluster, 'POST', cancelPath(id) + force),
      await ask(cluster, 'POST', cancelPath('no') + force),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});

describe('credentials', () => {
  const { user, password } = { user: 'admin@cluster.local', password: 'reference-password' };
  const token = basic(user, password).slice('Basic '.length);
  const credentials = [
    { why: 'none', header: '', status: 401 },
    { why: 'the login', header: `Basic ${token}`, status: 200 },
    { why: 'another case of the scheme', header: `bAsIc ${token}`, status: 200 },
    { why: 'wrong password', header: basic(user, 'no'), status: 401 },
    { why: 'a prefix of the password', header: basic(user, password.slice(1)), status: 401 },
    { why: 'unknown user', header: basic('no', password), status: 401 },
    { why: 'no base64', header: 'Basic %%%', status: 401 },
    { why: 'no colon', header: `Basic ${Buffer.from('nocolon').toString('base64')}`, status: 401 },
    { why: 'no token', header: 'Basic', status: 401 },
    { why: 'more than a token', header: `Basic ${token} more`, status: 401 },
    { why: 'another scheme', header: `Bearer ${token}`, status: 401 },
  ];
  test.each(credentials)('$why: $status on each operation', async ({ header, status }) => {
    const [read, cancel] = [
      cluster.tasks.create({ phase: 'running' }),
      cluster.tasks.create({ phase: 'running' }),
    ];
    const login = { Authorization: header };
    const answers = [
      await ask(cluster, 'GET', '/v1/crdb_tasks', undefined, login),
      await ask(cluster, 'GET', one + read.id, undefined, login),
      await ask(cluster, 'POST', cancelPath(cancel.id), undefined, login),
      await ask(cluster, 'GET', '/_control/v1', undefined, login),
    ];
    clock.pass(1000);
    const after = await ask(cluster, 'GET', one + cancel.id);
    expect([answers.map((answer) => answer.status), after.json]).toEqual([
      [status, status, status, status],
      expect.objectContaining({ status: status === 200 ? 'failed' : 'started' }),
    ]);
  });

  test.each([
    `${one}unknown`,
    `${one}%00`,
    '/v1/crdb_tasks',
    '/elsewhere',
    cancelPath('no'),
    '/_control/v1/tasks',
  ])('401 with WWW-Authenticate comes first: %s', async (path) => {
    const { status, headers } = await ask(cluster, 'GET', path, undefined, { Authorization: '' });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="crdb_tasks", charset="UTF-8"']);
  });
});

describe('paths', () => {
  const live = () => cluster.tasks.create({ phase: 'running' }).id;
  test.each([
    { why: 'slash after it', raw: (id: string) => `${id}/` },
    { why: 'encoded slash', raw: (id: string) => `${id}%2F` },
    { why: 'NUL', raw: (id: string) => `${id}%00` },
    { why: 'broken escape', raw: (id: string) => `${id}%E0%A4%A` },
    { why: 'quotes', raw: (id: string) => `%22${id}%22` },
    { why: 'braces', raw: (id: string) => `{${id}}` },
    { why: 'a prefix', raw: (id: string) => id.slice(0, -1) },
    { why: 'upper case', raw: (id: string) => `X${id}` },
    { why: 'longer', raw: (id: string) => `${id}0` },
    { why: '2,000 characters', raw: () => 'x'.repeat(2000) },
    { why: 'traversal', raw: () => '..%2F..%2Fetc%2Fpasswd' },
    { why: 'nothing', raw: () => '' },
  ])('a malformed id names no task: $why', async ({ raw }) => {
    const id = raw(live());
    const answers = [await ask(cluster, 'GET', one + id), await ask(cluster, 'POST', cancelPath(id))];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });

  test('an escaped id names the task that it spells', async () => {
    cluster.tasks.create({ id: 'a b', phase: 'running' });
    expect((await ask(cluster, 'GET', `${one}a%20b`)).json).toMatchObject({ id: 'a b' });
  });

  test.each([
    { method: 'GET', on: 'cancel', allow: 'POST, OPTIONS' },
    { method: 'DELETE', on: 'read', allow: 'GET, OPTIONS' },
    { method: 'POST', on: 'list', allow: 'GET, OPTIONS' },
  ] as const)('$method on $on: 405 with Allow, and nothing happens', async ({ method, on, allow }) => {
    const id = live();
    const path = { cancel: cancelPath(id), read: one + id, list: '/v1/crdb_tasks' }[on];
    const { status, headers } = await ask(cluster, method, path);
    clock.pass(1000);
    const { json } = await ask(cluster, 'GET', one + id);
    expect([status, headers.allow, json]).toEqual([
      405,
      allow,
      expect.objectContaining({ status: 'started' }),
    ]);
  });

  test('OPTIONS on a path says what it knows', async () => {
    const { status, headers } = await ask(cluster, 'OPTIONS', cancelPath(live()));
    expect([status, headers.allow]).toEqual([204, 'POST, OPTIONS']);
  });
});

describe('reads', () => {
  test.each([
    { query: '', ttl: undefined, status: 200, verbose: false },
    { query: '?verbose=false', ttl: undefined, status: 200, verbose: false },
    { query: '?verbose=true', ttl: undefined, status: 200, verbose: true },
    { query: '?verbose=True', ttl: undefined, status: 200, verbose: true },
    { query: '?verbose=1', ttl: undefined, status: 400, verbose: false },
    { query: '?verbose=', ttl: undefined, status: 400, verbose: false },
    { query: '', ttl: '60', status: 200, verbose: false },
    { query: '', ttl: '-1', status: 400, verbose: false },
    { query: '', ttl: '1.5', status: 400, verbose: false },
    { query: '', ttl: 'soon', status: 400, verbose: false },
  ])('$query, X-Result-TTL $ttl: $status', async ({ query, ttl, status, verbose }) => {
    const { id } = cluster.tasks.create({ phase: 'running' });
    const headers = ttl === undefined ? {} : { 'X-Result-TTL': ttl };
    const seen = await ask(cluster, 'GET', one + id + query, undefined, headers);
    expect([seen.status, /"progress"/.test(seen.text), /"worker_name"/.test(seen.text)]).toEqual([
      status,
      verbose,
      verbose,
    ]);
  });

  test('timestamps are whole seconds, from the epoch that was handed in', async () => {
    const own = new FakeClock();
    await using other = await startReference({ clock: own, epochMs: Date.UTC(2025, 5, 1) });
    own.pass(61_900);
    const { id } = other.tasks.create({ phase: 'finished' });
    expect((await ask(other, 'GET', one + id)).json).toMatchObject({ ended: '2025-06-01T00:01:01Z' });
  });

  test('the list holds what runs, each as a single read shows it', async () => {
    await using other = await startReference({ clock: new FakeClock() });
    const empty = await ask(other, 'GET', '/v1/crdb_tasks');
    for (const phase of ['queued', 'running', 'committing', 'finished', 'failed'] as const) {
      other.tasks.create({ id: phase, phase });
    }
    const rows = await Promise.all(['running', 'committing'].map((id) => ask(other, 'GET', one + id)));
    const listing = await ask(other, 'GET', '/v1/crdb_tasks');
    expect([empty.json, listing.json]).toEqual([[], rows.map(({ json }) => json)]);
  });
});

describe('the wire, by the rules', () => {
  const transport = (change: Partial<Rules['transport']>): Rules => ({
    ...rules,
    transport: { ...rules.transport, ...change },
  });
  async function seenWith(change: Partial<Rules['transport']>, path = '/v1/crdb_tasks') {
    await using other = await startReference({ clock: new FakeClock(), rules: transport(change) });
    return await ask(other, 'GET', path, undefined, { 'Accept-Encoding': 'gzip' });
  }

  test('chunked', async () => {
    const { headers, text } = await seenWith({ framing: 'chunked' });
    expect([headers['transfer-encoding'], headers['content-length'], text]).toEqual([
      'chunked',
      undefined,
      '[]',
    ]);
  });
  test('gzip', async () => {
    expect((await seenWith({ gzip: true })).headers['content-encoding']).toBe('gzip');
  });
  test('lower-case header names', async () => {
    expect((await seenWith({ headerNames: 'lower' })).rawHeaders).toContain('content-type');
  });
  test('mixed-case header names', async () => {
    expect((await seenWith({ headerNames: 'mixed' })).rawHeaders).toContain('cOnTeNt-tYpE');
  });
  test('HTTP/1.0, which knows no chunks, and ends the connection', async () => {
    const { version, headers, text } = await seenWith({ version: '1.0', framing: 'chunked' });
    expect([version, headers['content-length'], text]).toEqual(['1.0', '2', '[]']);
  });
  test('refusals without a body', async () => {
    const { headers, text } = await seenWith({ refusalBody: 'none' }, `${one}no`);
    expect([headers['content-type'], text]).toEqual([undefined, '']);
  });
  test('refusals as problem documents', async () => {
    const { headers, json } = await seenWith({ refusalBody: 'problem' }, `${one}no`);
    expect([headers['content-type'], json]).toEqual([
      'application/problem+json',
      expect.objectContaining({ status: 404 }),
    ]);
  });

  test('an answer that takes its time sleeps on the clock that was handed in', async () => {
    const own = new FakeClock();
    await using other = await startReference({
      clock: own,
      rules: transport({ afterMs: { list: 200, read: 0, cancel: 0 } }),
    });
    const answer = ask(other, 'GET', '/v1/crdb_tasks');
    await expect.poll(() => own.sleeping).toBe(1);
    own.pass(200);
    expect((await answer).status).toBe(200);
  });

  test('closing ends open connections, and the sleep over them', async () => {
    const own = new FakeClock();
    const other = await startReference({
      clock: own,
      rules: transport({ afterMs: { list: 200, read: 0, cancel: 0 } }),
    });
    const answer = ask(other, 'GET', '/v1/crdb_tasks').catch((error: unknown) => error);
    await expect.poll(() => own.sleeping).toBe(1);
    await other.close();
    await expect.poll(() => own.sleeping).toBe(0);
    expect(await answer).toBeInstanceOf(Error);
  });
});

test('rules may change from one request to the next', async () => {
  const gone: Rules = { ...rules, list: { ...rules.list, status: 500 } };
  await using other = await startReference({
    clock: new FakeClock(),
    rules: ({ turn }) => (turn === 1 ? gone : rules),
  });
  const answers = [];
  for (let turn = 0; turn < 3; turn++) answers.push((await ask(other, 'GET', '/v1/crdb_tasks')).status);
  expect(answers).toEqual([200, 500, 200]);
});

test('10,000 tasks are held, listed and read', async () => {
  await using cluster = await startReference({ clock: new FakeClock() });
  for (let made = 0; made < 10_000; made++) cluster.tasks.create({ id: `task-${made}`, phase: 'running' });
  expect((await ask(cluster, 'GET', '/v1/crdb_tasks')).json).toHaveLength(10_000);
  expect((await ask(cluster, 'GET', '/v1/crdb_tasks/task-9999')).status).toBe(200);
});
