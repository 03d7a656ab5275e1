/** The action and the examples of a gate: read by what reads them elsewhere, and their scripts run as they stand. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { realClock } from '../../harness/http/clock.ts';
import { version } from '../../harness/model/package.ts';
import { mutants } from '../../harness/reference/mutants.ts';
import { startReference } from '../../harness/reference/reference.ts';
import { ownFolder } from '../../harness/testing/own-folder.ts';
import { actionProblems, workflowProblems } from '../fixtures/actions.ts';
import { shell } from '../fixtures/shell.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const read = (name: string): string => readFileSync(pathOf(name), 'utf8');
const folder = ownFolder();
const login = { user: 'somebody', password: 's3cret-word' };
const options = { clock: realClock(), epochMs: Date.now(), ...login };
const rules = mutants.find(({ id }) => id === 'read-unknown-is-500')?.rules;
const good = await startReference(options);
const bad = await startReference({ ...options, ...(rules ? { rules } : {}) });
afterAll(async () => {
  await good.close();
  await bad.close();
});

describe('GitHub', () => {
  const action = parse(read('../../action.yml'));

  test('reads the action and the workflow', () => {
    expect(actionProblems(read('../../action.yml'))).toEqual([]);
    expect(workflowProblems(read('github-workflow.yml'))).toEqual([]);
    expect(actionProblems('name: x\nruns: {using: composite, step: []}').length).toBeGreaterThan(0);
  });

  test('the workflow gives the action inputs that it has, and the action lets no input be read as a command', () => {
    const { with: given } = parse(read('github-workflow.yml')).jobs.part.steps[1];
    expect(Object.keys(given).filter((input) => !(input in action.inputs))).toEqual([]);
    const run = action.runs.steps.at(-1);
    expect(run.run).not.toContain('${' + '{');
    const used = JSON.stringify(action.runs.steps) + JSON.stringify(action.outputs);
    expect(Object.keys(action.inputs).filter((input) => !used.includes(`inputs.${input} `))).toEqual([]);
  });

  const step = action.runs.steps.at(-1);
  const inputs = { CONFIG: '', EXPECTATIONS: '', PROFILE: '', SHARD: '', OUT: 'out dir', ARGS: '' };

  test.for([
    { server: good, code: 0, verdict: 'conformant' },
    { server: bad, code: 1, verdict: 'non-conformant' },
    { server: undefined, code: 3, verdict: '' },
  ])(
    'the action ends with $code and says "$verdict"',
    { timeout: 120_000 },
    async ({ server, code, verdict }) => {
      const cwd = join(folder, `action-${code}`);
      mkdirSync(cwd);
      writeFileSync(join(cwd, 'output'), '');
      const ended = await shell({
        command: ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run],
        cwd,
        env: {
          ...inputs,
          ARGS: '--clause read.status.404 --strict',
          CRDB_TARGET: server?.url ?? 'http://127.0.0.1:9',
          CRDB_USER: login.user,
          CRDB_PASSWORD: login.password,
          PROGRAM: pathOf('../../harness/cli.ts'),
          GITHUB_OUTPUT: join(cwd, 'output'),
        },
      });
      expect(ended.said).not.toContain(login.password);
      expect([ended.code, readFileSync(join(cwd, 'output'), 'utf8')]).toEqual([code, `verdict=${verdict}\n`]);
    },
  );
});

describe('GitLab', () => {
  const lint = async (name: string, content: string) => {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.gitlab-ci.yml'), content);
    const linter = fileURLToPath(
      new URL('../../node_modules/gitlab-ci-local/dist/index.js', import.meta.url),
    );
    const git = 'git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m a';
    return await shell({
      command: ['sh', '-c', `${git} && exec "$0" "$1" --list`, process.execPath, linter],
      cwd,
    });
  };

  test('reads the pipeline, by its own schema', { timeout: 60_000 }, async () => {
    const ended = await lint('gitlab', read('gitlab-ci.yml'));
    expect({ ...ended, said: ended.code === 0 ? '' : ended.said }).toEqual({ code: 0, said: '' });
    expect((await lint('broken', read('gitlab-ci.yml').replace('script:', 'scrpt:'))).code).not.toBe(0);
  });

  test('its scripts test the parts and put them together', { timeout: 120_000 }, async () => {
    const { part, whole, variables } = parse(read('gitlab-ci.yml'));
    const cwd = join(folder, 'pipeline');
    mkdirSync(cwd);
    copyFileSync(pathOf('fleet.yaml'), join(cwd, 'fleet.yaml'));
    const text = readFileSync(join(cwd, 'fleet.yaml'), 'utf8')
      .replace('https://eu-1.example:9443', good.url)
      .replace('https://us-1.example:9443', bad.url);
    writeFileSync(join(cwd, 'fleet.yaml'), `clause: [read.status.404]\n${text}`);
    const env = { ...variables, CRDB_USER: login.user, CRDB_PASSWORD: login.password, CI_NODE_TOTAL: '2' };
    const codes = [];
    for (const index of ['1', '2'])
      codes.push(
        (await shell({ command: ['sh', '-c', part.script[0]], cwd, env: { ...env, CI_NODE_INDEX: index } }))
          .code,
      );
    expect(codes.sort()).toEqual([0, 1]);
    const ended = await shell({ command: ['sh', '-c', whole.script[0]], cwd, env });
    expect([ended.code, ended.said]).toEqual([1, expect.stringContaining('1 non-conformant, 1 conformant')]);
  });
});

test.each(['github-workflow.yml', 'gitlab-ci.yml'])('%s pins this version', (name) => {
  const pinned = read(name).match(/crdb-tasks-conformance@\d[\d.]*\d/g);
  expect(pinned).toEqual([`crdb-tasks-conformance@${version}`]);
});
