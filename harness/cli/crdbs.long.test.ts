/** `run --provision crdbs` and `cleanup`, as a user types them, on a cluster that makes tasks as real ones do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { codeRoot, pathOf } from '../model/package.ts';
import type { CrdbsOptions } from '../reference/crdbs-options.ts';
import { type Reference, startReference } from '../reference/reference.ts';
import { expectSaid, freshFolder, program, reportIn, start } from '../testing/cli/program.ts';

const quick: CrdbsOptions['takesMs'] = { queued: 10, running: 100, committing: 50 };

const cluster = (crdbs: Partial<CrdbsOptions> = {}): Promise<Reference> =>
  startReference({ clock: realClock(), epochMs: Date.now(), crdbs: { takesMs: quick, ...crdbs } });

const argsFor = ({ url, user }: Reference, ...more: readonly string[]) => [
  'run',
  '--target',
  url,
  '--user',
  user,
  ...more,
];
const byCrdbs = [
  '--provision',
  'crdbs',
  '--clause',
  'status.finished',
  'status.failed',
  'cancel.queued.accepted',
];
const envOf = ({ password }: Reference) => ({ CRDB_PASSWORD: password });
const resourceLogFile = (cwd: string) => join(cwd, 'reports/out/resources.ndjson');
const linesOf = (file: string): readonly string[] => readFileSync(file, 'utf8').trimEnd().split('\n');

const run = (target: Reference, cwd: string, ...more: readonly string[]) =>
  program(argsFor(target, ...more), { env: envOf(target), cwd });

const cleanup = (target: Reference, cwd: string, ...more: readonly string[]) =>
  program(['cleanup', '--resource-log', 'reports/out/resources.ndjson', '--user', target.user, ...more], {
    env: envOf(target),
    cwd,
  });

/** The names of the databases that are there. */
const databases = ({ side }: Reference) => side?.databases.shown().map(({ name }) => name);
/** What was asked to be deleted. */
const deleted = ({ side }: Reference) =>
  side?.changing.filter(({ method }) => method === 'DELETE').map(({ path }) => path);

const until = async (what: () => boolean): Promise<void> => {
  for (let turns = 0; turns < 1000 && !what(); turns++) await sleep(20);
};

describe.concurrent('a run on a database of its own', () => {
  test('proves what it can, and leaves what was there as it was', async () => {
    await using target = await cluster();
    const foreign = target.side?.databases.plant({ name: 'production' });
    const cwd = freshFolder();
    expectSaid(await run(target, cwd, ...byCrdbs), 0, []);
    expect(reportIn(cwd).clauses.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['status.finished', 'pass'],
      ['status.failed', 'pass'],
      ['cancel.queued.accepted', 'pass'],
    ]);
    expect(databases(target)).toEqual(['production']);
    expect(deleted(target)?.length).toBe(1);
    expect(target.side?.changing.some(({ path }) => path.includes(`${foreign}`))).toBe(false);
    expect(linesOf(resourceLogFile(cwd)).at(-1)).toBe('{"type":"closed"}');
    for (const name of ['report.json', 'journal.ndjson', 'resources.ndjson', 'junit.xml'])
      expect(readFileSync(join(cwd, 'reports/out', name), 'utf8')).not.toContain(target.password);
  });

  test('two at once on one cluster don’t disturb each other', async () => {
    await using target = await cluster();
    const runs = [freshFolder(), freshFolder()].map((cwd) => run(target, cwd, ...byCrdbs));
    for (const ended of await Promise.all(runs)) expectSaid(ended, 0, []);
    expect([databases(target), deleted(target)?.length]).toEqual([[], 2]);
  });

  test('one that was deleted by somebody in the middle: incomplete, and told', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    const running = start(argsFor(target, '--provision', 'crdbs', '--clause', 'list', 'status', 'cancel'), {
      env: envOf(target),
      cwd,
    });
    await until(() => (target.side?.changing.filter(({ method }) => method === 'PATCH').length ?? 0) > 20);
    const [own] = target.side?.databases.shown() ?? [];
    target.side?.databases.lose(`${own?.guid}`);
    const ended = await running.ended;
    expectSaid(ended, 0, [`(${own?.guid}) of this run was deleted by someone else`]);
    expect(reportIn(cwd)).toMatchObject({ verdict: 'incomplete', summary: { fail: 0 } });
    expect(JSON.stringify(reportIn(cwd).clauses)).toContain(
      'was deleted during the run',
    );
  });

  test('a user who may not create any: what needs tasks is skipped, and the reason is told', async () => {
    await using target = await cluster({ role: 'db_viewer' });
    const cwd = freshFolder();
    const ended = await run(
      target,
      cwd,
      '--provision',
      'crdbs',
      '--clause',
      'status.finished',
      'list.status.200',
    );
    expectSaid(ended, 0, ['may not create databases', '403']);
    expect(reportIn(cwd)).toMatchObject({ verdict: 'incomplete', summary: { fail: 0, skip: 1, pass: 1 } });
    expect(ended.out).toContain('may not create databases');
  });

  test('Ctrl-C gives everything back', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    const running = start(argsFor(target, '--provision', 'crdbs'), { env: envOf(target), cwd });
    await until(() => (target.side?.changing.length ?? 0) > 10);
    running.child.kill('SIGINT');
    expectSaid(await running.ended, 130, []);
    expect(databases(target)).toEqual([]);
    expect(linesOf(resourceLogFile(cwd)).at(-1)).toBe('{"type":"closed"}');
  });

  test('Ctrl-C while its database is being made gives that back', async () => {
    await using target = await cluster({ takesMs: { queued: 100, running: 1500, committing: 300 } });
    const cwd = freshFolder();
    const running = start(argsFor(target, '--provision', 'crdbs'), { env: envOf(target), cwd });
    await until(() => (target.side?.changing.length ?? 0) > 0);
    running.child.kill('SIGINT');
    expectSaid(await running.ended, 130, []);
    expect(databases(target)).toEqual([]);
    expect(linesOf(resourceLogFile(cwd)).at(-1)).toBe('{"type":"closed"}');
  });

  test('a leader that changes meanwhile accuses nobody', async () => {
    await using target = await cluster({ leaderless: [{ fromMs: 2500, forMs: 700 }] });
    const cwd = freshFolder();
    expectSaid(await run(target, cwd, '--provision', 'crdbs', '--clause', 'status'), 0, []);
    expect([reportIn(cwd).summary.fail, databases(target)]).toEqual([0, []]);
  });
});

describe.concurrent('a database that the user names', () => {
  const named = async (target: Reference) =>
    `${target.side?.databases.plant({ name: 'for tests', default_db_config: { memory_size: 7, shards_count: 1 } })}`;

  test('is worked on, stays as it was, and is never deleted', async () => {
    await using target = await cluster();
    const guid = await named(target);
    const before = target.side?.databases.show(guid);
    const cwd = freshFolder();
    expectSaid(await run(target, cwd, ...byCrdbs, '--crdb', guid), 0, []);
    expect([target.side?.databases.show(guid), deleted(target)]).toEqual([before, []]);
  });

  test('that isn’t there is told, with those that are', async () => {
    await using target = await cluster();
    const guid = await named(target);
    expectSaid(await run(target, freshFolder(), '--crdb', 'nope'), 2, ['--crdb nope', `${guid} (for tests)`]);
    expect(target.side?.changing).toEqual([]);
  });
});

test('where the resource log can’t be written, nothing is made: exit code 3', async () => {
  await using target = await cluster();
  const cli = pathOf(new URL('harness/cli.ts', codeRoot));
  const args = argsFor(target, '--provision', 'crdbs', '--out', freshFolder());
  // No file may grow, as on a disk that is full.
  const child = spawn('bash', ['-c', 'ulimit -f 0; exec "$@"', 'bash', process.execPath, cli, ...args], {
    env: { PATH: process.env.PATH, ...envOf(target) },
    cwd: freshFolder(),
  });
  const [[code], err] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  expectSaid({ code, out: '', err }, 3, [
    'resources.ndjson can',
    'EFBIG',
    'so the run creates nothing',
    '--out',
  ]);
  expect(target.side?.changing).toEqual([]);
});

test('--provision crdbs on what is no cluster: exit code 2', async () => {
  await using target = await startReference({ clock: realClock() });
  expectSaid(await run(target, freshFolder(), '--provision', 'crdbs'), 2, ['GET /v1/crdbs answered 404']);
});

test('a follower is told from its master, which gets no credentials', async () => {
  await using target = await cluster({ master: 'https://10.255.255.1:9443' });
  expectSaid(await run(target, freshFolder(), '--provision', 'crdbs'), 3, [
    '--target https://10.255.255.1:9443',
  ]);
});

describe.concurrent('--read-only', () => {
  test('sends nothing that could change anything', async () => {
    await using target = await cluster();
    target.tasks.create({ id: 'theirs', phase: 'running' });
    expectSaid(await run(target, freshFolder(), '--read-only'), 0, []);
    expect(target.side?.changing).toEqual([]);
  });

  test('of tasks that were given, too', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    const config = join(cwd, 'fixed.yaml');
    writeFileSync(config, 'provision: fixed\ntasks:\n  running: [a, b, c]\n  finished: [d, e, f]\n');
    for (const id of ['a', 'b', 'c']) target.tasks.create({ id, phase: 'running' });
    for (const id of ['d', 'e', 'f']) target.tasks.create({ id, phase: 'finished' });
    expectSaid(await run(target, cwd, '--read-only', '--config', config), 0, []);
    expect(target.side?.changing).toEqual([]);
  });
});

describe.concurrent('cleanup', () => {
  /** A run that is killed when so many changes were asked for. */
  async function killed(
    target: Reference,
    cwd: string,
    changes: number,
    ...more: readonly string[]
  ): Promise<void> {
    const running = start(argsFor(target, '--provision', 'crdbs', ...more), { env: envOf(target), cwd });
    await until(() => (target.side?.changing.length ?? 0) >= changes);
    running.child.kill('SIGKILL');
    await running.ended;
  }

  test('after a kill -9 nothing of the run is left, and nothing foreign is touched', async () => {
    await using target = await cluster();
    target.side?.databases.plant({ name: 'conformance-other-db' });
    const cwd = freshFolder();
    await killed(target, cwd, 30);
    expect(databases(target)?.length).toBe(2);
    const { code, out, err } = await cleanup(target, cwd);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Nothing of the run [0-9a-f]{8} is left on 127.0.0.1:/);
    expect(databases(target)).toEqual(['conformance-other-db']);
    expectSaid(await cleanup(target, cwd), 0, []); // a second time there is nothing to do
    expect(deleted(target)?.length).toBe(1);
  });

  test('a database whose making was asked for as the run was killed', async () => {
    await using target = await cluster({ takesMs: { queued: 300, running: 300, committing: 300 } });
    const cwd = freshFolder();
    await killed(target, cwd, 1);
    expectSaid(await cleanup(target, cwd), 0, []);
    expect([databases(target), existsSync(resourceLogFile(cwd))]).toEqual([[], true]);
  });

  test('the next run keeps the resource log of one that left something, and says so', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    await killed(target, cwd, 10);
    const ended = await run(target, cwd, '--read-only', '--clause', 'list.status.200');
    expectSaid(ended, 0, [
      'an earlier run may have left resources',
      'cleanup --resource-log reports/out/resources-',
    ]);
    const kept = /--resource-log (\S+)/.exec(ended.err)?.[1] ?? '';
    expectSaid(
      await program(['cleanup', '--resource-log', kept, '--user', target.user], { env: envOf(target), cwd }),
      0,
      [],
    );
    expect(databases(target)).toEqual([]);
  });

  test('goes to the target of the run, whatever the environment says', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    await killed(target, cwd, 10);
    const env = { ...envOf(target), CRDB_TARGET: 'http://127.0.0.1:1', CRDB_USER: target.user };
    expectSaid(
      await program(['cleanup', '--resource-log', 'reports/out/resources.ndjson'], { env, cwd }),
      0,
      [],
    );
    expect(databases(target)).toEqual([]);
  });

  test('tasks of the control protocol, too', async () => {
    await using target = await startReference({ clock: realClock() });
    const cwd = freshFolder();
    const running = start(argsFor(target, '--provision', 'control'), { env: envOf(target), cwd });
    await until(() => target.tasks.size > 30);
    running.child.kill('SIGKILL');
    await running.ended;
    target.tasks.create({ id: 'foreign', phase: 'running' });
    expectSaid(await cleanup(target, cwd), 0, []);
    expect([...target.tasks.all()].map(({ id }) => id)).toEqual(['foreign']);
  });
});
