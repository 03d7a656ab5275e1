import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { night } from '../../harness/testing/reports/sample.ts';
import { freshFolder } from '../../harness/testing/temporary-folder.ts';
import { HistoryError, openHistory, readHistory } from './database.ts';
import { keepRun, newestOf } from './runs.ts';

const folder = freshFolder();
let files = 0;
const fresh = (): string => join(folder, `${files++}.db`);
const made = (content: string | ((db: DatabaseSync) => void)): string => {
  const file = fresh();
  if (typeof content === 'string') {
    writeFileSync(file, content);
  } else {
    using db = new DatabaseSync(file);
    content(db);
  }
  return file;
};
const one = () => night(1, { clauses: { a: 'pass' } });

/** What is said of a file when a run is to be kept in it. */
function said(file: string, work = () => keepIn(file)): string {
  try {
    work();
  } catch (error) {
    if (error instanceof HistoryError) return `${error.message}\n${error.remedy}`;
    throw error;
  }
  return 'nothing';
}
function keepIn(file: string, timeoutMs = 20): void {
  using history = openHistory(file, { timeoutMs });
  keepRun(history, one());
}

test('it is made where it is not there, and one file is all there is', () => {
  const file = fresh();
  keepIn(file);
  using history = readHistory(file);
  expect(history.read((db) => newestOf(db, 'my-mock', 9))).toMatchObject([{ id: 'night-01' }]);
  expect(['-wal', '-shm', '-journal'].filter((end) => existsSync(file + end))).toEqual([]);
});

test('an empty file is taken as one', () => {
  const file = made('');
  keepIn(file);
  using history = readHistory(file);
  expect(history.read((db) => newestOf(db, 'my-mock', 9))).toHaveLength(1);
});

const otherProgram = (db: DatabaseSync) => db.exec('CREATE TABLE photos (id INTEGER)');
test.each([
  { why: 'another program’s', content: otherProgram, says: 'the database of another program' },
  {
    why: 'another program’s, by its mark alone',
    content: (db: DatabaseSync) => db.exec('PRAGMA application_id = 7'),
    says: 'the database of another program',
  },
  { why: 'no database', content: 'hello, environment\n'.repeat(100), says: 'not an SQLite database' },
  {
    why: 'a newer version’s',
    content: (db: DatabaseSync) => {
      db.exec(`PRAGMA application_id = ${0x63726462}; PRAGMA user_version = 99`);
    },
    says: 'written by a newer crdb-conformance',
  },
  {
    why: 'an older version’s',
    content: (db: DatabaseSync) => {
      db.exec(
        `CREATE TABLE targets (id INTEGER); PRAGMA application_id = ${0x63726462}; PRAGMA user_version = 2`,
      );
    },
    says: 'written by an older crdb-conformance (schema 2; this one reads 3)',
  },
])('a file that is $why is reported in two lines, and left as it is', ({ content, says }) => {
  const file = made(content);
  const before = readFileSync(file);
  expect(said(file)).toContain(says);
  expect(said(file, () => void readHistory(file))).toContain(says);
  expect(said(file).split('\n')).toHaveLength(2);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test.each([
  { why: 'not there', file: () => join(folder, 'nowhere.db'), says: 'nowhere.db does not exist' },
  { why: 'empty', file: () => made(''), says: 'is empty' },
])('to be read it must hold something: $why', ({ file, says }) => {
  const named = file();
  expect(said(named, () => void readHistory(named))).toContain(says);
  expect(existsSync(named) && readFileSync(named).length > 0).toBe(false);
});

test('a file that another program holds is reported as locked', () => {
  const file = fresh();
  keepIn(file);
  using other = new DatabaseSync(file);
  other.exec('BEGIN EXCLUSIVE');
  expect(said(file)).toMatch(/is locked by another program\.\nTry again/);
});

test('a file that can not be written is reported as read-only', () => {
  const file = fresh();
  keepIn(file);
  using history = readHistory(file);
  history.read((db) => db.exec('PRAGMA query_only = 1')); // SQLite says the same as of a file that it may not write
  expect(said(file, () => void keepRun(history, night(2)))).toMatch(/can’t be written.*read-only/);
});

test('a full disk is reported, and what was there before is whole', () => {
  const file = fresh();
  keepIn(file);
  using history = openHistory(file);
  history.read((db) => db.exec(`PRAGMA max_page_count = ${pages(db)}`));
  const clauses = Object.fromEntries(Array.from({ length: 5000 }, (_, row) => [`c${row}`, 'pass' as const]));
  expect(said(file, () => void keepRun(history, night(2, { clauses })))).toMatch(
    /the disk is full\.\nMake room/,
  );
  expect(history.read((db) => newestOf(db, 'my-mock', 9))).toMatchObject([{ id: 'night-01' }]);
  expect(history.read((db) => db.prepare('PRAGMA integrity_check').get())).toEqual({ integrity_check: 'ok' });
});
const pages = (db: DatabaseSync): number => Number(db.prepare('PRAGMA page_count').get()?.page_count);

test('a damaged file is reported, whatever is damaged in it', () => {
  const file = fresh();
  keepIn(file);
  const bytes = readFileSync(file);
  bytes.fill(0xff, 100, 2000);
  writeFileSync(file, bytes);
  expect(said(file)).toContain('is damaged');
});

test('a folder that is not there is reported', () => {
  expect(said(join(folder, 'no/such/history.db'))).toContain('its folder does not exist');
});

test('a copy of the file is the whole history', () => {
  const file = fresh();
  const copy = fresh();
  using history = openHistory(file);
  keepRun(history, one());
  copyFileSync(file, copy); // while it is open
  using copied = readHistory(copy);
  expect(copied.read((db) => newestOf(db, 'my-mock', 9))).toHaveLength(1);
});
