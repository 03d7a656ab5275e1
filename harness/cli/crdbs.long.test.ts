/** `run --provision crdbs` where processes, signals and real time matter, and `cleanup` after a kill -9. */
import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { codeRoot, pathOf } from '../model/package.ts';
import type { CrdbsOptions } from '../reference/crdbs-options.ts';
import { type Reference, startReference } from '../reference/reference.ts';
import { ran } from '../testing/cli/called.ts';
import { expectSaid, program, reportIn, start } from '../testing/cli/program.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const quick: CrdbsOptions['takesMs'] = { queued: 10, running: 100, committing: 50 };
const slow: CrdbsOptions['takesMs'] = { queued: 300, running: 1500, committing: 300 };

const cluster = (crdbs: Partial<CrdbsOptions> = {}): Promise<Reference> =>
  startReference({ clock: realClock(), epochMs: Date.now(), crdbs: { takesMs: quick, ...crdbs } });

const envOf = ({ password }: Reference) => ({ CRDB_PASSWORD: password });
const argsFor = ({ url, user }: Reference, ...more: readonly string[]) => [
  '--target',
  url,
  '--user',
  user,
  '--provision',
  'crdbs',
  ...more,
];
const runOn = (target: Reference, ...more: readonly string[]) =>
  ran(argsFor(target, ...more), { env: envOf(target) });
const startOn = (target: Reference, cwd: string, ...more: readonly string[]) =>
  start(['run', ...argsFor(target, ...more)], { env: envOf(target), cwd });

const databases = ({ side }: Reference) => side?.databases.shown().map(({ name }) => name);
const changes = ({ side }: Reference, method?: string): number =>
  side?.changing.filter((change) => method === undefined || change.method === method).length ?? 0;

/** The cluster is in this process: what reaches it is looked at after each of its responses. */
async function until(isSo: () => boolean): Promise<void> {
  const responses = 'http.server.response.finish';
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (isSo()) resolve();
  };
  subscribe(responses, look);
  look();
  await promise;
  unsubscribe(responses, look);
}

describe.concurrent('a run', () => {
  test('two runs on one cluster don’t disturb each other', async () => {
    await using target = await cluster();
    const clause = ['--clause', 'status.finished', 'status.failed', 'cancel.queued.accepted'];
    for (const ended of await Promise.all([runOn(target, ...clause), runOn(target, ...clause)]))
      expectSaid(ended, 0, []);
    expect([databases(target), changes(target, 'DELETE')]).toEqual([[], 4]); // two databases a run
  });

  test('its database is deleted by someone else: incomplete, and the report says so', async () => {
    await using target = await cluster();
    const running = runOn(target, '--clause', 'list', 'status', 'cancel');
    await until(() => changes(target, 'PATCH') > 20);
    const [own] = target.side?.databases.shown() ?? [];
    target.side?.databases.lose(`${own?.guid}`);
    const ended = await running;
    expectSaid(ended, 0, [`(${own?.guid}) of this run was deleted by someone else`]);
    const report = reportIn(ended.folder);
    expect(report).toMatchObject({ verdict: 'incomplete', summary: { fail: 0 } });
    expect(JSON.stringify(report.clauses)).toContain('deleted during the run');
  });

  test('Ctrl-C while the cluster creates the database: it is deleted', async () => {
    await using target = await cluster({ takesMs: slow });
    const cwd = freshFolder();
    const running = startOn(target, cwd);
    await until(() => changes(target) > 0);
    running.child.kill('SIGINT');
    expectSaid(await running.ended, 130, []);
    expect(databases(target)).toEqual([]);
    const resourceLog = readFileSync(join(cwd, 'reports/out/resources.ndjson'), 'utf8');
    expect(resourceLog.trimEnd().split('\n').at(-1)).toBe('{"type":"closed"}');
  });

  test('a change of the leader during the run is no failure', async () => {
    await using target = await cluster({ leaderless: [{ fromMs: 2500, forMs: 700 }] });
    const ended = await runOn(target, '--clause', 'status');
    expectSaid(ended, 0, []);
    expect([reportIn(ended.folder).summary.fail, databases(target)]).toEqual([0, []]);
  });

  test('a disk that is full: nothing is created', async () => {
    await using target = await cluster();
    const cli = pathOf(new URL('harness/cli.js', codeRoot));
    const args = ['run', ...argsFor(target, '--out', freshFolder())];
    // No file may grow, as on a disk that is full.
    const child = spawn('bash', ['-c', 'ulimit -f 0; exec "$@"', 'bash', process.execPath, cli, ...args], {
      env: { PATH: process.env.PATH, ...envOf(target) },
      cwd: freshFolder(),
    });
    const [[code], err] = await Promise.all([once(child, 'close'), text(child.stderr)]);
    const says = ['run.lock can', 'EFBIG', 'Free disk space', '--out'];
    expectSaid({ code, out: '', err }, 3, says);
    expect(changes(target)).toBe(0);
  });
});

describe.concurrent('cleanup after kill -9', () => {
  test.each([
    { when: 'during the checks', takesMs: quick, after: 30 },
    { when: 'while the cluster creates the database', takesMs: slow, after: 1 },
  ])('$when: nothing of the run is left', async ({ takesMs, after }) => {
    await using target = await cluster({ takesMs });
    target.side?.databases.plant({ name: 'conformance-other-db' });
    const cwd = freshFolder();
    const running = startOn(target, cwd);
    await until(() => changes(target) >= after);
    running.child.kill('SIGKILL');
    await running.ended;
    const args = [
      'cleanup',
      '--resource-log',
      'reports/out/resources.ndjson',
      '--target',
      target.url,
      '--user',
      target.user,
    ];
    expectSaid(await program(args, { env: envOf(target), cwd }), 0, []);
    expect(databases(target)).toEqual(['conformance-other-db']);
  });
});
