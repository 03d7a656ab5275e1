/** Whole runs of the program that are made many times: on a target that changes its mind, and cut short among them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { validateReport } from '../../reports/validate.ts';
import { realClock } from '../http/clock.ts';
import { type Reference, type Rules, rules, startReference } from '../reference/reference.ts';
import { readJournal } from '../run/journal.ts';
import {
  expectSaid,
  freshFolder,
  program,
  reportIn,
  type Started,
  scratch,
  start,
} from '../testing/cli/program.ts';

vi.setConfig({ testTimeout: 120_000 });
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const env = { CRDB_USER: 'somebody', CRDB_PASSWORD: 's3cret-word' };
const journalOf = (cwd: string, run: number): string =>
  join(cwd, 'reports/out/repeats', `00${run}`, 'journal.ndjson');

/** A cluster that keeps the contract, but goes by other rules from the second run on. */
const cluster = (cwd: string, later: Rules = rules): Promise<Reference> =>
  startReference({
    clock: realClock(),
    epochMs: Date.now(),
    user: env.CRDB_USER,
    password: env.CRDB_PASSWORD,
    rules: () => (existsSync(journalOf(cwd, 2)) ? later : rules),
  });

const run = (target: Reference, cwd: string, ...args: readonly string[]) =>
  program(['run', '--target', target.url, ...args], { env, cwd });

const junitIn = (cwd: string): string => readFileSync(join(cwd, 'reports/out/junit.xml'), 'utf8');

const forgiving: Rules = { ...rules, read: { ...rules.read, unknown: 200 } };
const unavailable: Rules = { ...rules, read: { ...rules.read, unknown: 503 } };
const one = ['--clause', 'read.status.404'];

/** Until the second run has made a task. */
async function untilSecondRun(target: Reference, cwd: string, { child }: Started): Promise<void> {
  const goesOn = (): boolean => child.exitCode === null && child.signalCode === null;
  while (!existsSync(journalOf(cwd, 2)) && goesOn()) await sleep(20);
  while (target.tasks.size === 0 && goesOn()) await sleep(20);
}

describe('what many runs end with', () => {
  test('0 where all agree; each has its journal and its seed, and progress tells of each', async () => {
    const cwd = freshFolder();
    await using target = await cluster(cwd);
    const ended = await run(target, cwd, ...one, '--repeat', '2', '--seed', '5');
    expectSaid(ended, 0, ['repeat 1 of 2: conformant', 'repeat 2 of 2: conformant']);
    const report = reportIn(cwd);
    expect(validateReport(report)).toEqual([]);
    expect(report.repeats).toMatchObject({ times: 2, planned: 2, shown: 1, firstSeed: 5, unstable: [] });
    expect(report.repeats?.clauses.map(({ verdicts }) => verdicts)).toEqual(
      report.clauses.map(() => ({ pass: 2 })),
    );
    const seeds = [1, 2].map((each) => readJournal(journalOf(cwd, each)).started.run.seed);
    expect(seeds).toEqual([5, 6]);
    expect(ended.out).toContain('seeds 5 to 6');
    expect(readdirSync(join(cwd, 'reports/out')).sort()).toEqual([
      'junit.xml',
      'repeats',
      'report.html',
      'report.json',
    ]);
    expect(target.tasks.size).toBe(0);
  });

  test('1 where one of them is broken, and the clause is unstable', async () => {
    const cwd = freshFolder();
    await using target = await cluster(cwd, forgiving);
    const ended = await run(target, cwd, ...one, '--repeat', '2');
    expectSaid(ended, 1, ['repeat 1 of 2: conformant', 'repeat 2 of 2: non-conformant']);
    const report = reportIn(cwd);
    expect(validateReport(report)).toEqual([]);
    expect(report.verdict).toBe('non-conformant');
    expect(report.repeats).toMatchObject({ times: 2, shown: 2, unstable: ['read.status.404'] });
    expect(ended.out).toContain(
      'read.status.404: pass in 1 run (first in run 1), fail in 1 run (first in run 2)',
    );
    expect(junitIn(cwd)).toContain('<failure message="unstable: pass in 1 run');
  });

  test('4 where a doubt comes and goes under --require-complete: nothing failed, and the clause is unstable', async () => {
    const cwd = freshFolder();
    await using target = await cluster(cwd, unavailable);
    const ended = await run(target, cwd, ...one, '--repeat', '2', '--require-complete');
    expectSaid(ended, 4, []);
    const report = reportIn(cwd);
    expect(validateReport(report)).toEqual([]);
    expect(report.verdict).toBe('incomplete');
    expect(report.repeats?.unstable).toEqual(['read.status.404']);
    expect(ended.out).toContain(
      'read.status.404: pass in 1 run (first in run 1), inconclusive in 1 run (first in run 2)',
    );
    expect(junitIn(cwd)).toContain('<error message="unstable: pass in 1 run');
  });
});

describe('cut short among the runs', () => {
  test('Ctrl-C: what is done is told, the tasks are given back, 130', async () => {
    const cwd = freshFolder();
    await using target = await cluster(cwd);
    const running = start(['run', '--target', target.url, ...one, '--repeat', '9'], {
      env,
      cwd,
    });
    await untilSecondRun(target, cwd, running);
    running.child.kill('SIGINT');
    expectSaid(await running.ended, 130, ['repeat 1 of 9: conformant']);
    const report = reportIn(cwd);
    expect(validateReport(report)).toEqual([]);
    expect(report.run.cutShort).toContain('2 of 9 runs were begun: interrupted');
    expect(report.repeats).toMatchObject({ times: 2, shown: 2, unstable: [] });
    expect(target.tasks.size).toBe(0);
  });

  test('kill -9: report tells of all that were begun, and of each', async () => {
    const cwd = freshFolder();
    await using target = await cluster(cwd);
    const running = start(['run', '--target', target.url, ...one, '--repeat', '9'], {
      env,
      cwd,
    });
    await untilSecondRun(target, cwd, running);
    running.child.kill('SIGKILL');
    await running.ended;
    expectSaid(await program(['report', 'reports/out'], { cwd }), 4, ['2 of 9 runs were begun']);
    const report = reportIn(cwd);
    expect(validateReport(report)).toEqual([]);
    expect(report.repeats).toMatchObject({ times: 2, planned: 9, shown: 2, unstable: [] });
    const codes = [1, 2].map((each) => program(['report', `reports/out/repeats/00${each}`], { cwd }));
    expect((await Promise.all(codes)).map(({ code }) => code)).toEqual([0, 4]);
  });

  test('--max-duration is for all of them: 4', async () => {
    const cwd = freshFolder();
    await using target = await cluster(cwd);
    const ended = await run(target, cwd, ...one, '--repeat', '500', '--max-duration', '4');
    expectSaid(ended, 4, ['of 500 runs were begun: the time of --max-duration 4 s is up']);
    expect(reportIn(cwd).run.cutShort).toContain('of 500 runs were begun');
    expect(target.tasks.size).toBe(0);
  });

  test('a target that goes away between two runs: 3, and what was done is told', async () => {
    const cwd = freshFolder();
    await using target = await cluster(cwd);
    const running = start(['run', '--target', target.url, ...one, '--repeat', '500'], { env, cwd });
    await untilSecondRun(target, cwd, running);
    await target.close();
    expectSaid(await running.ended, 3, ['of 500 runs were begun', 'ECONNREFUSED']);
    expect(reportIn(cwd).repeats?.times).toBeGreaterThanOrEqual(2);
  });
});

test('a run takes the journals of earlier runs away, and nothing else', async () => {
  const cwd = freshFolder();
  await using target = await cluster(cwd);
  mkdirSync(join(cwd, 'reports/out/repeats/003'), { recursive: true });
  mkdirSync(join(cwd, 'reports/out/repeats/004'), { recursive: true });
  for (const each of [3, 4]) writeFileSync(journalOf(cwd, each), 'old');
  writeFileSync(join(cwd, 'reports/out/repeats/004/notes.txt'), 'mine');
  expectSaid(await run(target, cwd, ...one), 0, []);
  expect(readdirSync(join(cwd, 'reports/out/repeats'), { recursive: true }).sort()).toEqual([
    '004',
    '004/notes.txt',
  ]);
});

test.each([
  { args: ['--repeat', '0'], says: '--repeat 0 is no number of runs' },
  { args: ['--repeat', '-3'], says: '--repeat -3 is no number of runs' },
  { args: ['--repeat', '1000000'], says: 'from 1 to 10000' },
  { args: ['--repeat', '1.5'], says: 'It is a whole number' },
  { args: ['--repeat', 'often'], says: 'It is a whole number' },
  { args: ['--repeat', '9', '--seed', `${Number.MAX_SAFE_INTEGER}`], says: 'leaves no seeds for 9 runs' },
])('$args is refused: $says', async ({ args, says }) => {
  expectSaid(await program(['run', ...args], { cwd: freshFolder() }), 2, [says]);
});
