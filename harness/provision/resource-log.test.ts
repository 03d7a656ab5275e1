import { appendFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import {
  type Entry,
  idInForm,
  isOwnId,
  type Opened,
  resourceLogInMemory,
  resourceLogSchema,
} from './resource-log.ts';
import {
  beginResourceLog,
  continueResourceLog,
  putAside,
  readResourceLog,
  resourceLogName,
} from './resource-log-file.ts';

const opened: Opened = {
  type: 'opened',
  schema: resourceLogSchema,
  target: 'http://127.0.0.1/',
  tag: '0123abcd',
  startedAt: '2025-06-01T00:00:00Z',
};
/** The id or name of this run that ends so. */
const own = (end: string): string => `conformance-0123abcd-${end}`;
const task = (end: string): Entry => ({ type: 'making task', id: own(end), by: 'crdbs' });
const database = (end: string): Entry => ({
  type: 'making database',
  name: own(end),
  task: own(`${end}-made`),
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = freshFolder();
  file = join(folder, resourceLogName);
});

function begun(...entries: readonly Entry[]): void {
  const { resourceLog, close } = beginResourceLog(file, opened);
  for (const entry of entries) resourceLog.enter(entry);
  close();
}

const open = ({ resourceLog }: ReturnType<typeof continueResourceLog>) => ({
  tasks: resourceLog.openTasks.map(({ id }) => id.replace(own(''), '')),
  databases: resourceLog.openDatabases.map(({ name }) => name.replace(own(''), '')),
});

describe('what is still to be given back', () => {
  test.each<{
    why: string;
    entries: readonly Entry[];
    tasks: readonly string[];
    databases: readonly string[];
  }>([
    { why: 'what was asked for', entries: [task('a'), database('d')], tasks: ['a'], databases: ['d'] },
    {
      why: 'no task that is over',
      entries: [task('a'), { type: 'task over', id: own('a') }],
      tasks: [],
      databases: [],
    },
    {
      why: 'no database that is gone',
      entries: [database('d'), { type: 'database gone', name: own('d') }],
      tasks: [],
      databases: [],
    },
    {
      why: 'nothing that the user handed over',
      entries: [
        { type: 'given task', id: 'a' },
        { type: 'given database', guid: 'g' },
        { type: 'unknown id', id: 'n' },
      ],
      tasks: [],
      databases: [],
    },
    {
      why: 'a database that came back after all',
      entries: [
        database('d'),
        { type: 'database gone', name: own('d') },
        { type: 'made database', name: own('d'), guid: 'g' },
      ],
      tasks: [],
      databases: ['d'],
    },
  ])('$why', ({ entries, tasks, databases }) => {
    begun(...entries);
    const again = continueResourceLog(file);
    expect(open(again)).toEqual({ tasks, databases });
    again.close();
  });
});

describe('ids of the run', () => {
  const uuid = idInForm.uuid('0123abcd', '00112233445e');
  const digits = idInForm.digits('0123abcd', '00112233445e');

  test('have the form of a UUID, or digits only', () => {
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-00112233445e$/);
    expect(digits).toMatch(/^\d{37}$/);
  });

  test.each([
    { id: own('a'), is: true },
    { id: uuid, is: true },
    { id: digits, is: true },
    { id: idInForm.uuid('89abcdef', '00112233445e'), is: false },
    { id: idInForm.digits('89abcdef', '00112233445e'), is: false },
    { id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', is: false },
    { id: `${digits.slice(0, -1)}${(Number(digits.at(-1)) + 1) % 10}`, is: false },
    { id: uuid.toUpperCase(), is: false },
    { id: '42', is: false },
    { id: '', is: false },
  ])('$id: $is', ({ id, is }) => expect(isOwnId(id, '0123abcd')).toBe(is));

  test('are removed after a kill in each form', () => {
    begun(...[uuid, digits].map((id) => ({ type: 'making task', id, by: 'control' }) as const));
    const again = continueResourceLog(file);
    expect(again.resourceLog.openTasks.map(({ id }) => id)).toEqual([uuid, digits]);
    again.close();
  });
});

describe('what may be changed', () => {
  const resourceLog = resourceLogInMemory('0123abcd');
  const made = own('0123456789-001');
  for (const entry of [
    task('0123456789-001'),
    { type: 'given task', id: 'theirs' } as const,
    { type: 'unknown id', id: 'no' } as const,
  ])
    resourceLog.enter(entry);
  resourceLog.enter({ type: 'task over', id: made });

  test.each([
    { id: made, may: true }, // over, and known all the same
    { id: 'theirs', may: true },
    { id: 'no', may: true },
    { id: 'foreign', may: false },
    { id: `${made}0`, may: false },
  ])('$id: $may', ({ id, may }) => expect(resourceLog.mayChange(id)).toBe(may));

  test.each([
    { id: `${made}0`, made: true },
    { id: made.slice(0, -1), made: true },
    { id: `{${made}}`, made: true },
    { id: own(''), made: false },
    { id: 'conformance-other-0123456789-001', made: false },
    { id: 'c', made: false },
    { id: '', made: false },
  ])('$id is made of an own id: $made', ({ id, made: is }) => expect(resourceLog.isMadeOfOwn(id)).toBe(is));

  test('a database may be removed if the run made it, and no other one had its guid before', () => {
    const other = resourceLogInMemory('0123abcd');
    other.enter({
      type: 'found',
      databases: [
        { guid: 'foreign', name: 'production' },
        { guid: 'given', name: 'x' },
      ],
    });
    other.enter({ type: 'given database', guid: 'given' });
    for (const guid of ['own', 'foreign', 'given'])
      other.enter({ type: 'made database', name: own(guid), guid });
    const may = ['own', 'foreign', 'given'].map((guid) => [other.mayRemove(guid), other.isForeign(guid)]);
    expect(may).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });
});

describe('on disk', () => {
  test('an entry is there before it counts: what can’t be written is refused, and nothing is known of it', () => {
    if (!existsSync('/dev/full')) return;
    symlinkSync('/dev/full', file);
    expect(() => beginResourceLog(file, opened)).toThrow(
      /can’t be written \(the disk is full, ENOSPC\), so the run creates nothing more/,
    );
  });

  test('a disk that fills up later refuses what comes then', () => {
    const kept: Entry[] = [];
    let full = false;
    const resourceLog = resourceLogInMemory('0123abcd', (entry) => {
      if (full) throw new UserError('full', 'make room', 3);
      kept.push(entry);
    });
    resourceLog.enter(task('a'));
    full = true;
    expect(() => resourceLog.enter(task('b'))).toThrow('full');
    expect([resourceLog.mayChange(own('a')), resourceLog.mayChange(own('b')), kept.length]).toEqual([
      true,
      false,
      1,
    ]);
  });

  test('a line that was cut off by a kill is left out, and nothing is glued to it', () => {
    begun(task('a'));
    appendFileSync(file, '{"type":"making task","id":"b"');
    const again = continueResourceLog(file);
    expect(open(again).tasks).toEqual(['a']);
    again.resourceLog.enter(task('c'));
    again.close();
    expect(readResourceLog(file).entries.map((entry) => ('id' in entry ? entry.id : entry.type))).toEqual([
      'opened',
      own('a'),
      own('c'),
    ]);
  });

  test.each([
    { what: 'another text', text: 'no resource log\n', says: 'line 1 is not an entry of a resource log' },
    { what: 'nothing', text: '', says: 'is not a resource log' },
    { what: 'a journal', text: '{"type":"started"}\n', says: 'is not a resource log' },
    {
      what: 'another version',
      text: `${JSON.stringify({ ...opened, schema: 'resourceLog@9' })}\n`,
      says: 'has the schema resourceLog@9',
    },
  ])('$what is refused', ({ text, says }) => {
    writeFileSync(file, text);
    expect(() => readResourceLog(file)).toThrow(says);
  });

  test.each<{ what: string; entry: object; first?: object }>([
    { what: 'a task of another name', entry: { type: 'making task', id: 'theirs', by: 'crdbs' } },
    {
      what: 'a task of another run',
      entry: { type: 'making task', id: 'conformance-ffffffff-1', by: 'crdbs' },
    },
    {
      what: 'a task whose id is a path',
      entry: { type: 'making task', id: own('../theirs'), by: 'control' },
    },
    { what: 'a task made in no known way', entry: { type: 'making task', id: own('a'), by: 'x' } },
    { what: 'a database of another name', entry: { type: 'made database', name: 'production', guid: 'g' } },
    { what: 'a database without a guid', entry: { type: 'made database', name: own('db') } },
    { what: 'an entry of no type', entry: { type: 'constructor' } },
    { what: 'a second beginning', entry: opened },
    { what: 'a tag that is a path', entry: task('a'), first: { ...opened, tag: '../../x' } },
    { what: 'an empty tag', entry: { type: 'closed' }, first: { ...opened, tag: '' } },
    {
      what: 'a target that is no address',
      entry: { type: 'closed' },
      first: { ...opened, target: 'file:///etc' },
    },
  ])('a resource log with $what was not written by a run', ({ entry, first = opened }) => {
    writeFileSync(file, `${JSON.stringify(first)}\n${JSON.stringify(entry)}\n`);
    expect(() => readResourceLog(file)).toThrow(`no run writes line ${first === opened ? 2 : 1}`);
    expect(() => putAside(file)).toThrow('no run writes line');
  });

  test('a resource log that tells of something left behind is kept when the next begins, another one makes way', () => {
    begun(database('d'));
    const kept = putAside(file);
    const where = { file: join(folder, 'resources-0123abcd.ndjson'), target: opened.target };
    expect([kept, existsSync(file)]).toEqual([where, false]);
    expect(readFileSync(where.file, 'utf8')).toContain('making database');
    begun(database('d'), { type: 'database gone', name: own('d') });
    expect([putAside(file), existsSync(file), putAside(file)]).toEqual([undefined, false, undefined]);
  });
});
