import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Verdict } from '../../harness/model/verdict.ts';
import { exchange, night } from '../../harness/testing/reports/sample.ts';
import { freshFolder } from '../../harness/testing/temporary-folder.ts';
import { type History, openHistory } from './database.ts';
import {
  insertRun,
  keepRun,
  keptReport,
  newestOf,
  newestOfEach,
  pastRun,
  runsNamed,
  sinceWhen,
} from './runs.ts';
import { sinceText } from './text.ts';

const folder = freshFolder();
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
  keepRun(history, report);
  const run = history.read((db) => newestOf(db, 'my-mock', 1))[0];
  expect(run).toEqual(pastRun(report));
  expect(run?.clauses.get('b')).toMatchObject({ tookMs: 250, reason: null });
  expect(run?.clauses.get('a')).toMatchObject({ level: 'should', reason: 'the warning' });
});

test.each([
  {
    what: 'what becomes a gigabyte',
    bytes: () => Buffer.alloc(2 ** 30),
    says: 'Cannot create a Buffer larger',
  },
  {
    what: 'too many values',
    bytes: () => Buffer.from(`[${'[],'.repeat(4e6)}1]`),
    says: 'more than 4000000 values',
  },
  { what: 'no JSON', bytes: () => Buffer.from('{'), says: 'JSON' },
])('a kept report that is $what: an error with exit code 2', ({ bytes, says }) => {
  using history = empty();
  const report = night(1);
  keepRun(history, report);
  const change = 'UPDATE runs SET report = ?';
  history.write((db) => db.prepare(change).run(zstdCompressSync(bytes())));
  const error = history.read((db) => {
    try {
      return keptReport(db, report.run.id);
    } catch (thrown) {
      return thrown;
    }
  });
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(says) });
});

test('a run is kept once, whatever its second report says', () => {
  using history = empty();
  expect(keepRun(history, night(1, { clauses: { a: 'pass' } }))).toBe(true);
  expect(keepRun(history, night(1, { clauses: { a: 'fail' } }))).toBe(false);
  const [run] = history.read((db) => newestOf(db, 'my-mock', 9));
  expect(run?.clauses.get('a')?.verdict).toBe('pass');
});

test('what fails in the middle leaves nothing behind, and what comes after is kept', () => {
  using history = empty();
  const midway = () =>
    history.write((db) => {
      insertRun(db, night(1));
      throw new Error('midway');
    });
  expect(midway).toThrow('midway');
  keepRun(history, night(2));
  expect(history.read((db) => ids(newestOf(db, 'my-mock', 9)))).toEqual(['night-02']);
});

test('runs are told in the order of their starts, in whatever order they were kept', () => {
  using history = empty();
  for (const number of [2, 3, 1]) keepRun(history, night(number));
  keepRun(history, night(9, { target: { name: 'other' } }));
  history.read((db) => {
    expect(ids(newestOf(db, 'my-mock', 2))).toEqual(['night-03', 'night-02']);
    expect(newestOfEach(db).map(({ run: { target, id }, runs }) => [target, id, runs])).toEqual([
      ['other', 'night-09', 1],
      ['my-mock', 'night-03', 3],
    ]);
  });
});

test('a run is named by its id, or by how its id alone begins', () => {
  using history = empty();
  for (const id of ['ab', 'abc', 'abd', 'b%']) keepRun(history, night(1, { run: { id } }));
  history.read((db) => {
    expect(ids(runsNamed(db, 'ab'))).toEqual(['ab']);
    expect(ids(runsNamed(db, 'abc'))).toEqual(['abc']);
    expect(ids(runsNamed(db, 'a'))).toHaveLength(2);
    expect(ids(runsNamed(db, 'b'))).toEqual(['b%']);
    expect(ids(runsNamed(db, '%'))).toEqual([]);
  });
});

/** What is said of clause `a` in the last of some nights; the others are in the history, and the last may be, too. */
function told(verdicts: readonly (Verdict | undefined)[], keepsLast = false): string | undefined {
  using history = openHistory(join(folder, `${Math.random()}.db`));
  const nights = verdicts.map((verdict, row) =>
    night(row + 1, verdict === undefined ? {} : { clauses: { a: verdict } }),
  );
  const last = nights.at(-1) ?? night(1);
  for (const report of keepsLast ? nights : nights.slice(0, -1)) keepRun(history, report);
  keepRun(history, night(0, { clauses: { a: 'pass' }, target: { name: 'other' } }));
  const since = history.read((db) => sinceWhen(db, pastRun(last))).get('a');
  return since && sinceText(since, pastRun(last).startedMs);
}

test.each<{ nights: readonly (Verdict | undefined)[]; says: string | undefined }>([
  { nights: ['pass', 'fail'], says: 'new: it passed in run night-01, 1 day ago' },
  { nights: ['pass', 'fail', 'fail', 'fail'], says: 'since run night-02, 2 days ago' },
  { nights: ['fail', 'pass', 'fail', 'fail'], says: 'since run night-03, 1 day ago' },
  { nights: ['pass', 'fail', 'pass', 'fail', 'fail'], says: 'since run night-04, 1 day ago' },
  { nights: ['fail', 'fail'], says: 'since run night-01, 1 day ago' },
  { nights: ['pass', 'fail', 'inconclusive', 'fail'], says: 'since run night-02, 2 days ago' },
  { nights: ['pass', 'fail', undefined, 'fail'], says: 'since run night-02, 2 days ago' },
  { nights: ['pass', 'skip', 'fail'], says: 'new: it passed in run night-01, 2 days ago' },
  { nights: ['pass', 'warn', 'fail'], says: 'since run night-02, 1 day ago' },
  { nights: ['skip', 'fail'], says: undefined },
  { nights: ['fail'], says: undefined },
  { nights: ['fail', 'pass'], says: undefined },
])('$nights: $says', ({ nights, says }) => {
  expect([told(nights), told(nights, true)]).toEqual([says, says]);
});
