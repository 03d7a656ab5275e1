import { beforeEach, describe, expect, test } from 'vitest';
import { SimulatedClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { UserError } from '../model/errors.ts';
import type { RunEvent } from '../model/report.ts';
import {
  cancel,
  cancelByGet,
  impossibleIds,
  list,
  type Request,
  rawCancel,
  read,
} from '../model/requests.ts';
import { defaultSettings } from '../model/settings.ts';
import { directReference } from '../reference/reference.ts';
import type { Check } from '../run/clause.ts';
import { loadContract } from '../run/contract.ts';
import { gather } from '../run/report.ts';
import { Runner } from '../run/runner.ts';
import { answerTo } from '../testing/exchange-samples.ts';
import { noProvisioner } from './existing-tasks.ts';
import { couldChange, guarding, readingOnly, telling } from './guard.ts';
import { type ResourceLog, resourceLogInMemory } from './resource-log.ts';

const own = 'conformance-tag-0123456789-001';
const foreign = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
let resourceLog: ResourceLog;
beforeEach(() => {
  resourceLog = resourceLogInMemory('tag');
  resourceLog.enter({ type: 'making task', id: own, by: 'control' });
  resourceLog.enter({ type: 'unknown id', id: 'nobody' });
  resourceLog.enter({ type: 'given task', id: 'a task/of theirs' });
  resourceLog.enter({ type: 'given database', guid: 'given' });
  resourceLog.enter({ type: 'made database', name: 'conformance-tag-db', guid: 'own' });
});

const on = (method: Request['method'], path: string, more: Partial<Request> = {}): Request => ({
  operation: 'crdbs',
  method,
  path,
  headers: { 'X-Task-ID': 'conformance-tag-new' },
  ...more,
});
const ttl = { ttl: '60' };

describe('what is let through', () => {
  test.each<{ what: string; request: Request }>([
    { what: 'the list', request: list() },
    { what: 'a read of anybody’s task', request: read({ id: foreign }, { verbose: 'true' }) },
    { what: 'a read of an own task with a TTL', request: read({ id: own }, ttl) },
    { what: 'a cancel of an own task', request: cancel({ id: own }, { force: 'true' }) },
    { what: 'GET on the cancel path of an own task', request: cancelByGet({ id: own }) },
    { what: 'a cancel of a task that was given', request: cancel({ id: 'a task/of theirs' }) },
    { what: 'a cancel of nobody’s task', request: cancel({ id: 'nobody' }) },
    { what: 'a cancel of an own id, cut', request: rawCancel(own.slice(0, -1)) },
    { what: 'a cancel of an own id with more behind it', request: rawCancel(`${own}%2F`) },
    { what: 'a cancel of an id that can’t be', request: rawCancel(impossibleIds.quotes) },
    {
      what: 'a task by the control protocol',
      request: on('POST', '/_control/v1/tasks', { body: { id: own } }),
    },
    { what: 'a move of it', request: on('POST', `/_control/v1/tasks/${own}/phase`, { body: {} }) },
    { what: 'the end of it', request: on('DELETE', `/_control/v1/tasks/${own}`) },
    { what: 'a database', request: on('POST', '/v1/crdbs', { body: { name: 'conformance-tag-2' } }) },
    { what: 'a change of the own database', request: on('PATCH', '/v1/crdbs/own', { body: {} }) },
    { what: 'an empty change of one that was given', request: on('PATCH', '/v1/crdbs/given', { body: {} }) },
    { what: 'the end of the own database', request: on('DELETE', '/v1/crdbs/own') },
  ])('$what', ({ request }) => expect(() => guarding(resourceLog).admit(request)).not.toThrow());
});

describe('what is refused', () => {
  const rows: readonly { what: string; request: Request; says: string }[] = [
    { what: 'a cancel of a foreign task', request: cancel({ id: foreign }), says: 'does not hold this task' },
    {
      what: 'GET on the cancel path of one',
      request: cancelByGet({ id: foreign }),
      says: 'does not hold this task',
    },
    {
      what: 'a read of one with a TTL',
      request: read({ id: foreign }, ttl),
      says: 'does not hold this task',
    },
    { what: 'a cancel of no id', request: rawCancel(''), says: 'does not hold this task' },
    {
      what: 'a cancel of a mere beginning',
      request: rawCancel('conformance-tag-'),
      says: 'does not hold this task',
    },
    {
      what: 'DELETE on an own task',
      request: { ...read({ id: own }), method: 'DELETE' },
      says: 'no run sends',
    },
    { what: 'POST on the list', request: { ...list(), method: 'POST' }, says: 'no run sends' },
    {
      what: 'a change of a foreign database',
      request: on('PATCH', '/v1/crdbs/foreign'),
      says: 'did not make this database',
    },
    {
      what: 'the end of a foreign database',
      request: on('DELETE', '/v1/crdbs/foreign'),
      says: 'did not make',
    },
    { what: 'the end of a given database', request: on('DELETE', '/v1/crdbs/given'), says: 'the user named' },
    {
      what: 'the configuration of a given database',
      request: on('PATCH', '/v1/crdbs/given', { body: { default_db_config: { memory_size: 7 } } }),
      says: 'nothing of the configuration',
    },
    {
      what: 'a backslash, which a URL parser takes for a slash',
      request: rawCancel(`${own}\\..\\${foreign}`),
      says: `would go over the wire as /v1/crdb_tasks/${foreign}/actions/cancel`,
    },
    { what: 'a dot segment', request: rawCancel(`${own}/../${foreign}`), says: 'would go over the wire as' },
    {
      what: 'an encoded one',
      request: rawCancel(`${own}/%2e%2E/${foreign}`),
      says: 'would go over the wire as',
    },
    { what: 'a fragment', request: rawCancel(`${own}#x`), says: 'would go over the wire as' },
    { what: 'a line break', request: rawCancel(`${own}\n0`), says: 'would go over the wire as' },
    {
      what: 'an own id with dot segments that a server may resolve',
      request: rawCancel(`${own}%2F..%2F${foreign}`),
      says: 'a dot segment',
    },
    {
      what: 'the same, encoded once more',
      request: rawCancel(`${own}%252F%252E%252E%252F${foreign}`),
      says: 'a dot segment',
    },
    {
      what: 'a flush of the own database',
      request: on('POST', '/v1/crdbs/own/flush'),
      says: 'no run sends',
    },
    { what: 'a purge of it', request: on('POST', '/v1/crdbs/own/purge'), says: 'no run sends' },
    {
      what: 'a database of any name',
      request: on('POST', '/v1/crdbs', { body: { name: 'production' } }),
      says: 'mark',
    },
    {
      what: 'a change without a task id of ours',
      request: on('PATCH', '/v1/crdbs/own', { headers: {} }),
      says: 'does not begin with this run',
    },
    {
      what: 'a task of any id by the control protocol',
      request: on('POST', '/_control/v1/tasks', { body: { id: 'mine' } }),
      says: 'mark',
    },
    {
      what: 'the end of a foreign task',
      request: on('DELETE', `/_control/v1/tasks/${foreign}`),
      says: 'does not hold this task',
    },
    { what: 'a bootstrap', request: on('POST', '/v1/bootstrap/create_cluster'), says: 'no run sends' },
    { what: 'any other change', request: on('PATCH', '/v1/cluster'), says: 'no run sends' },
  ];

  test.each(rows)('$what', ({ request, says }) => {
    expect(() => guarding(resourceLog).admit(request)).toThrow(says);
  });

  test('by a run that only reads, all that could change anything, its own included', () => {
    const changing = [...rows.map(({ request }) => request), cancel({ id: own }), read({ id: own }, ttl)];
    expect(changing.filter((request) => !couldChange(request))).toEqual([]);
    for (const request of changing) expect(() => readingOnly.admit(request)).toThrow('refused to send');
    for (const request of [list(), read({ id: foreign })]) readingOnly.admit(request);
  });
});

test('what a request creates is in the resource log before it is sent', () => {
  const guard = guarding(resourceLog);
  guard.admit(on('POST', '/_control/v1/tasks', { body: { id: 'conformance-tag-c', phase: 'running' } }));
  guard.admit(on('POST', '/v1/crdbs', { body: { name: 'conformance-tag-d' } }));
  expect([
    resourceLog.openTasks.map(({ id }) => id),
    resourceLog.openDatabases.map(({ name }) => name),
  ]).toEqual([
    [own, 'conformance-tag-c', 'conformance-tag-new'],
    ['conformance-tag-db', 'conformance-tag-d'],
  ]);
});

test('where the resource log can’t be written any more, what would create something is not let through', () => {
  const full = resourceLogInMemory('tag', () => {
    throw new UserError('the disk is full', 'make room', 3);
  });
  const guard = guarding(full);
  const told: string[] = [];
  const making = on('POST', '/v1/crdbs', { body: { name: 'conformance-tag-d' } });
  expect(() => telling(guard, (why) => told.push(why)).admit(making)).toThrow('the disk is full');
  expect([told, full.openDatabases, full.openTasks]).toEqual([['the disk is full make room'], [], []]);
  guard.admit(list());
});

describe('what an answer says', () => {
  const made = on('POST', '/v1/crdbs', { body: { name: 'conformance-tag-d' } });
  const open = () => [
    resourceLog.isOpen('conformance-tag-new', 'crdbs'),
    resourceLog.openDatabases.length === 2,
  ];

  test.each([
    {
      what: 'accepted',
      told: { body: { id: 'conformance-tag-new', status: 'queued' } },
      task: true,
      database: true,
    },
    { what: 'refused', told: { status: 406, body: {} }, task: false, database: false },
    { what: 'broken', told: { status: 500, body: {} }, task: true, database: true },
    { what: 'lost', told: { lost: 'connection reset' }, task: true, database: true },
  ])('$what', ({ told, task, database }) => {
    const guard = guarding(resourceLog);
    guard.admit(made);
    guard.observe(made, answerTo(made, 0, told));
    expect(open()).toEqual([task, database]);
  });

  test('an id that the target chose itself may be anybody’s: it is not acted on', () => {
    const guard = guarding(resourceLog);
    guard.admit(made);
    guard.observe(made, answerTo(made, 0, { body: { id: foreign, status: 'queued' } }));
    expect(resourceLog.mayChange(foreign)).toBe(false);
    expect(() => guard.admit(cancel({ id: foreign }))).toThrow('does not hold this task');
  });

  test('one that a mock gave to a task of the run may be removed, unless it was there before', () => {
    const guard = guarding(resourceLog);
    const making = {
      ...on('POST', '/_control/v1/tasks', { body: { id: own } }),
      operation: 'control' as const,
    };
    const end = (id: string) => on('DELETE', `/_control/v1/tasks/${id}`);
    guard.observe(list(), answerTo(list(), 0, { body: [{ id: foreign, status: 'started' }] }));
    for (const id of ['17', foreign])
      guard.observe(making, answerTo(making, 0, { status: 201, body: { id } }));
    guard.admit(end('17'));
    expect(() => guard.admit(end(foreign))).toThrow('does not hold this task');
    expect(() => guard.admit(cancel({ id: '17' }))).toThrow('does not hold this task');
  });

  describe('a task of a mock whose creation had no answer, after its removal was answered', () => {
    const making = {
      ...on('POST', '/_control/v1/tasks', { body: { id: own } }),
      operation: 'control' as const,
    };
    const removal = { ...on('DELETE', `/_control/v1/tasks/${own}`), operation: 'control' as const };
    const sight = read({ id: own });

    test.each([
      { lost: 'no answer within 10 s', shown: false, mayExist: true, why: 'it may still be made' },
      { lost: 'no answer within 10 s', shown: true, mayExist: false, why: 'it was made before' },
      {
        status: 504,
        lost: 'answered 504',
        shown: false,
        mayExist: true,
        why: 'a gateway gave up, not the target',
      },
      { lost: 'socket hang up', shown: false, mayExist: false, why: 'the target was done with it' },
    ])('$lost, shown $shown: $why', ({ status, lost, shown, mayExist }) => {
      const guard = guarding(resourceLog);
      const response = status === undefined ? {} : { response: { status, headers: {}, body: '' } };
      guard.observe(making, { ...answerTo(making, 0, { lost }), ...response });
      if (shown) guard.observe(sight, answerTo(sight, 0, { body: { id: own, status: 'started' } }));
      guard.observe(removal, answerTo(removal, 0, { status: 204 }));
      expect(resourceLog.isOpen(own, 'control')).toBe(mayExist);
    });

    test('it was shown before it was removed and made again: that says nothing', () => {
      const guard = guarding(resourceLog);
      guard.observe(sight, answerTo(sight, 0, { body: { id: own, status: 'started' } }));
      guard.admit(making);
      guard.observe(making, answerTo(making, 0, { lost: 'no answer within 10 s' }));
      guard.observe(removal, answerTo(removal, 0, { status: 204 }));
      expect(resourceLog.isOpen(own, 'control')).toBe(true);
    });

    test('what no connection was made for needs no removal', () => {
      guarding(resourceLog).observe(
        making,
        answerTo(making, 0, { lost: 'connect ECONNREFUSED 127.0.0.1:80' }),
      );
      expect(resourceLog.isOpen(own, 'control')).toBe(false);
    });
  });

  test.each([
    { status: 'queued', task: true, database: true },
    { status: 'finished', task: false, database: true },
    { status: 'failed', task: false, database: false },
  ])('a read that shows $status', ({ status, task, database }) => {
    const guard = guarding(resourceLog);
    guard.admit(made);
    const asking = read({ id: 'conformance-tag-new' });
    guard.observe(asking, answerTo(asking, 0, { body: { id: 'conformance-tag-new', status } }));
    expect(open()).toEqual([task, database]);
  });
});

test('a suite that tries to cancel a foreign task hurts nobody: nothing is sent, and the harness is at fault', async () => {
  const clock = new SimulatedClock();
  const cluster = directReference({ clock });
  cluster.tasks.create({ id: foreign, phase: 'running' });
  const sent: string[] = [];
  const events: RunEvent[] = [];
  const environment = httpEnvironment({
    target: { url: new URL('http://reference.invalid'), login: cluster, insecure: false },
    clock,
    timeoutMs: 1000,
    concurrency: 4,
    guard: guarding(resourceLog),
    record: () => {},
    carry: (call) => {
      sent.push(`${call.method} ${call.path}`);
      return { answer: cluster.answer(call, new AbortController().signal), abandon: () => {} };
    },
  });
  const check: Check = {
    clause: 'cancel.running.accepted',
    name: 'a bug',
    suite: 'bug',
    moment: 'between',
    dependsOn: [],
    run: async ({ send }) => {
      await send(read({ id: foreign }));
      await send(cancel({ id: foreign }, { force: 'true' }));
      return [];
    },
  };
  const provisioner = noProvisioner(environment);
  const { register, validators } = await loadContract();
  await new Runner({
    book: new Map([[check.clause, [check]]]),
    register,
    evidence: () => [],
    selection: [check.clause],
    runContext: {
      environment,
      provisioner,
      settings: defaultSettings,
      validators,
      tag: 'tag',
      resourceLog,
      readsOnly: false,
      authenticates: true,
    },
    record: (event) => events.push(event),
  }).run();
  environment.close();
  expect(sent).toEqual([`GET /v1/crdb_tasks/${foreign}`]);
  expect(events.find(({ type }) => type === 'cut-short')).toMatchObject({
    fault: 'harness',
    reason: expect.stringContaining(
      `refused to send POST /v1/crdb_tasks/${foreign}/actions/cancel?force=true`,
    ),
  });
  expect(gather(events).checks.find(({ name }) => name === 'a bug')?.verdict).toBe('inconclusive');
});
