import { beforeEach, describe, expect, test } from 'vitest';
import { basic, FakeClock } from '../testing/reference-client.ts';
import type { CrdbsOptions } from './crdbs-options.ts';
import { type DirectAnswer, defaultLogin, directReference } from './reference.ts';

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
});

const never = new AbortController().signal;
const own = { Authorization: basic(defaultLogin.user, defaultLogin.password) };

function cluster(options: Partial<CrdbsOptions> = {}) {
  const reference = directReference({ clock, crdbs: options });
  const ask = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<DirectAnswer> =>
    reference.answer(
      {
        method,
        path,
        headers: { ...own, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      never,
    );
  const json = async (...given: Parameters<typeof ask>): Promise<unknown> =>
    JSON.parse((await ask(...given)).body);
  return { reference, ask, json };
}

const { user: username, password } = defaultLogin;
const instance = (credentials: unknown, name = 'cluster1.local') => ({
  cluster: { name, url: `https://${name}:9443`, credentials },
});
const wanted = {
  name: 'small',
  default_db_config: { memory_size: 100 },
  instances: [instance({ username, password })],
};
const createMs = 550;

async function withDatabase(options: Partial<CrdbsOptions> = {}) {
  const { reference, ask, json } = cluster(options);
  await ask('POST', '/v1/crdbs', wanted, { 'X-Task-ID': 'made' });
  clock.pass(createMs);
  const [guid = ''] = reference.side?.databases.shown().map((one) => `${one.guid}`) ?? [];
  return { reference, ask, json, guid };
}

describe('a database', () => {
  test('is accepted with 200, an id and a status, and is there when its task has finished', async () => {
    const { json } = cluster();
    const answered = await json('POST', '/v1/crdbs', wanted, { 'X-Task-ID': 'made' });
    const before = await json('GET', '/v1/crdbs');
    clock.pass(createMs);
    expect([
      answered,
      before,
      await json('GET', '/v1/crdbs'),
      await json('GET', '/v1/crdb_tasks/made'),
    ]).toEqual([
      { id: 'made', status: 'queued' },
      { crdbs: [] },
      { crdbs: [expect.objectContaining({ guid: expect.any(String), name: 'small' })] },
      expect.objectContaining({ id: 'made', status: 'finished' }),
    ]);
  });

  test('shows no password', async () => {
    const { ask } = await withDatabase();
    expect((await ask('GET', '/v1/crdbs')).body).not.toContain(password);
  });

  test.each([
    { why: 'wrong credentials', instances: [instance({ username: 'no', password })] },
    { why: 'another cluster', instances: [instance({ username, password }, 'elsewhere.local')] },
  ])('$why: accepted first, and failing in the task', async ({ instances }) => {
    const { json } = cluster();
    const answered = await json('POST', '/v1/crdbs', { ...wanted, instances }, { 'X-Task-ID': 'made' });
    clock.pass(createMs);
    expect([answered, await json('GET', '/v1/crdb_tasks/made'), await json('GET', '/v1/crdbs')]).toEqual([
      { id: 'made', status: 'queued' },
      expect.objectContaining({ status: 'failed', errors: [expect.any(Object)] }),
      { crdbs: [] },
    ]);
  });

  test('its operations run one at a time, each through all phases, with and without reads in between', async () => {
    const { ask, json, guid } = await withDatabase();
    for (const id of ['first', 'second']) await ask('PATCH', `/v1/crdbs/${guid}`, {}, { 'X-Task-ID': id });
    const seen: unknown[] = [];
    for (const ms of [0, 51, 300, 200, 51, 500]) {
      clock.pass(ms);
      const both = [await json('GET', '/v1/crdb_tasks/first'), await json('GET', '/v1/crdb_tasks/second')];
      seen.push(both.map((task) => (task instanceof Object && 'status' in task ? task.status : task)));
    }
    expect(seen).toEqual([
      ['queued', 'queued'],
      ['started', 'queued'],
      ['started', 'queued'],
      ['finished', 'queued'],
      ['finished', 'started'],
      ['finished', 'finished'],
    ]);
  });

  test('an operation cancelled in the queue blocks no other, nor does one cancelled while it ran', async () => {
    const { ask, json, guid } = await withDatabase();
    for (const id of ['runs', 'waits', 'last'])
      await ask('PATCH', `/v1/crdbs/${guid}`, {}, { 'X-Task-ID': id });
    clock.pass(60);
    for (const id of ['runs', 'waits']) await ask('POST', `/v1/crdb_tasks/${id}/actions/cancel`);
    const seen: unknown[] = [];
    for (const ms of [30, 49, 2]) {
      clock.pass(ms);
      const all = await Promise.all(
        ['runs', 'waits', 'last'].map((id) => json('GET', `/v1/crdb_tasks/${id}`)),
      );
      seen.push(all.map((task) => (task instanceof Object && 'status' in task ? task.status : task)));
    }
    expect(seen).toEqual([
      ['failed', 'failed', 'queued'],
      ['failed', 'failed', 'queued'],
      ['failed', 'failed', 'started'],
    ]);
  });

  test('a change is there when its task has finished, and not when it was cancelled', async () => {
    const { ask, json, guid } = await withDatabase();
    const size = (bytes: number) => ({ default_db_config: { memory_size: bytes } });
    await ask('PATCH', `/v1/crdbs/${guid}`, size(200), { 'X-Task-ID': 'first' });
    await ask('POST', `/v1/crdbs/${guid}/updates`, { crdb: size(300) }, { 'X-Task-ID': 'second' });
    await ask('POST', '/v1/crdb_tasks/second/actions/cancel');
    clock.pass(5000);
    expect(await json('GET', `/v1/crdbs/${guid}`)).toMatchObject(size(200));
  });

  test('is gone when its removal has finished; until then nothing else is accepted', async () => {
    const { ask, guid } = await withDatabase();
    const answers = [await ask('DELETE', `/v1/crdbs/${guid}`), await ask('DELETE', `/v1/crdbs/${guid}`)];
    answers.push(await ask('PATCH', `/v1/crdbs/${guid}`, {}), await ask('GET', `/v1/crdbs/${guid}`));
    clock.pass(createMs);
    answers.push(await ask('GET', `/v1/crdbs/${guid}`), await ask('DELETE', `/v1/crdbs/${guid}`));
    expect(answers.map(({ status }) => status)).toEqual([200, 406, 406, 200, 404, 404]);
  });
});

describe('what is refused', () => {
  test.each([
    { method: 'POST', path: '/v1/crdbs', body: {}, status: 400 },
    { method: 'POST', path: '/v1/crdbs', body: { ...wanted, instances: [] }, status: 400 },
    { method: 'POST', path: '/v1/crdbs', body: wanted, status: 406 }, // the name is taken
    { method: 'PUT', path: '/v1/crdbs', body: wanted, status: 405 },
    { method: 'PATCH', path: '/v1/crdbs/no', body: {}, status: 404 },
    { method: 'PUT', path: '/v1/crdbs/no/flush', body: {}, status: 404 },
    { method: 'GET', path: '/_control/v1', body: undefined, status: 404 },
  ])('$method $path: $status', async ({ method, path, body, status }) => {
    const { ask } = await withDatabase();
    expect((await ask(method, path, body)).status).toBe(status);
  });

  test('a task id that exists already', async () => {
    const { ask, guid } = await withDatabase();
    expect((await ask('PATCH', `/v1/crdbs/${guid}`, {}, { 'X-Task-ID': 'made' })).status).toBe(406);
  });

  test('refuses requests without a login, and changes by roles that may only read', async () => {
    const { ask } = cluster({ role: 'db_viewer' });
    const answers = [
      await ask('GET', '/v1/crdbs', undefined, { Authorization: '' }),
      await ask('GET', '/v1/crdbs'),
      await ask('POST', '/v1/crdbs', wanted),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 200, 403]);
  });
});

test('a node shows its release, and only some roles see the users', async () => {
  const shownTo = async (role: 'admin' | 'user_manager' | 'db_member') => {
    const { ask } = cluster({ role, version: '7.8.6-286' });
    const [nodes, users] = [await ask('GET', '/v1/nodes'), await ask('GET', '/v1/users')];
    expect(JSON.parse(nodes.body)).toMatchObject([{ software_version: '7.8.6-286' }]);
    return users.status === 200 ? JSON.parse(users.body)[0].role : users.status;
  };
  expect(await Promise.all([shownTo('admin'), shownTo('user_manager'), shownTo('db_member')])).toEqual([
    'admin',
    'user_manager',
    403,
  ]);
  expect((await cluster().ask('POST', '/v1/users', {})).status).toBe(404);
});

describe('options', () => {
  test.each([
    { refusalBody: 'error', type: 'application/json', body: { error_code: 'crdb_not_found' } },
    {
      refusalBody: 'problem',
      type: 'application/problem+json',
      body: { status: 404, title: 'crdb_not_found' },
    },
  ] as const)('refusals of the family $refusalBody', async ({ refusalBody, type, body }) => {
    const { ask } = cluster({ refusalBody });
    const { headers, body: text } = await ask('GET', '/v1/crdbs/no');
    expect([headers['content-type'], JSON.parse(text)]).toEqual([type, expect.objectContaining(body)]);
  });

  test('a list that is not wrapped', async () => {
    const answers = [
      await cluster().json('GET', '/v1/crdbs'),
      await cluster({ list: 'array' }).json('GET', '/v1/crdbs'),
    ];
    expect(answers).toEqual([{ crdbs: [] }, []]);
  });

  test('the guid in the first reply', async () => {
    const { json, guid } = await withDatabase({ accepted: 'with guid' });
    expect(await json('PATCH', `/v1/crdbs/${guid}`, {})).toMatchObject({ crdb_guid: guid });
  });

  test.each([
    { whileBusy: 'queued', statuses: [200, 200, 200] },
    { whileBusy: 'refused', statuses: [200, 406, 200] },
  ] as const)('a second operation is $whileBusy while one runs', async ({ whileBusy, statuses }) => {
    const { ask, guid } = await withDatabase({ whileBusy });
    const answers = [
      await ask('PATCH', `/v1/crdbs/${guid}`, {}),
      await ask('PATCH', `/v1/crdbs/${guid}`, {}),
    ];
    clock.pass(createMs);
    answers.push(await ask('PATCH', `/v1/crdbs/${guid}`, {}));
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });

  test('a follower answers everything with 307 to its leader', async () => {
    const { ask } = cluster({ master: 'https://10.0.0.1:9443' });
    const answers = [await ask('GET', '/v1/crdb_tasks?a=b'), await ask('POST', '/v1/crdbs', wanted)];
    expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual([
      [307, 'https://10.0.0.1:9443/v1/crdb_tasks?a=b'],
      [307, 'https://10.0.0.1:9443/v1/crdbs'],
    ]);
  });

  test('while the leader changes everything is answered with 503, without effect', async () => {
    const { ask, json } = cluster({ leaderless: [{ fromMs: 0, forMs: 1000 }] });
    const during = [await ask('GET', '/v1/crdb_tasks'), await ask('POST', '/v1/crdbs', wanted)];
    clock.pass(1000);
    expect([during.map(({ status }) => status), await json('GET', '/v1/crdb_tasks')]).toEqual([
      [503, 503],
      [],
    ]);
  });

  test.each([
    { resultTtl: 'applied', status: 200, after: 404 },
    { resultTtl: 'refused', status: 500, after: 404 },
    { resultTtl: 'fails the task', status: 200, after: 'failed' },
  ] as const)('X-Result-TTL at creation $resultTtl', async ({ resultTtl, status, after }) => {
    const { ask, guid } = await withDatabase({ resultTtl });
    const headers = { 'X-Task-ID': 'short', 'X-Result-TTL': '1' };
    const answered = await ask('PATCH', `/v1/crdbs/${guid}`, {}, headers);
    clock.pass(after === 404 ? createMs + 1000 : createMs);
    const read = await ask('GET', '/v1/crdb_tasks/short');
    expect([answered.status, read.status === 404 ? 404 : JSON.parse(read.body).status]).toEqual([
      status,
      after,
    ]);
  });
});

test('a node is bootstrapped: 503 before, and its login is valid afterwards', async () => {
  const { ask, json } = cluster({ bootstrapped: false });
  const action = { cluster: { name: 'new.local' }, credentials: { username: 'new', password: 'pw' } };
  const before = [await ask('GET', '/v1/crdb_tasks'), await ask('GET', '/v1/bootstrap')];
  const begun = [
    await ask('POST', '/v1/bootstrap/create_cluster', {}),
    await ask('POST', '/v1/bootstrap/create_cluster', action),
    await ask('POST', '/v1/bootstrap/create_cluster', action),
  ];
  const during = await json('GET', '/v1/bootstrap');
  clock.pass(2000);
  const login = { Authorization: basic('new', 'pw') };
  const after = [
    await ask('GET', '/v1/crdb_tasks'),
    await ask('GET', '/v1/crdb_tasks', undefined, login),
    await ask('GET', '/v1/bootstrap', undefined, login),
    await ask('GET', '/v1/cluster', undefined, login),
    await ask('GET', '/v1/license', undefined, login),
  ];
  expect([before, begun, after].map((all) => all.map(({ status }) => status))).toEqual([
    [503, 200],
    [400, 200, 409],
    [401, 200, 200, 200, 200],
  ]);
  expect([during, JSON.parse(after[2]?.body ?? ''), JSON.parse(after[3]?.body ?? '')]).toMatchObject([
    { bootstrap_status: { state: 'creating_cluster' } },
    { bootstrap_status: { state: 'completed' } },
    { name: 'new.local' },
  ]);
});

test('a failed bootstrap shows its error, and there is no cluster', async () => {
  const { ask, json } = cluster({ bootstrapped: false, bootstrapFails: 'path_error' });
  const action = { cluster: { name: 'new.local' }, credentials: { username: 'new', password: 'pw' } };
  await ask('POST', '/v1/bootstrap/create_cluster', action);
  clock.pass(2000);
  expect(await json('GET', '/v1/bootstrap')).toMatchObject({
    bootstrap_status: { state: 'error', error_code: 'path_error' },
  });
  expect((await ask('GET', '/v1/crdb_tasks')).status).toBe(503);
});

test('it remembers every request that could have changed something', async () => {
  const { reference, guid, ask } = await withDatabase();
  await ask('DELETE', `/v1/crdbs/${guid}`, undefined, { 'X-Task-ID': 'end' });
  await ask('POST', '/v1/crdb_tasks/end/actions/cancel');
  expect(reference.side?.changing).toEqual([
    { method: 'POST', path: '/v1/crdbs', taskId: 'made' },
    { method: 'DELETE', path: `/v1/crdbs/${guid}`, taskId: 'end' },
    { method: 'POST', path: '/v1/crdb_tasks/end/actions/cancel', taskId: undefined },
  ]);
});
