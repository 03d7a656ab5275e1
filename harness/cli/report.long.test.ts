/** Every report from the journal alone: of a run that has ended, and of one that was killed. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { validateReport } from '../../reports/validate.ts';
import { realClock } from '../http/clock.ts';
import type { Report } from '../model/report.ts';
import { mutants } from '../reference/mutants.ts';
import { startNullServer } from '../reference/null-servers.ts';
import { type Reference, startReference } from '../reference/reference.ts';
import { readJournal } from '../run/journal.ts';
import {
  expectSaid,
  freshFolder,
  program,
  reportIn,
  type StartedProgram,
  start,
} from '../testing/cli/program.ts';
import { neverDeleting } from '../testing/cli/servers.ts';

const password = 's3cret-word';
const env = { CRDB_USER: 'somebody', CRDB_PASSWORD: password };
function cluster(mutant?: string): Promise<Reference> {
  const rules = mutants.find(({ id }) => id === mutant)?.rules;
  return startReference({
    clock: realClock(),
    epochMs: Date.now(),
    user: env.CRDB_USER,
    password,
    ...(rules ? { rules } : {}),
  });
}
const out = 'reports/out';
const run = (target: string, cwd: string, ...args: readonly string[]) =>
  program(['run', '--target', target, ...args], { env, cwd });
const report = (cwd: string, where = out) => program(['report', where], { cwd });
const contents = (cwd: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(join(cwd, out)).map((name) => [name, readFileSync(join(cwd, out, name), 'utf8')]),
  );

/** Starts a run, and kills it when its journal says what it should. */
async function killedWhen(target: string, cwd: string, says: RegExp, args: readonly string[] = []) {
  const running = start(['run', '--target', target, ...args], { env, cwd });
  await untilJournal(cwd, says, running);
  running.child.kill('SIGKILL');
  expect((await running.ended).code).toBeNull();
}

async function untilJournal(cwd: string, says: RegExp, { child }: StartedProgram): Promise<void> {
  const file = join(cwd, out, 'journal.ndjson');
  while (child.exitCode === null && !(existsSync(file) && says.test(readFileSync(file, 'utf8'))))
    await sleep(20);
}

const verdicts = ({ clauses }: Report) =>
  clauses.flatMap(({ id, checks }) => checks.map(({ name, verdict }) => `${id} (${name}): ${verdict}`));

describe('a run that has ended', () => {
  test.for([
    { clause: 'read.status.404', mutant: undefined, args: [], code: 0 },
    { clause: 'cancel.commit-phase.refused', mutant: 'cancels-in-commit', args: [], code: 1 },
    { clause: 'cancel.leaves', mutant: undefined, args: ['--provision', 'none'], code: 4 },
  ])(
    '$clause: exit code $code and every report again, to the byte',
    async ({ clause, mutant, args, code }) => {
      await using target = await cluster(mutant);
      const cwd = freshFolder();
      const first = await run(target.url, cwd, '--clause', clause, ...args);
      const written = contents(cwd);
      rmSync(join(cwd, out, 'report.json'));
      const again = await report(cwd);
      expect([first.code, again.code]).toEqual([code, code]);
      expect(contents(cwd)).toEqual(written);
      expect(again.out).toBe(first.out);
    },
  );

  test('its journal can be named in the place of its folder', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    await run(target.url, cwd, '--clause', 'read.status.404');
    const written = contents(cwd);
    rmSync(join(cwd, out, 'report.json'));
    expectSaid(await report(cwd, join(out, 'journal.ndjson')), 0, []);
    expect(contents(cwd)).toEqual(written);
  });
});

describe('a run that was killed', () => {
  test('keeps all that was decided, passes nothing else, and ends with 4', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    await killedWhen(target.url, cwd, /"verdict":"pass"/);
    const ended = await report(cwd);
    expectSaid(ended, 4, ['The run was cut short: the run was killed']);
    expect(ended.out).toContain('INCOMPLETE');
    const made = reportIn(cwd);
    expect(validateReport(made)).toEqual([]);
    expect(made.run.cutShort).toContain('its journal ends after');
    expect(made.run.durationMs).toBeGreaterThan(0);
    const { started, events } = readJournal(join(cwd, out, 'journal.ndjson'));
    const decided = events
      .flatMap((event) => (event.type === 'check' ? [event.check] : []))
      .map(({ clause, name, verdict }) => `${clause} (${name}): ${verdict}`);
    expect(decided.length).toBeGreaterThan(0);
    expect(verdicts(made)).toEqual(expect.arrayContaining(decided));
    expect(verdicts(made)).toHaveLength(started.checks.length);
    const others = verdicts(made).filter((line) => !decided.includes(line));
    expect(others.filter((line) => !line.endsWith('inconclusive'))).toEqual([]);
    const structural = made.clauses.filter(({ id }) => id.endsWith('.statuses'));
    expect(structural.map(({ verdict }) => verdict)).toEqual(structural.map(() => 'inconclusive'));
  });

  test('ends with 1 where a must clause was broken by then', async () => {
    await using target = await cluster('cancels-in-commit');
    const cwd = freshFolder();
    await killedWhen(target.url, cwd, /"verdict":"fail"/);
    expectSaid(await report(cwd), 1, ['The run was cut short']);
    expect(reportIn(cwd).verdict).toBe('non-conformant');
  });

  test('what its target seemed to break at first is told and not decided', async () => {
    await using target = await startNullServer('html', { clock: realClock() });
    const cwd = freshFolder();
    await killedWhen(target.url, cwd, /"type":"fault"/);
    await report(cwd);
    const faulty = reportIn(cwd).clauses.filter(({ checks }) =>
      checks.some(({ reason }) => reason.includes('before other explanations of this failure')),
    );
    expect(faulty.map(({ verdict }) => verdict)).not.toContain('pass');
    expect(faulty.length).toBeGreaterThan(0);
  });

  test('leaves no report of an older run beside its journal', async () => {
    await using target = await cluster();
    const cwd = freshFolder();
    await run(target.url, cwd, '--clause', 'read.status.404');
    await killedWhen(target.url, cwd, /"selection":"expiry"/, ['--clause', 'expiry']);
    expect(readdirSync(join(cwd, out))).toEqual(['journal.ndjson', 'resources.ndjson']);
  });

  test('tells no password, though the target echoes it', async () => {
    await using target = await startNullServer('echo', { clock: realClock() });
    const cwd = freshFolder();
    await killedWhen(target.url, cwd, /\[redacted\]/);
    const { out: said, err } = await report(cwd);
    const basic = Buffer.from(`${env.CRDB_USER}:${password}`).toString('base64');
    for (const text of [said, err, ...Object.values(contents(cwd))]) {
      expect(text).not.toContain(password);
      expect(text).not.toContain(basic);
    }
  });

  test('a second Ctrl-C ends a run at once that is still cleaning up', async () => {
    await using target = await cluster();
    await using front = await neverDeleting(target.url);
    const cwd = freshFolder();
    const running = start(['run', '--target', front.url, '--timeout-s', '25'], { env, cwd });
    while (front.deletes === 0 && running.child.exitCode === null) await sleep(20);
    running.child.kill('SIGINT');
    await untilJournal(cwd, /"type":"cut-short"/, running);
    running.child.kill('SIGINT');
    const [code, signal] = await once(running.child, 'exit');
    expect([code, signal]).toEqual([null, 'SIGINT']);
    expect(readdirSync(join(cwd, out))).toEqual(['journal.ndjson', 'resources.ndjson']);
    expectSaid(await report(cwd), 4, []);
    expect(reportIn(cwd).run.cutShort).toMatch(/^interrupted; the run was killed/);
  });
});

describe('what can not be reported', () => {
  test.for([
    { why: 'no such folder', text: undefined, says: 'nowhere' },
    { why: 'an empty journal', text: '', says: 'journal.ndjson is empty' },
    { why: 'another file', text: 'hello\n', says: 'line 1 is not an event of a run' },
  ])('$why: exit code 2 in two lines', async ({ text, says }) => {
    const cwd = freshFolder();
    if (text !== undefined) {
      mkdirSync(join(cwd, out), { recursive: true });
      writeFileSync(join(cwd, out, 'journal.ndjson'), text);
    }
    const ended = await report(cwd, text === undefined ? 'nowhere' : out);
    expectSaid(ended, 2, [says, 'Name the folder']);
    expect(ended.err.trim().split('\n')).toHaveLength(2);
    expect(existsSync(join(cwd, out, 'report.json'))).toBe(false);
  });
});
