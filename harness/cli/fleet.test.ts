/** Many targets as a user tests them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Fleet } from '../../reports/fleet.ts';
import { fleetProblem } from '../../reports/validate.ts';
import { realClock } from '../http/clock.ts';
import { calledIn } from '../testing/cli/called.ts';
import { testedCluster } from '../testing/cli/clusters.ts';
import { expectSaid } from '../testing/cli/program.ts';
import { deadPort } from '../testing/cli/servers.ts';
import { startNullServer } from '../testing/null-servers.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const env = { PW: 'a-password', OTHER: 'another' };
const login = { user: 'somebody', password: env.PW };
const cluster = () => testedCluster(login);
const wrongCluster = () => testedCluster({ ...login, mutant: 'cancels-in-commit' });

const head = 'user: somebody\npasswordFrom: env:PW\nclause: [cancel.commit-phase.refused]\ntargets:\n';
const fleetIn = (cwd: string, out = 'reports/out'): Fleet =>
  JSON.parse(readFileSync(join(cwd, out, 'fleet.json'), 'utf8'));

function configured(rows: readonly string[], before = head): string {
  const cwd = freshFolder();
  const lines = rows.map((row) => `  - { ${row} }\n`).join('');
  writeFileSync(join(cwd, 'crdb-conformance.config.yaml'), before + lines);
  return cwd;
}

test('each target has its report, and a bad one spoils no other', async () => {
  await using right = await cluster();
  await using other = await testedCluster({ ...login, password: env.OTHER });
  await using wrong = await wrongCluster();
  await using endless = await startNullServer('endless', { clock: realClock() });
  const cwd = configured([
    `name: right, target: "${right.url}", labels: [eu]`,
    `name: other, target: "${other.url}", passwordFrom: 'cmd:echo "$OTHER"'`,
    `name: wrong, target: "${wrong.url}", labels: [known]`,
    `name: dead, target: "http://127.0.0.1:${await deadPort()}"`,
    `name: endless, target: "${endless.url}", timeoutS: 0.5`,
    `name: refused, target: "${right.url}", user: stranger`,
  ]);
  const ended = await calledIn(cwd, ['run'], { env });
  expectSaid(ended, 1, ['6 of 6']);
  expect(ended.out + ended.err).not.toContain(env.PW);
  const fleet = fleetIn(cwd);
  expect(fleetProblem(fleet)).toBeUndefined();
  expect(fleet.verdict).toBe('non-conformant');
  const told = new Map(
    fleet.targets.map(({ name, exitCode, result }) => [name, [exitCode, result?.verdict]]),
  );
  expect(told.get('right')).toEqual([0, 'conformant']);
  expect(told.get('other')).toEqual([0, 'conformant']);
  expect(told.get('wrong')).toEqual([1, 'non-conformant']);
  expect(told.get('dead')).toEqual([3, undefined]);
  expect(told.get('refused')).toEqual([3, undefined]);
  expect(fleet.targets.find(({ name }) => name === 'dead')?.problem).toMatch(
    /^(?!the harness).*connection refused/,
  );
  expect(existsSync(join(cwd, 'reports/out/right/report.json'))).toBe(true);
  expect(existsSync(join(cwd, 'reports/out/wrong/junit.xml'))).toBe(true);
  expect(existsSync(join(cwd, 'reports/out/dead/report.json'))).toBe(false);
});

test('known failures hold for the target, or the label, that they name', async () => {
  await using right = await cluster();
  await using wrong = await wrongCluster();
  const cwd = configured([
    `name: right, target: "${right.url}", labels: [eu]`,
    `name: wrong, target: "${wrong.url}"`,
  ]);
  expectSaid(await calledIn(cwd, ['run'], { env }), 1, []);
  const update = await calledIn(cwd, ['expectations', 'reports/out', '--file', 'e.yaml']);
  expect([update.code, update.out]).toEqual([0, 'e.yaml: 1 added, 0 deleted.\n']);
  const file = readFileSync(join(cwd, 'e.yaml'), 'utf8');
  expect(file).toContain('target: wrong');
  writeFileSync(join(cwd, 'e.yaml'), file.replace('target: wrong', 'target: eu'));
  const misplaced = await calledIn(cwd, ['run', '--expectations', 'e.yaml'], { env });
  expectSaid(misplaced, 1, []);
  expect(misplaced.out).toMatch(/^right .*1 known failure to remove/m);
  writeFileSync(join(cwd, 'e.yaml'), file.replace('target: wrong', 'target: wrng'));
  const unknown = await calledIn(cwd, ['run', '--expectations', 'e.yaml'], { env });
  expectSaid(unknown, 2, ['no target is named or labelled wrng', 'Did you mean wrong?']);
});

test('Ctrl-C ends all of them: exit code 130, and every task is removed', async () => {
  await using one = await cluster();
  await using two = await cluster();
  const rows = [one, two].map(({ url }, at) => `name: t${at}, target: "${url}"`);
  const cwd = configured(
    [...rows, 'name: late, target: "http://127.0.0.1:9"'],
    head.replace(/clause.*\n/, ''),
  );
  const stop = new AbortController();
  const running = calledIn(cwd, ['run', '--targets-at-once', '2'], { env, interrupt: stop.signal });
  await Promise.race([Promise.all([one.busy, two.busy]), running]);
  stop.abort();
  const ended = await running;
  expectSaid(ended, 130, []);
  expect([one.tasks.size, two.tasks.size]).toEqual([0, 0]);
  const { exitCode, targets } = fleetIn(cwd);
  expect([exitCode, ...targets.map((target) => target.exitCode)]).toEqual([130, 130, 130, 130]);
  expect(targets.map(({ problem }) => problem)).toEqual([null, null, 'interrupted before it began']);
});

test('the parts of a fleet put together are the fleet', async () => {
  await using one = await cluster();
  await using two = await cluster();
  await using three = await wrongCluster();
  const rows = [one, two, three].map(({ url }, at) => `name: t${at}, target: "${url}"`);
  const cwd = configured(rows);
  const parts = [
    await calledIn(cwd, ['run', '--shard', '1/2', '--out', 'p0'], { env }),
    await calledIn(cwd, ['run', '--shard', '2/2', '--out', 'p1'], { env }),
  ];
  expect(parts.map(({ code }) => code).sort()).toEqual([0, 1]);
  const merged = await calledIn(cwd, ['merge', 'p0', 'p1', '--out', 'all']);
  expectSaid(merged, 1, []);
  expect(fleetIn(cwd, 'all').targets.map(({ name, exitCode }) => [name, exitCode])).toEqual([
    ['t0', 0],
    ['t1', 0],
    ['t2', 1],
  ]);
  expectSaid(await calledIn(cwd, ['merge', 'p0', '--out', 'half']), 2, ['2/2', 'missing']);
  expect(existsSync(join(cwd, 'half'))).toBe(false);
});

test('--target goes before the targets of the file, and says so', async () => {
  await using right = await cluster();
  const cwd = configured(['name: a, target: "http://127.0.0.1:9"']);
  const ended = await calledIn(cwd, ['run', '--target', right.url], { env });
  expectSaid(ended, 0, ['targets of crdb-conformance.config.yaml are not tested: flag --target']);
  expect(existsSync(join(cwd, 'reports/out/fleet.json'))).toBe(false);
});

describe('before anything is tried, exit 2:', () => {
  const a = 'name: a, target: "http://127.0.0.1:9"';
  test.for<{ rows: readonly string[]; args?: readonly string[]; before?: string; says: readonly string[] }>([
    { rows: [a, a], says: ['targets[0] and targets[1] have the same name a'] },
    { rows: [a, a.replace('name: a', 'name: A')], says: ['have the same name A', 'upper and lower case'] },
    { rows: ['target: "http://127.0.0.1:9"'], says: ['targets[0] has no name'] },
    { rows: ['name: a'], says: ['targets[0] needs either target or container'] },
    { rows: [a.replace('name: a', 'name: ../a')], says: ['targets[0].name must be a name for a folder'] },
    {
      rows: [a.replace('name: a', 'name: fleet.json')],
      says: ['targets[0].name must be a name for a folder'],
    },
    { rows: [`${a}, profile: full`], says: ['targets[0] has the unknown key profile'] },
    { rows: [`${a}, usr: x`], says: ['targets[0] has the unknown key usr', 'Did you mean user?'] },
    { rows: [`${a}, timeoutS: 0`], says: ['targets[0].timeoutS must be a number of seconds above 0'] },
    { rows: [`${a}, user: "\${GONE}"`], says: ['targets[0]: user needs the environment variable GONE'] },
    {
      rows: [a, `name: b, target: "http://h", passwordFrom: 'env:GONE'`],
      says: ['Target b:', 'GONE is not set'],
    },
    { rows: [a, `name: b, target: nonsense`], says: ['Target b:', 'is not a URL'] },
    { rows: [a], args: ['--shard', '9/8'], says: ['--shard 9/8 is not a part'] },
    { rows: [a], args: ['--shard', '1/2'], says: ['there are only 1 targets'] },
    { rows: [a], args: ['--targets-at-once', '0'], says: ['--targets-at-once', '1 or more'] },
    { rows: [], before: 'targets: []', says: ['targets must be a list of targets'] },
    { rows: [a], before: `target: http://h\n${head}`, says: ['both target and targets'] },
    { rows: [], before: 'graceS: 1', args: ['--shard', '1/2'], says: ['--shard 1/2 needs several targets'] },
  ])('$rows $args', async ({ rows, args = [], before, says }) => {
    const cwd = configured(rows, before);
    expectSaid(await calledIn(cwd, ['run', ...args], { env }), 2, says);
    expect(existsSync(join(cwd, 'reports/out/fleet.json'))).toBe(false);
  });
});
