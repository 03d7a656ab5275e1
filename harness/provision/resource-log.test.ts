import { appendFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { type Entry, type Opened, resourceLogInMemory, resourceLogSchema } from './resource-log.ts';
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
  tag: 'tag',
  startedAt: '2025-06-01T00:00:00Z',
};
const task = (id: string): Entry => ({ type: 'making task', id, by: 'crdbs' });
const database = (name: string): Entry => ({ type: 'making database', name, task: `${name}-made` });

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
  tasks: resourceLog.openTasks.map(({ id }) => id),
  databases: resourceLog.openDatabases.map(({ name }) => name),
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
      entries: [task('a'), { type: 'task over', id: 'a' }],
      tasks: [],
      databases: [],
    },
    {
      why: 'no database that is gone',
      entries: [database('d'), { type: 'database gone', name: 'd' }],
      tasks: [],
      databases: [],
    },
    {
      why: 'a task under the id that the target gave it',
      entries: [task('a'), { type: 'made task', id: 'b', asked: 'a' }],
      tasks: ['b'],
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
        { type: 'database gone', name: 'd' },
        { type: 'made database', name: 'd', guid: 'g' },
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

describe('what may be changed', () => {
  const resourceLog = resourceLogInMemory('tag');
  const own = 'conformance-tag-0123456789-001';
  for (const entry of [
    task(own),
    { type: 'given task', id: 'theirs' } as const,
    { type: 'unknown id', id: 'no' } as const,
  ])
    resourceLog.enter(entry);
  resourceLog.enter({ type: 'task over', id: own });

  test.each([
    { id: own, may: true }, // over, and known all the same
    { id: 'theirs', may: true },
    { id: 'no', may: true },
    { id: 'foreign', may: false },
    { id: `${own}0`, may: false },
  ])('$id: $may', ({ id, may }) => expect(resourceLog.mayChange(id)).toBe(may));

  test.each([
    { id: `${own}0`, made: true },
    { id: own.slice(0, -1), made: true },
    { id: `{${own}}`, made: true },
    { id: 'conformance-tag-', made: false },
    { id: 'conformance-other-0123456789-001', made: false },
    { id: 'c', made: false },
    { id: '', made: false },
  ])('$id is made of an own id: $made', ({ id, made }) => expect(resourceLog.isMadeOfOwn(id)).toBe(made));

  test('a database that was given may be updated and not removed, another one neither', () => {
    const other = resourceLogInMemory('tag');
    other.enter({ type: 'given database', guid: 'given' });
    other.enter({ type: 'made database', name: 'conformance-tag-db', guid: 'own' });
    const may = ['given', 'own', 'foreign'].map((guid) => [other.mayUpdate(guid), other.mayRemove(guid)]);
    expect(may).toEqual([
      [true, false],
      [true, true],
      [false, false],
    ]);
  });
});

describe('on disk', () => {
  test('an entry is there before it counts: what can’t be written is refused, and nothing is known of it', () => {
    if (!existsSync('/dev/full')) return;
    symlinkSync('/dev/full', file);
    expect(() => beginResourceLog(file, opened)).toThrow(
      /can't be written \(ENOSPC\), so the run creates nothing/,
    );
  });

  test('a disk that fills up later refuses what comes then', () => {
    const kept: Entry[] = [];
    let full = false;
    const resourceLog = resourceLogInMemory('tag', (entry) => {
      if (full) throw new UserError('full', 'make room', 3);
      kept.push(entry);
    });
    resourceLog.enter(task('a'));
    full = true;
    expect(() => resourceLog.enter(task('b'))).toThrow('full');
    expect([resourceLog.mayChange('a'), resourceLog.mayChange('b'), kept.length]).toEqual([true, false, 1]);
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
      'a',
      'c',
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

  test('a resource log that tells of something left behind is kept when the next begins, another one makes way', () => {
    begun(database('d'));
    const kept = putAside(file);
    expect([kept, existsSync(file)]).toEqual([join(folder, 'resources-tag.ndjson'), false]);
    expect(readFileSync(kept ?? '', 'utf8')).toContain('making database');
    begun(database('d'), { type: 'database gone', name: 'd' });
    expect([putAside(file), existsSync(file), putAside(file)]).toEqual([undefined, false, undefined]);
  });
});
