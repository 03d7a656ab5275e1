import { join } from 'node:path';
import { expect, test } from 'vitest';
import { night } from '../samples/nights.ts';
import { exchange } from '../samples/sample.ts';
import { type History, openHistory } from './file.ts';
import { ownFolder } from './fixtures/folder.ts';
import { insert, keep } from './keep.ts';
import { pastRun } from './past-run.ts';
import { before, named, newestOf, newestOfEach, whole } from './recall.ts';

const folder = ownFolder();
let files = 0;
const empty = (): History => openHistory(join(folder, `${files++}.db`));
const ids = (runs: readonly { readonly id: string }[]) => runs.map(({ id }) => id);

test('what comes back of a run is what its report says', () => {
  using history = empty();
  const report = night(3, {
    target: { server: null },
    run: { cutShort: 'interrupted' },
    clauses: [
      { id: 'b', verdict: 'pass', checks: [{ exchanges: ['read-1', 'read-2'] }] },
      { id: 'a', level: 'should', verdict: 'warn', checks: [{ verdict: 'pass' }, { reason: 'the warning' }] },
      { id: 'c', level: 'may', verdict: 'skip', checks: [] },
    ],
    exchanges: [
      exchange('read-1', { sentAt: 100, receivedAt: 140 }),
      exchange('read-2', { sentAt: 120.4, receivedAt: 350 }),
    ],
  });
  keep(history, report);
  const run = history.read((db) => newestOf(db, 'my-mock', 1).map((head) => whole(db, head)))[0];
  expect(run).toEqual(pastRun(report));
  expect(run?.clauses.get('b')).toMatchObject({ tookMs: 250, reason: null });
  expect(run?.clauses.get('a')).toMatchObject({ level: 'should', reason: 'the warning' });
});

test('a run is kept once, whatever its second report says', () => {
  using history = empty();
  expect(keep(history, night(1, { clauses: { a: 'pass' } }))).toBe(true);
  expect(keep(history, night(1, { clauses: { a: 'fail' } }))).toBe(false);
  const [run] = history.read((db) => newestOf(db, 'my-mock', 9).map((head) => whole(db, head)));
  expect(run?.clauses.get('a')?.verdict).toBe('pass');
});

test('what fails in the middle leaves nothing behind, and what comes after is kept', () => {
  using history = empty();
  const midway = () =>
    history.write((db) => {
      insert(db, night(1));
      throw new Error('midway');
    });
  expect(midway).toThrow('midway');
  keep(history, night(2));
  expect(history.read((db) => ids(newestOf(db, 'my-mock', 9)))).toEqual(['night-02']);
});

test('runs are told in the order of their starts, in whatever order they were kept', () => {
  using history = empty();
  for (const number of [2, 3, 1]) keep(history, night(number));
  keep(history, night(9, { target: { name: 'other' } }));
  history.read((db) => {
    expect(ids(newestOf(db, 'my-mock', 2))).toEqual(['night-03', 'night-02']);
    expect(before(db, pastRun(night(3)))?.id).toBe('night-02');
    expect(before(db, pastRun(night(1)))).toBeUndefined();
    expect(newestOfEach(db).map(({ target, id, runs }) => [target, id, runs])).toEqual([
      ['other', 'night-09', 1],
      ['my-mock', 'night-03', 3],
    ]);
  });
});

test('the run before another one was about the same clauses', () => {
  using history = empty();
  const partly = { run: { settings: { selection: 'cancel' } } };
  for (const report of [night(1), night(2, partly), night(3), night(4, partly)]) keep(history, report);
  history.read((db) => {
    expect(before(db, pastRun(night(3)))?.id).toBe('night-01');
    expect(before(db, pastRun(night(4, partly)))?.id).toBe('night-02');
  });
});

test('a run is named by its id, or by how its id alone begins', () => {
  using history = empty();
  for (const id of ['ab', 'abc', 'abd', 'b%']) keep(history, night(1, { run: { id } }));
  history.read((db) => {
    expect(ids(named(db, 'ab'))).toEqual(['ab']);
    expect(ids(named(db, 'abc'))).toEqual(['abc']);
    expect(ids(named(db, 'a'))).toHaveLength(2);
    expect(ids(named(db, 'b'))).toEqual(['b%']);
    expect(ids(named(db, '%'))).toEqual([]);
  });
});
