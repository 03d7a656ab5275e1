/** Whole runs of the program: what it ends with, what it leaves behind, and what it never tells. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { validateReport } from '../../reports/validate.ts';
import { realClock } from '../http/clock.ts';
import { mutants } from '../reference/mutants.ts';
import { startNullServer } from '../reference/null-servers.ts';
import { type Reference, startReference } from '../reference/reference.ts';
import type { RulesInTime } from '../reference/rules.ts';
import {
  expectSaid,
  freshFolder,
  program,
  reportIn,
  type StartedProgram,
  scratch,
  start,
} from '../testing/cli/program.ts';

const password = 'pass "word" s3cret/ü';
const env = { CRDB_USER: 'somebody', CRDB_PASSWORD: password };
const cluster = (rules?: RulesInTime): Promise<Reference> =>
  startReference({
    clock: realClock(),
    epochMs: Date.now(),
    user: env.CRDB_USER,
    password,
    ...(rules ? { rules } : {}),
  });
const rulesOf = (id: string): RulesInTime | undefined => mutants.find((mutant) => mutant.id === id)?.rules;

const run = (target: Reference, cwd: string, ...args: readonly string[]) =>
  program(['run', '--target', target.url, ...args], { env, cwd });

const leftIn = (cwd: string): readonly string[] => readdirSync(join(cwd, 'reports/out')).sort();
const allReports = ['journal.ndjson', 'junit.xml', 'report.html', 'report.json', 'resources.ndjson'];
const journalIn = (cwd: string): string => readFileSync(join(cwd, 'reports/out/journal.ndjson'), 'utf8');

/** Until the run has made so many tasks; the checks are then well under way. */
async function untilTasks(target: Reference, count: number, { child }: StartedProgram): Promise<void> {
  while (target.tasks.size < count && child.exitCode === null) await sleep(20);
}

describe.concurrent('what a run ends with', () => {
  test('--clause brings its positive control along, and a target that keeps it is conformant', async () => {
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
  });

  test('--suite runs that suite alone', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    expectSaid(await run(target, cwd, '--clause', 'robustness'), 0, []);
    const suites = new Set(reportIn(cwd).clauses.flatMap(({ checks }) => checks.map(({ suite }) => suite)));
    expect(suites).toContain('robustness');
    for (const other of ['expiry', 'auth', 'verbose', 'lifecycle']) expect(suites).not.toContain(other);
  });

  test('1 where a must clause is broken, with the evidence', async () => {
    await using target = await cluster(rulesOf('cancels-in-commit'));
    const cwd = freshFolder();
    const ended = await run(target, cwd, '--clause', 'cancel.commit-phase.refused');
    expectSaid(ended, 1, []);
    for (const word of ['NON-CONFORMANT', 'cancel.commit-phase.refused', '406', 'curl'])
      expect(ended.out).toContain(word);
    expect(readFileSync(join(cwd, 'reports/out/junit.xml'), 'utf8')).toContain('<failure');
  });

  test('4 where nothing was proven', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    expectSaid(await run(target, cwd, '--provision', 'none', '--clause', 'cancel.leaves'), 4, []);
    expect(reportIn(cwd).verdict).toBe('incomplete');
  });

  test('4 where something was proven and --require-complete asks for all', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    const args = ['--provision', 'none', '--clause', 'cancel.leaves', 'list.status.200'];
    const [some, all] = [
      await run(target, cwd, ...args),
      await run(target, cwd, ...args, '--require-complete'),
    ];
    expect([some.code, all.code]).toEqual([0, 4]);
  });

  test('4 where --max-duration is over, with what was done until then', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    expectSaid(await run(target, cwd, '--clause', 'expiry', '--max-duration-s', '0.5'), 4, [
      '--max-duration-s 0.5 was reached',
    ]);
    expect(reportIn(cwd).run.cutShort).toContain('--max-duration-s');
    expect(target.tasks.size).toBe(0);
  });
});

describe.concurrent('a run that is cut short still reports', () => {
  test.for(['SIGINT', 'SIGTERM'] as const)(
    '%s: exit code 130, and every task is given back',
    async (signal) => {
      await using target = await cluster();
      const cwd = freshFolder();
      const running = start(['run', '--target', target.url], { env, cwd });
      await untilTasks(target, 20, running);
      running.child.kill(signal);
      const ended = await running.ended;
      expectSaid(ended, 130, []);
      expect(leftIn(cwd)).toEqual(allReports);
      const report = reportIn(cwd);
      expect(validateReport(report)).toEqual([]);
      expect(report.run.cutShort).toBe('interrupted');
      expect(report.verdict).toBe('incomplete');
      expect(journalIn(cwd)).toContain('"type":"cut-short"');
      expect(report.tasks.length).toBeGreaterThanOrEqual(20);
      expect(target.tasks.size).toBe(0);
    },
  );

  test('a target that dies halfway: exit code 3', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    const running = start(['run', '--target', target.url, '--timeout-s', '1'], { env, cwd });
    await untilTasks(target, 20, running);
    await target.close();
    expectSaid(await running.ended, 3, [
      'The run was cut short: the target stopped answering',
      'ECONNREFUSED',
    ]);
    expect(leftIn(cwd)).toEqual(allReports);
    const report = reportIn(cwd);
    expect(validateReport(report)).toEqual([]);
    expect(report.run.cutShort).toContain('the target stopped answering');
    expect(report.summary.fail).toBe(0);
    expect(journalIn(cwd)).toContain('"fault":"target"');
  });
});

describe.concurrent('the password', () => {
  test('--password-from -', async () => {
    await using target = await cluster();
    const args = ['run', '--target', target.url, '--user', env.CRDB_USER, '--password-from', '-'];
    const around = { stdin: `${password}\n`, cwd: freshFolder() };
    expectSaid(await program([...args, '--clause', 'list.status.401', 'read.status.200'], around), 0, []);
  });

  test('is nowhere in what a run says or writes, though the target echoes it, nor in the process list', async () => {
    await using target = await startNullServer('echo', { clock: realClock() });
    const cwd = freshFolder();
    const running = start(['run', '--target', target.url], { env, cwd });
    const commandLine = readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8');
    const { code, out, err } = await running.ended;
    expect(code).not.toBe(0);
    const written = leftIn(cwd).map((file) => readFileSync(join(cwd, 'reports/out', file), 'utf8'));
    expect(written.join()).toContain('[redacted]'); // it was echoed
    const login = Buffer.from(`${env.CRDB_USER}:${password}`);
    const spellings = [password, 's3cret', login.toString('base64'), encodeURIComponent(password)];
    for (const text of [out, err, commandLine, ...written])
      expect(spellings.filter((spelling) => text.includes(spelling))).toEqual([]);
  });
});

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
