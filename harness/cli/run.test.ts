/** Whole runs: their exit codes, their files, and how they end early. Processes only where signals and process lists matter. */
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { validateReport } from '../../reports/validate.ts';
import { realClock } from '../http/clock.ts';
import type { Report } from '../model/report.ts';
import { readJournal } from '../run/journal.ts';
import { calledIn } from '../testing/cli/called.ts';
import { testedCluster } from '../testing/cli/clusters.ts';
import { type Ended, expectSaid, reportIn, scratch, start } from '../testing/cli/program.ts';
import { neverDeleting } from '../testing/cli/servers.ts';
import { startNullServer } from '../testing/null-servers.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const password = 'pass "word" s3cret/ü';
const env = { CRDB_USER: 'somebody', CRDB_PASSWORD: password };
const cluster = (mutant?: string) =>
  testedCluster({ user: env.CRDB_USER, password, ...(mutant === undefined ? {} : { mutant }) });
const run = (target: { readonly url: string }, cwd: string, ...args: readonly string[]) =>
  calledIn(cwd, ['run', '--target', target.url, ...args], { env });

const hasCurl = spawnSync('curl', ['--version']).status === 0;

const out = (cwd: string): string => join(cwd, 'reports/out');
const leftIn = (cwd: string): readonly string[] => readdirSync(out(cwd)).sort();
const contents = (cwd: string): Readonly<Record<string, string>> =>
  Object.fromEntries(leftIn(cwd).map((name) => [name, readFileSync(join(out(cwd), name), 'utf8')]));
const allReports = ['journal.ndjson', 'junit.xml', 'report.html', 'report.json', 'resources.ndjson'];
const killedLeaves = ['journal.ndjson', 'resources.ndjson', 'run.lock'];

/** `report` makes from the journal alone what the run wrote, to the byte, and ends as it did. */
async function expectSameAgain(cwd: string, first: Ended): Promise<void> {
  const written = contents(cwd);
  rmSync(join(out(cwd), 'report.json'));
  const again = await calledIn(cwd, ['report', 'reports/out']);
  expect(again).toMatchObject({ code: first.code, out: first.out });
  expect(contents(cwd)).toEqual(written);
}

describe('a run ends with', () => {
  test('0 on a conformant target; --clause runs its positive controls too', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    const ended = await run(target, cwd, '--clause', 'read.status.404');
    expectSaid(ended, 0, []);
    expect(ended.out).toContain('CONFORMANT');
    expect(ended.out).not.toContain('\u001b');
    const report = reportIn(cwd);
    expect(validateReport(report)).toEqual([]);
    const ids = report.clauses.map(({ id }) => id);
    expect(ids).toContain('read.status.404');
    expect(ids.length).toBeGreaterThan(1);
    expect(ids.length).toBeLessThan(5);
    expect(report.clauses.map(({ verdict }) => verdict)).toEqual(ids.map(() => 'pass'));
    expect(leftIn(cwd)).toEqual(allReports);
    expect(target.tasks.size).toBe(0);
    await expectSameAgain(cwd, ended);
  });

  test.skipIf(!hasCurl)('cURL lines that show the fault again, after its tasks are removed', async () => {
    await using target = await cluster('cancels-in-commit');
    const { out } = await run(target, freshFolder(), '--clause', 'cancel.commit-phase.refused');
    expect(target.tasks.size).toBe(0);
    const lines = out.split('\n').filter((line) => line.startsWith('    curl'));
    const shell = await promisify(execFile)('sh', ['-c', lines.join('\n')], {
      env: { ...process.env, ...env },
    });
    expect(shell.stdout.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 200']);
  });

  test('1 where a must clause is broken, with the evidence', async () => {
    await using target = await cluster('cancels-in-commit');
    const cwd = freshFolder();
    const ended = await run(target, cwd, '--clause', 'cancel.commit-phase.refused');
    expectSaid(ended, 1, []);
    for (const word of ['NON-CONFORMANT', 'cancel.commit-phase.refused', '406', 'curl'])
      expect(ended.out).toContain(word);
    expect(readFileSync(join(out(cwd), 'junit.xml'), 'utf8')).toContain('<failure');
    await expectSameAgain(cwd, ended);
  });

  test('4 where nothing was proven', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    const ended = await run(target, cwd, '--provision', 'none', '--clause', 'cancel.leaves');
    expectSaid(ended, 4, []);
    expect(reportIn(cwd).verdict).toBe('incomplete');
    await expectSameAgain(cwd, ended);
  });

  test('4 under --require-complete where one of two clauses was proven, 0 without', async () => {
    await using target = await cluster();
    const args = ['--provision', 'none', '--clause', 'cancel.leaves', 'list.status.200'];
    expectSaid(await run(target, freshFolder(), ...args), 0, []);
    expectSaid(await run(target, freshFolder(), ...args, '--require-complete'), 4, []);
  });

  test('4 where --max-duration-s is over, with what was done until then', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    expectSaid(await run(target, cwd, '--clause', 'expiry', '--max-duration-s', '0.5'), 4, [
      '--max-duration-s 0.5',
    ]);
    expect(reportIn(cwd).run.cutShort).toContain('--max-duration-s');
    expect(target.tasks.size).toBe(0);
  });
});

test('--password-from - reads the standard input', async () => {
  await using target = await cluster();
  const args = ['run', '--target', target.url, '--user', env.CRDB_USER, '--password-from', '-'];
  const ended = await calledIn(freshFolder(), [...args, '--clause', 'list.status.401', 'read.status.200'], {
    stdin: `${password}\n`,
  });
  expectSaid(ended, 0, []);
});

test('the password is nowhere in the output, the files and the process list, though the target echoes it', async () => {
  await using target = await startNullServer('echo', { clock: realClock() });
  const cwd = freshFolder();
  const running = start(['run', '--target', target.url, '--clause', 'list', 'read', 'auth'], { env, cwd });
  const commandLine = readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8');
  const ended = await running.ended;
  expect(ended.code).not.toBe(0);
  const written = Object.values(contents(cwd));
  expect(written.join()).toContain('[redacted]'); // it was echoed
  const login = Buffer.from(`${env.CRDB_USER}:${password}`);
  const spellings = [password, 's3cret', login.toString('base64'), encodeURIComponent(password)];
  for (const text of [ended.out, ended.err, commandLine, ...written])
    expect(spellings.filter((spelling) => text.includes(spelling))).toEqual([]);
});

const checksOf = ({ clauses }: Report) =>
  clauses.flatMap(({ id, checks }) => checks.map(({ name, verdict }) => `${id} (${name}): ${verdict}`));

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGHUP'] as const)(
    '%s: exit code 130, a report, and every task is removed',
    async (signal) => {
      await using target = await cluster();
      const cwd = freshFolder();
      const running = start(['run', '--target', target.url], { env, cwd });
      await Promise.race([target.busy, running.ended]);
      running.child.kill(signal);
      expectSaid(await running.ended, 130, []);
      expect(leftIn(cwd)).toEqual(allReports);
      const report = reportIn(cwd);
      expect(validateReport(report)).toEqual([]);
      expect(report.run.cutShort).toBe('interrupted');
      expect(report.verdict).toBe('incomplete');
      expect(contents(cwd)['journal.ndjson']).toContain('"type":"cut-short"');
      expect(report.tasks.length).toBeGreaterThanOrEqual(20);
      expect(target.tasks.size).toBe(0);
    },
  );

  test('a second Ctrl-C ends a run at once that is still cleaning up', async () => {
    await using target = await cluster();
    await using front = await neverDeleting(target.url);
    const cwd = freshFolder();
    const running = start(['run', '--target', front.url, '--timeout-s', '25'], { env, cwd });
    await Promise.race([front.deleting, running.ended]);
    running.child.kill('SIGINT');
    await untilJournal(cwd, '"type":"cut-short"');
    running.child.kill('SIGINT');
    expect(await once(running.child, 'exit')).toEqual([null, 'SIGINT']);
    expect(leftIn(cwd)).toEqual(killedLeaves);
    expectSaid(await calledIn(cwd, ['report', 'reports/out']), 4, []);
    expect(reportIn(cwd).run.cutShort).toMatch(/^interrupted; the run was killed/);
  });

  test('after SIGKILL `report` keeps all that was decided, passes nothing else, and ends with 4', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    mkdirSync(out(cwd), { recursive: true });
    writeFileSync(join(out(cwd), 'report.json'), 'of an older run');
    const running = start(['run', '--target', target.url], { env, cwd });
    await once(running.child.stderr, 'data'); // a quarter of the checks is done
    running.child.kill('SIGKILL');
    expect((await running.ended).code).toBeNull();
    expect(leftIn(cwd)).toEqual(killedLeaves);
    const ended = await calledIn(cwd, ['report', 'reports/out']);
    expectSaid(ended, 4, ['The run was cut short: the run was killed']);
    expect(ended.out).toContain('INCOMPLETE');
    const made = reportIn(cwd);
    expect(validateReport(made)).toEqual([]);
    expect(made.run.cutShort).toContain('its journal ends after');
    expect(made.run.durationMs).toBeGreaterThan(0);
    const { started, events } = readJournal(join(out(cwd), 'journal.ndjson'));
    const decided = events
      .flatMap((event) => (event.type === 'check' ? [event.check] : []))
      .map(({ clause, name, verdict }) => `${clause} (${name}): ${verdict}`);
    expect(decided.length).toBeGreaterThan(0);
    expect(checksOf(made)).toEqual(expect.arrayContaining(decided));
    expect(checksOf(made)).toHaveLength(started.checks.length);
    const others = checksOf(made).filter((line) => !decided.includes(line));
    expect(others.filter((line) => !line.endsWith('inconclusive'))).toEqual([]);
    const structural = made.clauses.filter(({ id }) => id.endsWith('.statuses'));
    expect(structural.map(({ verdict }) => verdict)).toEqual(structural.map(() => 'inconclusive'));
  });
});

test('a reader that goes away ends no run: its tasks are removed, and its reports are written', async () => {
  await using target = await cluster();
  const cwd = freshFolder();
  const running = start(['run', '--target', target.url], { env, cwd });
  running.child.stdout.destroy();
  running.child.stderr.destroy();
  const [code] = await once(running.child, 'exit');
  expect([code, leftIn(cwd), target.tasks.size]).toEqual([0, allReports, 0]);
});

test('a command that leaves nothing behind ends at once at a signal, also while it computes', async () => {
  const running = start(['mutants'], { cwd: freshFolder() });
  await once(running.child.stdout, 'data');
  running.child.kill('SIGTERM');
  expect(await once(running.child, 'exit')).toEqual([null, 'SIGTERM']);
});

async function untilJournal(cwd: string, says: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (contents(cwd)['journal.ndjson']?.includes(says)) resolve();
  };
  const watcher = watch(out(cwd), look);
  look();
  await promise;
  watcher.close();
}

test('reference serves, says how to try it, and ends with Ctrl-C', async () => {
  const running = start(['reference', '--port', '0']);
  const [said] = await once(running.child.stdout, 'data');
  const url = /listens on (\S+)/.exec(String(said))?.[1] ?? '';
  expect((await fetch(`${url}/v1/crdb_tasks`)).status).toBe(401);
  running.child.kill('SIGINT');
  const ended = await running.ended;
  expectSaid(ended, 0, []);
  expect(ended.out).toContain('curl');
  expect(existsSync(join(scratch, 'reports'))).toBe(false);
});
