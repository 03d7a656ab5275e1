import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { night } from '../samples/nights.ts';
import { openHistory, readHistory } from './file.ts';
import { ownFolder } from './fixtures/folder.ts';
import { writeSchema1 } from './fixtures/schema-1.ts';
import { keep } from './keep.ts';
import { pastRun } from './past-run.ts';
import { newestOf, reportOf } from './recall.ts';
import { steps } from './schema.ts';
import { sinceWhen } from './since.ts';

const folder = ownFolder();
let files = 0;
function older(): string {
  const file = join(folder, `${files++}.db`);
  writeSchema1(file);
  return file;
}
const tables = (file: string): unknown => {
  using db = new DatabaseSync(file, { readOnly: true });
  return db.prepare('SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name').all();
};

test('a history of the first schema is brought up, with all that it holds', () => {
  const file = older();
  const broken = night(1, { clauses: { a: 'fail' } });
  {
    using history = openHistory(file);
    keep(history, broken);
    expect(history.read((db) => newestOf(db, 'my-mock', 9).map(({ id }) => id))).toEqual([
      'night-01',
      'old-run',
    ]);
    expect(history.read((db) => sinceWhen(db, pastRun(broken)).get('a'))).toMatchObject({
      kind: 'new',
      passed: { run: 'old-run' },
    });
    expect(history.read((db) => reportOf(db, 'old-run'))).toBeUndefined();
    expect(history.read((db) => reportOf(db, 'night-01'))).toEqual(broken);
  }
  const fresh = join(folder, 'fresh.db');
  openHistory(fresh)[Symbol.dispose]();
  expect(tables(file)).toEqual(tables(fresh));
});

test('who only reads brings it up, too', () => {
  const file = older();
  using history = readHistory(file);
  expect(history.read((db) => newestOf(db, 'my-mock', 9))).toHaveLength(1);
  expect(history.read((db) => db.prepare('PRAGMA user_version').get())).toEqual({
    user_version: steps.length,
  });
});

test('a step that fails leaves the history as it was', () => {
  const file = older();
  {
    using db = new DatabaseSync(file);
    db.exec('CREATE TABLE reports (mine TEXT)'); // in the way of the second step
  }
  const before = readFileSync(file);
  expect(() => openHistory(file)).toThrow(/can’t be used: .*already exists/);
  expect(readFileSync(file).equals(before)).toBe(true);
});
