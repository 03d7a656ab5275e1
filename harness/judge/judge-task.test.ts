import { describe, expect, test } from 'vitest';
import { loadValidators } from '../../spec/validators.ts';
import type { Task } from '../model/task.ts';
import type { Finding, Verdict } from '../model/verdict.ts';
import { hostileBodies, lost, readOf, readShows, taskIn } from '../testing/exchange-samples.ts';
import { judgeAdds, judgeEqual, judgeKeepsFields, judgeTimestamps, observeFields } from './judge-fields.ts';
import {
  judgeAskedId,
  judgeForward,
  judgeLeftAlone,
  judgeNamedGuid,
  judgeNever,
  judgeSettles,
  judgeShows,
  judgeUnchanged,
} from './judge-task.ts';
import { attributedStatus, type Status } from './shown.ts';

const validators = loadValidators();

const held = taskIn('running');
const free = taskIn('running', { held: false });
const started = readShows('started');

type Judge = (read: ReturnType<typeof readOf>, task: Task) => Finding;

/** Every judge of a single task, applied to one answer. */
const judges: readonly { name: string; judge: Judge }[] = [
  { name: 'judgeShows', judge: (read, task) => judgeShows(read, task, ['started']) },
  { name: 'judgeSettles', judge: (read, task) => judgeSettles([read], task, ['started']) },
  { name: 'judgeAskedId', judge: judgeAskedId },
  { name: 'judgeNamedGuid', judge: (read, task) => judgeNamedGuid([read], { ...task, guid: 'guid-7' }) },
  { name: 'judgeUnchanged', judge: (read, task) => judgeUnchanged([read, read], task) },
  { name: 'judgeEqual', judge: (read, task) => judgeEqual([read, structuredClone(read)], task) },
  { name: 'judgeForward', judge: (read, task) => judgeForward([read, read], task) },
  { name: 'judgeNever', judge: (read, task) => judgeNever([read], task, ['failed']) },
  { name: 'judgeKeepsFields', judge: (read, task) => judgeKeepsFields(read, structuredClone(read), task) },
  {
    name: 'judgeAdds',
    judge: (read, task) => judgeAdds([{ plain: read, verbose: structuredClone(read), task }]),
  },
  { name: 'judgeTimestamps', judge: judgeTimestamps },
  { name: 'observeFields', judge: observeFields },
];

describe.each(judges)('$name', ({ judge }) => {
  test('a lost response is inconclusive and attributed to no clause', () => {
    const found = judge(readOf(lost), held);
    expect(found.verdict).toBe('inconclusive');
    expect(found.because).toBeUndefined();
    expect(found.attributedTo).toBeUndefined();
  });

  test('a status other than 200 is inconclusive because of read.status.200 and attributed to it', () => {
    const found = judge(readOf({ status: 404 }), held);
    expect(found).toMatchObject({
      verdict: 'inconclusive',
      because: 'read.status.200',
      attributedTo: 'read.status.200',
    });
  });

  test('an undocumented status is attributed to read.statuses', () => {
    expect(attributedStatus(judge(readOf({ status: 500 }), held), validators)).toMatchObject({
      verdict: 'inconclusive',
      because: 'read.statuses',
      attributedTo: 'read.statuses',
    });
  });

  test('of a task that is not held, 404 is no proof against anybody', () => {
    const found = judge(readOf({ status: 404 }), free);
    expect(found.verdict).toBe('inconclusive');
    expect(found.attributedTo).toBeUndefined();
  });

  test('a body without a task is inconclusive because of read.schema', () => {
    expect(judge(readOf({ body: [] }), held)).toMatchObject({
      verdict: 'inconclusive',
      because: 'read.schema',
    });
  });

  test.each(hostileBodies)('throws nothing: $what', ({ body }) => {
    expect(() => judge(readOf({ body }), held)).not.toThrow();
    expect(() => judge(readOf({ body }), free)).not.toThrow();
  });
});

describe('a read that shows another task', () => {
  const others = judges.filter(({ name }) => name !== 'judgeAskedId');
  test.each(others)('is inconclusive and attributed to read.asked-id: $name', ({ judge, name }) => {
    const found = judge(readShows('started', { id: '8' }), held);
    expect(found).toMatchObject({
      verdict: name === 'observeFields' ? 'observed' : 'inconclusive',
      ...(name === 'observeFields' ? {} : { because: 'read.asked-id', attributedTo: 'read.asked-id' }),
    });
  });

  test.each([
    { shown: 'TASK-7', why: 'in other capitals' },
    { shown: 'crdb:task-7', why: 'with more around it' },
    { shown: 'guid-7', why: 'its guid in its place' },
  ])('is none where its id is only misspelt: $why', ({ shown }) => {
    const task = { ...held, id: 'task-7', guid: 'guid-7' };
    expect(judgeShows(readShows('started', { id: shown }), task, ['started']).verdict).toBe('pass');
    expect(judgeAskedId(readShows('started', { id: shown }), task).verdict).toBe('fail');
  });
});

describe('without a read nothing is proven', () => {
  test.each([
    { name: 'judgeSettles', found: judgeSettles([], held, ['started']) },
    { name: 'judgeUnchanged', found: judgeUnchanged([], held) },
    { name: 'judgeEqual', found: judgeEqual([], held) },
    { name: 'judgeForward', found: judgeForward([], held) },
    { name: 'judgeNever', found: judgeNever([], held, ['failed']) },
    { name: 'judgeAdds', found: judgeAdds([]) },
  ])('$name', ({ found }) => {
    expect(found.verdict).toBe('inconclusive');
  });
});

describe('a status that is shown', () => {
  test.each<{ shows: string; expected: Status[]; task: Task; verdict: Verdict; why: string }>([
    { shows: 'started', expected: ['started'], task: held, verdict: 'pass', why: 'as expected' },
    { shows: 'failed', expected: ['finished', 'failed'], task: held, verdict: 'pass', why: 'one of two' },
    { shows: 'finished', expected: ['started'], task: held, verdict: 'fail', why: 'a held task stays' },
    { shows: 'queued', expected: ['started'], task: free, verdict: 'fail', why: 'no task moves back' },
    {
      shows: 'finished',
      expected: ['started'],
      task: free,
      verdict: 'inconclusive',
      why: 'it may have moved on by itself',
    },
    {
      shows: 'failed',
      expected: ['finished'],
      task: free,
      verdict: 'fail',
      why: 'an end is no step further on',
    },
    {
      shows: 'cancelled',
      expected: ['started'],
      task: held,
      verdict: 'inconclusive',
      why: 'no documented one',
    },
  ])('$shows for $expected is $verdict: $why', ({ shows, expected, task, verdict }) => {
    expect(judgeShows(readShows(shows), task, expected).verdict).toBe(verdict);
  });

  test('of many reads until the settle time was over, the last one counts', () => {
    const reads = [started, readShows('failed')];
    expect(judgeSettles(reads, held, ['failed']).verdict).toBe('pass');
    expect(judgeSettles(reads.toReversed(), held, ['failed']).verdict).toBe('fail');
  });
});

describe('identity', () => {
  test('the id that was asked for', () => {
    expect(judgeAskedId(started, held).verdict).toBe('pass');
    expect(judgeAskedId(readShows('started', { id: '8' }), held)).toMatchObject({
      verdict: 'fail',
      reason: 'GET /v1/crdb_tasks/7 shows id 8, expected id 7',
    });
  });

  test.each<{ guid: string | undefined; fields: object; verdict: Verdict; why: string }>([
    { guid: 'guid-7', fields: {}, verdict: 'pass', why: 'the named one' },
    { guid: 'guid-8', fields: {}, verdict: 'fail', why: 'another one' },
    {
      guid: 'guid-7',
      fields: { crdb_guid: undefined },
      verdict: 'pass',
      why: 'left out contradicts nothing',
    },
    { guid: 'guid-7', fields: { crdb_guid: null }, verdict: 'pass', why: 'null is another clause' },
    { guid: 'guid-7', fields: { crdb_guid: { valueOf: 1, toString: 1 } }, verdict: 'fail', why: 'no text' },
    { guid: undefined, fields: {}, verdict: 'pass', why: 'none was named and none shown' },
    {
      guid: undefined,
      fields: { crdb_guid: 'a' },
      verdict: 'pass',
      why: 'none was named, and all reads agree',
    },
  ])('a guid is $verdict: $why', ({ guid, fields, verdict }) => {
    const task = guid === undefined ? held : { ...held, guid };
    expect(judgeNamedGuid([readShows('started', { ...fields })], task).verdict).toBe(verdict);
  });

  test('where no guid was named, two that differ fail', () => {
    const reads = ['a', 'b'].map((guid) => readShows('started', { crdb_guid: guid }));
    expect(judgeNamedGuid(reads, held).verdict).toBe('fail');
  });
});

describe('several reads of one task', () => {
  test.each<{ second: object; unchanged: Verdict; equal: Verdict; why: string }>([
    { second: {}, unchanged: 'pass', equal: 'pass', why: 'the same' },
    { second: { worker_name: 'w' }, unchanged: 'pass', equal: 'fail', why: 'another field' },
    { second: { status: 'finished' }, unchanged: 'fail', equal: 'fail', why: 'another status' },
    { second: { crdb_guid: 'other' }, unchanged: 'fail', equal: 'fail', why: 'another guid' },
    { second: { id: '7x' }, unchanged: 'fail', equal: 'fail', why: 'its id misspelt' },
    { second: { id: '8' }, unchanged: 'inconclusive', equal: 'inconclusive', why: 'another task' },
    { second: { errors: null }, unchanged: 'pass', equal: 'pass', why: 'null is an absent value' },
  ])('unchanged $unchanged, equal $equal: $why', ({ second, unchanged, equal }) => {
    const reads = [started, started, readShows('started', { ...second })];
    expect(judgeUnchanged(reads, held).verdict).toBe(unchanged);
    expect(judgeEqual(reads, held).verdict).toBe(equal);
  });

  test.each<{ status: Status; field: string; verdict: Verdict }>([
    { status: 'finished', field: 'kept_for_s', verdict: 'pass' },
    { status: 'failed', field: 'kept_for_s', verdict: 'pass' },
    { status: 'started', field: 'kept_for_s', verdict: 'fail' },
    ...['errors', 'operation', 'progress', 'started', 'ended', 'worker_name'].map((field) => ({
      status: 'finished' as const,
      field,
      verdict: 'fail' as const,
    })),
  ])('$field of a $status task differs: $verdict', ({ status, field, verdict }) => {
    const [first, second] = [readShows(status, { [field]: 'a' }), readShows(status, { [field]: 'b' })];
    expect(judgeEqual([first, second], held).verdict).toBe(verdict);
    expect(judgeKeepsFields(first, second, held).verdict).toBe(verdict);
    const adds = judgeAdds([{ plain: first, verbose: second, task: held }]).verdict;
    expect(adds).toBe(verdict === 'fail' ? 'pass' : 'fail');
  });

  test('a difference is named', () => {
    const reads = [started, readShows('started', { worker_name: 'w', ended: 'x' })];
    expect(judgeEqual(reads, held).reason).toBe(
      '2 reads, GET /v1/crdb_tasks/7 shows a difference in worker_name, ended, expected the same fields',
    );
  });

  test.each<{ statuses: Status[]; verdict: Verdict }>([
    { statuses: ['queued', 'started', 'started', 'finished', 'finished'], verdict: 'pass' },
    { statuses: ['queued', 'failed'], verdict: 'pass' },
    { statuses: ['started', 'queued'], verdict: 'fail' },
    { statuses: ['finished', 'started'], verdict: 'fail' },
    { statuses: ['finished', 'failed'], verdict: 'fail' },
    { statuses: ['failed', 'finished'], verdict: 'fail' },
    { statuses: ['queued', 'started', 'queued', 'finished'], verdict: 'fail' },
  ])('$statuses forward: $verdict', ({ statuses, verdict }) => {
    const reads = statuses.map((status) => readShows(status));
    expect(judgeForward(reads, held).verdict).toBe(verdict);
  });

  test('never one of these, in no read', () => {
    const reads = [started, readShows('finished')];
    expect(judgeNever(reads, held, ['failed']).verdict).toBe('pass');
    expect(judgeNever(reads, held, ['finished', 'failed']).verdict).toBe('fail');
  });

  test.each([
    { phase: 'finished', clause: 'expiry.default.kept' },
    { phase: 'failed', clause: 'expiry.failed.kept' },
    { phase: 'running', clause: 'read.status.200' },
  ] as const)(
    'a held $phase task, there at first and then not found, attributedTo $clause',
    ({ phase, clause }) => {
      const reads = [readShows('finished'), readOf({ status: 404 })];
      expect(judgeUnchanged(reads, taskIn(phase))).toMatchObject({ because: clause, attributedTo: clause });
    },
  );

  test('a task that was never there attributedTo no expiry', () => {
    const reads = [readOf({ status: 404 }), readOf({ status: 404 })];
    expect(judgeUnchanged(reads, taskIn('finished')).attributedTo).toBe('read.status.200');
  });
});

describe('verbose', () => {
  test.each<{ plain: object; verbose: object; keeps: Verdict; adds: Verdict; why: string }>([
    { plain: {}, verbose: {}, keeps: 'pass', adds: 'fail', why: 'the same' },
    { plain: {}, verbose: { sub: [1] }, keeps: 'pass', adds: 'pass', why: 'one more' },
    { plain: { a: 1 }, verbose: {}, keeps: 'fail', adds: 'fail', why: 'one less' },
    { plain: { a: 1 }, verbose: { a: '1' }, keeps: 'fail', adds: 'pass', why: 'another value' },
    {
      plain: { a: { b: 1 } },
      verbose: { a: { b: 1, c: 2 } },
      keeps: 'pass',
      adds: 'pass',
      why: 'a detail within',
    },
    {
      plain: { a: [{ b: 1 }] },
      verbose: { a: [{ b: 1, c: 2 }] },
      keeps: 'pass',
      adds: 'pass',
      why: 'in a row',
    },
    { plain: { a: [1, 2] }, verbose: { a: [1] }, keeps: 'fail', adds: 'pass', why: 'a shorter array' },
    { plain: { a: {} }, verbose: { a: [] }, keeps: 'fail', adds: 'pass', why: 'another kind' },
  ])('keeps $keeps, adds $adds: $why', ({ plain, verbose, keeps, adds }) => {
    const [without, detailed] = [readShows('started', { ...plain }), readShows('started', { ...verbose })];
    expect(judgeKeepsFields(without, detailed, held).verdict).toBe(keeps);
    expect(judgeAdds([{ plain: without, verbose: detailed, task: held }]).verdict).toBe(adds);
  });

  test('what is lost is named by its place', () => {
    const plain = readShows('started', { errors: [{ code: 1, text: 'x' }] });
    const verbose = readShows('started', { errors: [{ code: 2, text: 'x' }] });
    expect(judgeKeepsFields(plain, verbose, held).seen).toBe('errors[0].code lost or contradicted');
  });

  test('one phase that shows more is enough; with an inconclusive one left, none is no proof', () => {
    const same = { plain: started, verbose: started, task: held };
    const more = { plain: started, verbose: readShows('started', { sub: 1 }), task: held };
    const gone = { plain: started, verbose: readOf(lost), task: held };
    expect(judgeAdds([same, gone, more]).verdict).toBe('pass');
    expect(judgeAdds([same, gone]).verdict).toBe('inconclusive');
    expect(judgeAdds([same, same]).verdict).toBe('fail');
  });
});

describe('timestamps', () => {
  test.each<{ started: unknown; verdict: Verdict }>([
    { started: '2024-02-29T12:00:00Z', verdict: 'pass' },
    { started: '2024-02-29t12:00:00.123456z', verdict: 'pass' },
    { started: '2024-02-29T12:00:00+05:30', verdict: 'pass' },
    { started: undefined, verdict: 'pass' },
    { started: 17, verdict: 'pass' }, // its type is for the schema to judge
    { started: '2024-02-29 12:00:00Z', verdict: 'fail' },
    { started: '2024-02-29T12:00:00', verdict: 'fail' },
    { started: '2024-13-01T12:00:00Z', verdict: 'fail' },
    { started: 'yesterday', verdict: 'fail' },
  ])('$started: $verdict', ({ started, verdict }) => {
    expect(judgeTimestamps(readShows('started', { started }), held).verdict).toBe(verdict);
    expect(judgeTimestamps(readShows('started', { ended: started }), held).verdict).toBe(verdict);
  });
});

test('the fields that are shown are observed, by status', () => {
  expect(observeFields(readShows('failed', { errors: [], ended: 'x' }), held)).toMatchObject({
    verdict: 'observed',
    seen: 'ended, errors',
  });
  expect(observeFields(readShows('queued'), held).seen).toBe('none of them');
});

describe('a task that was left alone', () => {
  const gone = readOf({ status: 404 });
  test.each<{ what: string; reads: ReturnType<typeof readOf>[]; task: Task; verdict: Verdict }>([
    { what: 'is as it was', reads: [started, started], task: held, verdict: 'pass' },
    { what: 'shows another status', reads: [started, readShows('failed')], task: held, verdict: 'fail' },
    { what: 'is gone', reads: [started, gone], task: held, verdict: 'fail' },
    { what: 'was never there', reads: [gone, gone], task: held, verdict: 'inconclusive' },
    {
      what: 'is gone, and may have gone by itself',
      reads: [started, gone],
      task: free,
      verdict: 'inconclusive',
    },
  ])('$what: $verdict', ({ reads, task, verdict }) => {
    expect(judgeLeftAlone(reads, task).verdict).toBe(verdict);
  });
});

describe('a guid that comes with the new status of a task that moves by itself', () => {
  test.each<{ what: string; guids: readonly (string | undefined)[]; verdict: Verdict }>([
    { what: 'only then', guids: [undefined, 'guid-7'], verdict: 'pass' },
    { what: 'and was shown before', guids: ['guid-7', 'guid-7'], verdict: 'pass' },
    { what: 'and is another one', guids: ['guid-7', 'guid-8'], verdict: 'fail' },
  ])('$what: $verdict', ({ guids, verdict }) => {
    const statuses = ['started', 'finished'];
    const reads = guids.map((crdb_guid, index) => readShows(statuses[index] ?? '', { crdb_guid }));
    expect(judgeUnchanged(reads, free).verdict).toBe(verdict);
  });
});
