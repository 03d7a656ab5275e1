/** `run --provision crdbs`, `run --read-only` and `cleanup` on a cluster whose tasks come from databases. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { continueResourceLog } from '../provision/resource-log-file.ts';
import { type CrdbsOptions, instant } from '../reference/crdbs-options.ts';
import { mutants } from '../reference/mutants.ts';
import {
  rules as contract,
  type Reference,
  type RulesInTime,
  startReference,
} from '../reference/reference.ts';
import { beginResources, provisionDatabase, type RunResources } from '../run/resources.ts';
import { called, ran } from '../testing/cli/called.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const cluster = (crdbs: Partial<CrdbsOptions> = {}, rules: RulesInTime = contract): Promise<Reference> =>
  startReference({ clock: realClock(), epochMs: Date.now(), rules, crdbs: { takesMs: instant, ...crdbs } });

const envOf = ({ password }: Reference) => ({ CRDB_PASSWORD: password });
const runOn = (target: Reference, ...more: readonly string[]) =>
  ran(['--target', target.url, '--user', target.user, ...more], { env: envOf(target) });
const byCrdbs = ['--provision', 'crdbs', '--clause', 'status.finished', 'status.failed'];

const cleanup = (target: Reference, file: string, ...more: readonly string[]) =>
  called(['cleanup', '--resource-log', file, '--target', target.url, '--user', target.user, ...more], {
    env: envOf(target),
  });

const databases = ({ side }: Reference) => side?.databases.shown().map(({ name }) => name);
const deleted = ({ side }: Reference) =>
  side?.changing.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
const lastLine = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n').at(-1);

describe('a test database', () => {
  test('is created and deleted, and what existed before stays', async () => {
    await using target = await cluster();
    const foreign = target.side?.databases.plant({ name: 'production' });
    const ended = await runOn(target, ...byCrdbs);
    expectSaid(ended, 0, []);
    expect(reportIn(ended.folder).clauses.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['status.finished', 'pass'],
      ['status.failed', 'pass'],
    ]);
    expect([databases(target), deleted(target)?.length]).toEqual([['production'], 2]);
    expect(target.side?.changing.some(({ path }) => path.includes(`${foreign}`))).toBe(false);
    const out = join(ended.folder, 'reports/out');
    expect(lastLine(join(out, 'resources.ndjson'))).toBe('{"type":"closed"}');
    for (const name of ['report.json', 'journal.ndjson', 'resources.ndjson', 'junit.xml'])
      expect(readFileSync(join(out, name), 'utf8')).not.toContain(target.password);
  });

  test('Ctrl-C during the run deletes it', async () => {
    // Tasks that take their time, one after another: at the first line of progress most checks still wait for one.
    await using target = await cluster({ takesMs: { queued: 50, running: 300, committing: 200 } });
    const interrupted = new AbortController();
    const { code, folder } = await ran(
      ['--target', target.url, '--user', target.user, '--provision', 'crdbs', '--clause', 'status'],
      {
        env: envOf(target),
        interrupt: interrupted.signal,
        onProgress: () => interrupted.abort(),
      },
    );
    expect([code, databases(target)]).toEqual([130, []]);
    expect(lastLine(join(folder, 'reports/out/resources.ndjson'))).toBe('{"type":"closed"}');
  });

  test('a user who may not create it: the checks that need tasks are skipped, and the reason is named', async () => {
    await using target = await cluster({ role: 'db_viewer' });
    const ended = await runOn(target, ...byCrdbs, '--clause', 'list.status.200');
    expectSaid(ended, 0, ['may not create databases', '403']);
    const { verdict, summary } = reportIn(ended.folder);
    expect([verdict, summary.fail]).toEqual(['incomplete', 0]);
    expect(ended.out).toContain('may not create databases');
  });

  test('room for one of two databases: the run uses one and says what the other needs', async () => {
    await using target = await cluster({ shards: 1 });
    const ended = await runOn(target, '--provision', 'crdbs', '--clause', 'status.finished');
    expectSaid(ended, 0, ['Fewer test databases are used than --databases 2', 'takes one shard and 100 MiB']);
    expect([reportIn(ended.folder).summary.must.proven, databases(target)]).toEqual([1, []]);
  });

  test('a user who may only read: what is there is tested, and passes', async () => {
    await using target = await cluster({ role: 'cluster_viewer' });
    for (const phase of ['running', 'finished', 'failed'] as const) target.tasks.create({ phase });
    const clauses = ['list', 'read.status', 'status.started', 'read.schema'];
    const ended = await runOn(target, '--provision', 'crdbs', '--clause', ...clauses);
    expectSaid(ended, 0, ['may not create databases']);
    const verdicts = new Map(reportIn(ended.folder).clauses.map(({ id, verdict }) => [id, verdict]));
    expect(
      ['list.status.200', 'status.started', 'read.status.404', 'list.status.401'].map((id) =>
        verdicts.get(id),
      ),
    ).toEqual(['pass', 'pass', 'pass', 'pass']);
  });

  test('--provision crdbs on a server that is not a cluster', async () => {
    await using target = await startReference({ clock: realClock() });
    expectSaid(await runOn(target, '--provision', 'crdbs'), 2, ['GET /v1/crdbs answered 404']);
  });
});

test.each([
  { mutant: undefined, code: 0 },
  { mutant: 'cancel-finishes', code: 1 },
])('judge comes to the same verdicts offline: $mutant', async ({ mutant, code }) => {
  const rules = mutants.find(({ id }) => id === mutant)?.rules ?? contract;
  await using target = await cluster({ takesMs: { queued: 10, running: 150, committing: 50 } }, rules);
  const clauses = ['list.agrees-with-read', 'cancel.not-finished', 'read.named-guid'];
  const ended = await runOn(target, '--provision', 'crdbs', '--clause', ...clauses);
  expectSaid(ended, code, ['so the run takes about']);
  const judged = await called(['judge', join(ended.folder, 'reports/out')], {});
  expectSaid(judged, code, []);
  expect(judged.out).toContain('judged again by the same suites\nsound: ');
});

describe('a database that the user names', () => {
  const named = (target: Reference) =>
    `${target.side?.databases.plant({ name: 'for tests', default_db_config: { memory_size: 7, shards_count: 1 } })}`;

  test('is used, keeps its configuration, and is not deleted', async () => {
    await using target = await cluster();
    const guid = named(target);
    const before = target.side?.databases.show(guid);
    expectSaid(await runOn(target, ...byCrdbs, '--crdb', guid), 0, []);
    expect([target.side?.databases.show(guid), deleted(target)]).toEqual([before, []]);
  });

  test('a name that does not exist: the existing ones are listed', async () => {
    await using target = await cluster();
    const guid = named(target);
    expectSaid(await runOn(target, '--crdb', 'nope'), 2, ['--crdb nope', `${guid} (for tests)`]);
    expect(target.side?.changing).toEqual([]);
  });
});

describe('--read-only sends nothing that could change anything', () => {
  const clause = ['--clause', 'list', 'read.status', 'cancel.queued', 'cancel.running'];

  test('on existing tasks', async () => {
    await using target = await cluster();
    target.tasks.create({ id: 'theirs', phase: 'running' });
    expectSaid(await runOn(target, '--read-only', ...clause), 0, []);
    expect(target.side?.changing).toEqual([]);
  });

  test('on configured tasks', async () => {
    await using target = await cluster();
    const config = join(freshFolder(), 'fixed.yaml');
    writeFileSync(config, 'provision: fixed\ntasks:\n  running: [a, b, c]\n  finished: [d, e, f]\n');
    for (const id of ['a', 'b', 'c']) target.tasks.create({ id, phase: 'running' });
    for (const id of ['d', 'e', 'f']) target.tasks.create({ id, phase: 'finished' });
    expectSaid(await runOn(target, '--read-only', ...clause, '--config', config), 0, []);
    expect(target.side?.changing).toEqual([]);
  });
});

describe('cleanup after a run that was killed', () => {
  const tag = '0123abcd';
  const resourcesOf = (target: Reference, folder: string): RunResources => ({
    target: {
      url: new URL(target.url),
      login: { user: target.user, password: target.password },
      insecure: false,
    },
    tag,
    folder,
    timeoutMs: 5000,
    interrupt: new AbortController().signal,
    warn: () => {},
  });
  /** What a run leaves that is killed after it created its database. @returns the file of its resource log */
  async function killedRun(target: Reference, folder: string): Promise<string> {
    const resources = resourcesOf(target, folder);
    mkdirSync(folder, { recursive: true });
    beginResources(resources, []);
    await provisionDatabase(resources, { databases: 1 });
    return join(folder, 'resources.ndjson');
  }

  test('deletes the database of the run, and no other one', async () => {
    await using target = await cluster();
    target.side?.databases.plant({ name: 'conformance-other-db' });
    const file = await killedRun(target, freshFolder());
    expect(databases(target)?.length).toBe(2);
    const { code, out, err } = await cleanup(target, file);
    expect([code, err, databases(target)]).toEqual([0, '', ['conformance-other-db']]);
    expect(out).toMatch(
      /^The run 0123abcd left on 127.0.0.1:\d+:\n {2}database conformance-0123abcd-db \(.*\)\nNothing of the run 0123abcd is left on 127.0.0.1:/,
    );
    expectSaid(await cleanup(target, file), 0, []);
    expect(deleted(target)?.length).toBe(1);
  });

  test('deletes the tasks of the control protocol that the run made, and no other one', async () => {
    await using target = await startReference({ clock: realClock() });
    const folder = freshFolder();
    beginResources(resourcesOf(target, folder), []);
    const file = join(folder, 'resources.ndjson');
    const { resourceLog, close } = continueResourceLog(file);
    const id = `conformance-${tag}-1`;
    resourceLog.enter({ type: 'making task', id, by: 'control' });
    close();
    for (const task of [id, 'foreign']) target.tasks.create({ id: task, phase: 'running' });
    expectSaid(await cleanup(target, file), 0, []);
    expect([...target.tasks.all()].map((task) => task.id)).toEqual(['foreign']);
  });

  test('--dry-run shows what would be removed, and removes nothing', async () => {
    await using target = await cluster();
    const file = await killedRun(target, freshFolder());
    const { code, out } = await cleanup(target, file, '--dry-run');
    expect([code, out]).toEqual([3, expect.stringContaining('database conformance-0123abcd-db (')]);
    expect([databases(target), deleted(target)]).toEqual([['conformance-0123abcd-db'], []]);
  });

  test('sends the login only to a target that the user names, and that is the one of the log', async () => {
    await using target = await cluster();
    await using other = await cluster();
    const file = await killedRun(target, freshFolder());
    const named = (url: string) => ({ ...envOf(target), CRDB_USER: target.user, CRDB_TARGET: url });
    const args = ['cleanup', '--resource-log', file];
    expectSaid(await called(args, { env: { ...named(''), CRDB_TARGET: '' } }), 2, [
      'add --target',
      target.url,
    ]);
    expectSaid(await called(args, { env: named(other.url) }), 2, [target.url, `the target is ${other.url}`]);
    expectSaid(await called([...args, '--node', target.url], { env: named(other.url) }), 0, []);
    expect(databases(other)).toEqual([]);
  });

  test('the next run in the same folder keeps the resource log, and names the command', async () => {
    await using target = await cluster();
    const folder = freshFolder();
    await killedRun(target, join(folder, 'reports/out'));
    const args = [
      '--target',
      target.url,
      '--user',
      target.user,
      '--read-only',
      '--clause',
      'list.status.200',
    ];
    const ended = await ran(args, { env: envOf(target), folder });
    expectSaid(ended, 0, ['an earlier run may have left resources']);
    const [, kept = '', url] = /cleanup --resource-log (\S+) --target (\S+)/.exec(ended.err) ?? [];
    expect(url).toBe(`${target.url}/`);
    expect(existsSync(kept)).toBe(true);
    expectSaid(await cleanup(target, kept), 0, []);
    expect(databases(target)).toEqual([]);
  });
});
