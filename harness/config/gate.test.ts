/** A gate with expectations, as a user runs it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { validateReport } from '../../reports/validate.ts';
import { realClock } from '../http/clock.ts';
import { mutants } from '../reference/mutants.ts';
import { startReference } from '../reference/reference.ts';
import type { RulesInTime } from '../reference/rules.ts';
import { expectSaid, freshFolder, program, reportIn, scratch } from '../testing/cli/program.ts';

vi.setConfig({ testTimeout: 120_000 });
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const env = { CRDB_USER: 'somebody', CRDB_PASSWORD: 'a-password' };
const rules = mutants.find(({ id }) => id === 'cancels-in-commit')?.rules;
const cluster = (wrong?: RulesInTime) =>
  startReference({
    clock: realClock(),
    epochMs: Date.now(),
    user: env.CRDB_USER,
    password: env.CRDB_PASSWORD,
    ...(wrong ? { rules: wrong } : {}),
  });
const clause = 'cancel.commit-phase.refused';
const gate = (url: string, cwd: string, ...more: readonly string[]) =>
  program(['run', '--target', url, '--expectations', 'e.yaml', ...more], { env, cwd });

test('a gate is green over what is expected, and red again when it passes', async () => {
  await using wrong = await cluster(rules);
  await using right = await cluster();
  const cwd = freshFolder();
  const only = ['--clause', clause];

  const first = await gate(wrong.url, cwd, ...only, '--update-expectations');
  expectSaid(first, 0, ['e.yaml: 1 added, 0 deleted']);
  expect(readFileSync(join(cwd, 'e.yaml'), 'utf8')).toContain(
    `- clause: ${clause}\n  fingerprint: "cancel: expected 406, seen 200"\n`,
  );

  const second = await gate(wrong.url, cwd, ...only, '--require-complete', '--seed', '9');
  expectSaid(second, 0, []);
  expect(second.out).toContain('Known failures: 1');
  const report = reportIn(cwd);
  expect(validateReport(report)).toEqual([]);
  expect(report.verdict).toBe('non-conformant');
  expect(readFileSync(join(cwd, 'reports/out/junit.xml'), 'utf8')).not.toContain('<failure');

  const again = await program(['report', 'reports/out'], { cwd });
  expect([again.code, again.out]).toEqual([0, expect.stringContaining('Known failures: 1')]);

  const rerun = ['--no-config', '--rerun-failed', 'reports/out/report.json', '--target', wrong.url];
  const failed = await program(['run', ...rerun, '--out', 'again'], { cwd, env });
  expect(failed.code).toBe(1);
  expect(failed.out).toContain(`FAIL ${clause}`);

  const passes = await gate(right.url, cwd, ...only);
  expectSaid(passes, 1, []);
  expect(passes.out).toMatch(new RegExp(`e\\.yaml: ${clause} passes again: delete lines \\d+ to \\d+`));

  const cleaned = await gate(right.url, cwd, ...only, '--update-expectations');
  expectSaid(cleaned, 0, ['0 added, 1 deleted']);
});

test('over many runs only what passes in all of them passes again', async () => {
  await using wrong = await cluster(rules);
  const cwd = freshFolder();
  const entry = `- {clause: ${clause}, fingerprint: "cancel: expected 406, seen 200", reason: known}\n`;
  writeFileSync(join(cwd, 'e.yaml'), `${entry}- {clause: list.empty, fingerprint: x, reason: y}\n`);
  const ended = await gate(wrong.url, cwd, '--clause', clause, 'list.empty', '--repeat', '2');
  expectSaid(ended, 1, []);
  expect(ended.out).toContain('e.yaml: list.empty passes again: delete line 2');
  expect(ended.out).not.toContain('delete line 1');
});

test.each([
  { args: ['--update-expectations'], says: ['--update-expectations needs a file', '--expectations'] },
  { args: ['--expectations', 'no.yaml'], says: ['--expectations no.yaml is not there'] },
  { args: ['--rerun-failed', 'no.json'], says: ['no.json'] },
])('$args ends with 2 before anything is tried', async ({ args, says }) => {
  const cwd = freshFolder();
  expectSaid(await program(['run', ...args], { cwd }), 2, says);
  expect(existsSync(join(cwd, 'reports/out/report.json'))).toBe(false);
});

test('--rerun-failed of a run in which nothing failed is no green', async () => {
  await using right = await cluster();
  const cwd = freshFolder();
  await program(['run', '--target', right.url, '--clause', 'list.empty'], { cwd, env });
  const ended = await program(['run', '--rerun-failed', 'reports/out/report.json'], { cwd, env });
  expectSaid(ended, 2, ['nothing failed in that run']);
});
