import { describe, expect, test } from 'vitest';
import type { Call } from '../http/client.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import type { Request } from '../model/requests.ts';
import { phases } from '../model/task.ts';
import { answerTo, controlOf, lost, type Told } from '../testing/exchange-samples.ts';
import { answersOf, askForControl, controlProvisioner, offeredBy, offeredControl } from './control.ts';
import type { OwnProvisioner } from './provisioner.ts';

const everything = { phases: new Set(phases), age: true, cancelFailure: true };

/** A provisioner on a target that answers everything as the protocol says, but for what is told. */
function controlled(offered = everything, told: (request: Request) => Told = () => ({})) {
  const sent: Request[] = [];
  const send = async (request: Request) => {
    sent.push(request);
    const made = request.method === 'POST' && request.path === '/_control/v1/tasks';
    return answerTo(request, 1000, { status: made ? 201 : 204, receivedAt: 1200, ...told(request) });
  };
  let made = 0;
  return {
    control: controlProvisioner(
      { send, hold: () => {}, wait: async () => {}, newId: () => `id-${++made}` },
      offered,
    ),
    sent,
  };
}

const inShort = ({ method, path, body }: Request) => ({
  method,
  path,
  ...(body === undefined ? {} : { body }),
});

describe('each request is as the protocol says', () => {
  test('asking', () => {
    expect(inShort(askForControl())).toEqual({ method: 'GET', path: '/_control/v1' });
  });

  test('making', async () => {
    const { control, sent } = controlled();
    const task = await control.provision('running');
    expect(sent.map(inShort)).toEqual([
      { method: 'POST', path: '/_control/v1/tasks', body: { phase: 'running', id: task.id } },
    ]);
    expect(task).toMatchObject({
      held: true,
      agedS: 0,
      history: [{ phase: 'running', when: { earliestMs: 1000, latestMs: 1200 } }],
    });
  });

  test('making with a wish', async () => {
    const { control, sent } = controlled();
    const { id } = await control.provision('queued', { resultTtlS: 60, cancelFails: true });
    expect(sent[0]?.body).toEqual({ phase: 'queued', id, result_ttl: 60, cancel_fails: true });
  });

  test('moving, ageing and removing', async () => {
    const { control, sent } = controlled();
    const task = await control.provision('queued');
    const moved = await control.moves?.move(task, 'finished');
    const aged = await control.ages?.age(moved ?? task, 499);
    const older = await control.ages?.age(aged ?? task, 2);
    await control.remove(task);
    const one = `/_control/v1/tasks/${task.id}`;
    expect(sent.slice(1).map(inShort)).toEqual([
      { method: 'POST', path: `${one}/phase`, body: { phase: 'finished' } },
      { method: 'POST', path: `${one}/age`, body: { seconds: 499 } },
      { method: 'POST', path: `${one}/age`, body: { seconds: 2 } },
      { method: 'DELETE', path: one },
    ]);
    expect(older).toMatchObject({ agedS: 501, history: [{ phase: 'queued' }, { phase: 'finished' }] });
  });

  test('none of them is one of the three operations', async () => {
    const { control, sent } = controlled();
    await control.remove(await control.existing('running'));
    expect(new Set(sent.map(({ operation }) => operation))).toEqual(new Set(['control']));
  });
});

test('each check asks for itself, and names its tasks itself', async () => {
  const { control, sent } = controlled();
  const others: Request[] = [];
  const other = control.forRequester?.({
    send: async (request) => {
      others.push(request);
      return answerTo(request, 1000, { status: 201 });
    },
    hold: () => {},
    wait: async () => {},
    newId: () => 'other-1',
  });
  expect((await other?.provision('running'))?.id).toBe('other-1');
  expect([sent.length, others.length]).toEqual([0, 1]);
});

test.each([
  { body: { crdb_guid: 'guid' }, guid: 'guid' },
  { body: { crdb_guid: 7 }, guid: undefined },
  { body: {}, guid: undefined },
  { body: '', guid: undefined },
])('a guid is taken where it is a text: $guid', async ({ body, guid }) => {
  const { control } = controlled(everything, () => ({ body }));
  expect((await control.provision('running')).guid).toBe(guid);
});

describe('what the target does not offer is out of reach, and not asked for', () => {
  const little = { phases: new Set(['running'] as const), age: false, cancelFailure: false };
  test.each([
    { what: 'a phase', wish: {}, phase: 'committing' },
    { what: 'a cancel that fails', wish: { cancelFails: true }, phase: 'running' },
  ] as const)('$what', async ({ wish, phase }) => {
    const { control, sent } = controlled(little);
    await expect(control.provision(phase, wish)).rejects.toThrow(Unreachable);
    expect(sent).toEqual([]);
  });

  test('ageing', () => {
    const { control } = controlled(little);
    expect(control.ages).toBeUndefined();
    expect(control.capabilities).toEqual(['running']);
    expect(controlled().control.capabilities).toEqual([...phases, 'age', 'cancel_failure']);
  });
});

describe('what the target does otherwise than the protocol says is no proof', () => {
  test.each<{ what: string; told: Told }>([
    { what: '400', told: { status: 400 } },
    { what: '409', told: { status: 409 } },
    { what: 'a lost answer', told: lost },
    { what: 'a lost 503', told: { status: 503, ...lost } },
  ])('making: $what', async ({ told }) => {
    const { control } = controlled(everything, () => told);
    await expect(control.provision('running')).rejects.toThrow(LostRace);
  });

  test('moving and ageing: 409', async () => {
    const { control } = controlled(everything, ({ path }) =>
      path.endsWith('/tasks') ? {} : { status: 409 },
    );
    const task = await control.provision('running');
    await expect(control.moves?.move(task, 'finished')).rejects.toThrow(LostRace);
    await expect(control.ages?.age(task, 1)).rejects.toThrow(
      `the control protocol failed: POST /_control/v1/tasks/${task.id}/age: answered 409, expected 204`,
    );
  });

  test.each([
    { what: 'a lost answer may be had again', told: lost, byChance: true },
    { what: 'a refusal will be one again', told: { status: 500 }, byChance: false },
  ])('$what', async ({ told, byChance }) => {
    const { control } = controlled(everything, () => told);
    await expect(control.provision('running')).rejects.toMatchObject({ byChance });
  });

  test('a task that was refused is not there: its id may be somebody else’s', async () => {
    const { control, sent } = controlled(everything, () => ({ status: 409 }));
    await expect(control.provision('running')).rejects.toThrow(LostRace);
    expect(sent.map(({ method }) => method)).toEqual(['POST']);
    expect(control.doubtful).toEqual([]);
  });
});

describe('a making that got no answer', () => {
  test('is given up, and another task is made; the first may be there all the same', async () => {
    let asked = 0;
    const { control, sent } = controlled(everything, () => (++asked === 1 ? lost : {}));
    const task = await control.provision('running');
    expect(task.id).toBe('id-2');
    expect(sent.map(({ body }) => body)).toEqual([
      { phase: 'running', id: 'id-1' },
      { phase: 'running', id: 'id-2' },
    ]);
    expect(control.doubtful?.map(({ id }) => id)).toEqual(['id-1']);
  });

  test('is not made up for without end', async () => {
    const { control, sent } = controlled(everything, () => lost);
    await expect(control.provision('running')).rejects.toThrow(LostRace);
    expect(sent).toHaveLength(3);
  });

  test('is none where the run was cut short before it was sent', async () => {
    const { control, sent } = controlled(everything, () => ({ ...lost, id: 'unsent' }));
    await expect(control.provision('running')).rejects.toThrow(LostRace);
    expect(sent).toHaveLength(1);
    expect(control.doubtful).toEqual([]);
  });
});

test('moving and ageing are never sent twice', async () => {
  const { control, sent } = controlled(everything, ({ path }) => (path.endsWith('/tasks') ? {} : lost));
  const task = await control.provision('running');
  await expect(control.moves?.move(task, 'finished')).rejects.toThrow(LostRace);
  await expect(control.ages?.age(task, 60)).rejects.toThrow(LostRace);
  expect(sent).toHaveLength(3);
});

test.each([
  { told: {}, removal: 'gone' },
  { told: { status: 404 }, removal: 'not' },
  { told: { status: 503, ...lost }, removal: 'lost' },
  { told: lost, removal: 'lost' },
] as const)('a removal comes to $removal', async ({ told, removal }) => {
  const { control } = controlled(everything, ({ method }) => (method === 'DELETE' ? told : {}));
  expect(await control.remove(await control.provision('running'))).toBe(removal);
});

describe('the protocol is offered by a 200 with protocol 1 alone', () => {
  const asked = (told: Told) => offeredControl(controlOf(told.status ?? 200, told));
  test.each<{ what: string; told: Told }>([
    { what: 'another status', told: { status: 201, body: { protocol: 1 } } },
    { what: 'a 404', told: { status: 404, body: { protocol: 1 } } },
    { what: 'another version', told: { body: { protocol: 2 } } },
    { what: 'the version as text', told: { body: { protocol: '1' } } },
    { what: 'no version', told: { body: { phases: ['running'] } } },
    { what: 'an array', told: { body: [1] } },
    { what: 'null', told: { body: 'null' } },
    { what: 'no JSON', told: { body: '<html>' } },
    { what: 'a lost answer', told: lost },
  ])('not by $what', ({ told }) => {
    expect(asked(told)).toBeUndefined();
  });

  test.each([
    { body: { protocol: 1 }, offered: { phases: [], age: false, cancelFailure: false } },
    {
      body: { protocol: 1, phases: ['failed', 'running', 'dreaming', null], age: true, cancel_failure: true },
      offered: { phases: ['running', 'failed'], age: true, cancelFailure: true },
    },
    {
      body: { protocol: 1, phases: 'running', age: 1, cancel_failure: 'yes' },
      offered: { phases: [], age: false, cancelFailure: false },
    },
  ])('and what is in it is taken as it is meant', ({ body, offered }) => {
    expect(asked({ body })).toEqual({ ...offered, phases: new Set(offered.phases) });
  });
});

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

test('where tasks can’t be removed, that is refused', async () => {
  const { create, move } = noting().own;
  expect((await answersOf({ create, move }, () => {})(call('DELETE', '/tasks/a-1'))).status).toBe(405);
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
  expect([response.status, told]).toEqual([500, ['The provisioner’s create threw: no room']]);
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
