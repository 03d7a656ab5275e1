/** A run and its history: what it tells of earlier runs, and what a bad history never does to it. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { readHistory } from '../../reports/history/database.ts';
import { newestOf } from '../../reports/history/runs.ts';
import { validateReport } from '../../reports/validate.ts';
import { calledIn } from '../testing/cli/called.ts';
import { testedCluster } from '../testing/cli/clusters.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { listeningTerminal } from '../testing/cli/terminal.ts';
import { night } from '../testing/reports/sample.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { memoryOf } from './memory.ts';

const login = { user: 'somebody', password: 's3cret-word' };
const wrong = () => testedCluster({ ...login, mutant: 'cancels-in-commit' });
const run = (target: string, cwd: string, ...args: readonly string[]) =>
  calledIn(cwd, ['run', '--target', target, '--clause', 'cancel.commit-phase.refused', ...args], {
    env: { CRDB_USER: login.user, CRDB_PASSWORD: login.password },
  });

test('a run tells since when what is broken is broken, and is kept; without a history neither', async () => {
  await using target = await wrong();
  const cwd = freshFolder();
  const first = await run(target.url, cwd, '--history', 'h.db');
  expectSaid(first, 1, []);
  expect(first.out).not.toContain('since run');
  const { id } = reportIn(cwd).run;
  const second = await run(target.url, cwd, '--history', 'h.db');
  expect(second.out).toMatch(/checks?\)\n {2}since run /);
  expect(second.out).toContain(`since run ${id}, 1 minute ago\n`);
  const third = await run(target.url, cwd);
  expect(third.out).not.toContain('since run');
  using history = readHistory(join(cwd, 'h.db'));
  expect(history.read((db) => newestOf(db, new URL(target.url).host, 9))).toHaveLength(2);
});

/** What stands in the way of a history, as long as it isn't disposed of. */
const troubles: readonly { readonly why: string; readonly says: string; make(file: string): Disposable }[] = [
  {
    why: 'is no database',
    says: 'h.db is not a history',
    make: (file) => stays(writeFileSync(file, 'hello, environment\n'.repeat(100))),
  },
  {
    why: 'is locked',
    says: 'h.db is locked by another program',
    make(file) {
      const other = new DatabaseSync(file);
      other.exec('BEGIN EXCLUSIVE');
      return other;
    },
  },
];
const stays = (_: unknown): Disposable => ({ [Symbol.dispose]: () => {} });

test.each(troubles)(
  'a history that $why is reported in two lines; reports and exit code are as without it',
  async ({ says, make }) => {
    await using target = await wrong();
    const cwd = freshFolder();
    using _ = make(join(cwd, 'h.db'));
    const ended = await run(target.url, cwd, '--history', 'h.db');
    expectSaid(ended, 1, [says, 'The results of this run are not saved there.']);
    expect(ended.err.slice(ended.err.indexOf('h.db')).trim().split('\n')).toHaveLength(2);
    expect(validateReport(reportIn(cwd))).toEqual([]);
    expect(existsSync(join(cwd, 'reports/out/junit.xml'))).toBe(true);
  },
);

test.each([
  { history: '.', says: 'is a folder' },
  { history: 'missing/h.db', says: 'is in a folder that does not exist' },
])('--history $history is refused before anything is sent', async ({ history, says }) => {
  const cwd = freshFolder();
  const ended = await run('http://127.0.0.1:9', cwd, '--history', history);
  expectSaid(ended, 2, [says, 'Name a file']);
});

test('a history that fails is reported once, however many targets there are', async () => {
  const io = listeningTerminal();
  const reports = ['one', 'two', 'three'].map((name) =>
    night(1, { clauses: { a: 'fail' }, target: { name }, run: { id: name } }),
  );
  {
    const file = join(freshFolder(), 'h.db');
    writeFileSync(file, 'no database\n'.repeat(100));
    await using memory = memoryOf({ history: file }, io);
    for (const report of reports) memory.keep(report);
  }
  expect(io.said.err.trim().split('\n')).toHaveLength(2);
});
