/** The script that operators copy works with a server that keeps the contract. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConformanceMonitor, monitorConformance } from '../../harness/api/monitor.ts';
import { realClock } from '../../harness/http/clock.ts';
import { type Reference, startReference } from '../../harness/reference/reference.ts';
import { newFolder, pathOf, run } from '../../harness/testing/cli/examples.ts';

const missing = spawnSync('sh', ['-c', 'command -v curl && command -v jq']).status !== 0;

describe.skipIf(missing)(`crdb-task.sh${missing ? ' [skipped: curl or jq is missing]' : ''}`, () => {
  const login = { user: 'ops', password: 'pass "word" \\ s3cret/ü' };
  let cluster: Reference;
  let monitor: ConformanceMonitor;
  beforeAll(async () => {
    cluster = await startReference({ clock: realClock(), epochMs: Date.now(), ...login });
    monitor = await monitorConformance({ target: cluster.url });
  });
  afterAll(async () => {
    await monitor.close();
    await cluster.close();
  });

  const script = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run([pathOf('clients/crdb-task.sh'), ...args], newFolder(), {
      CRDB_TARGET: monitor.url,
      CRDB_USER: login.user,
      CRDB_PASSWORD: login.password,
      ...env,
    });

  test('list prints a line for each task', async () => {
    const { id, guid } = cluster.tasks.create({ phase: 'running' });
    const { code, out } = await script(['list']);
    expect(code).toBe(0);
    expect(out.split('\n')).toContain([id, 'started', guid].join('\t'));
  });

  test('wait ends when the task has finished', async () => {
    const schedule = [{ phase: 'finished' as const, afterMs: 1500 }];
    const { id } = cluster.tasks.create({ phase: 'running', schedule });
    expect(await script(['wait', id, '30'])).toEqual({ code: 0, out: 'finished\n', err: '' });
  });

  test.for([
    { args: () => ['wait', cluster.tasks.create({ phase: 'failed' }).id], code: 1, err: / failed: ./ },
    { args: () => ['wait', 'a b/c'], code: 3, err: /no task a b\/c/ },
    { args: () => ['wait', cluster.tasks.create({ phase: 'running' }).id, '0'], code: 4, err: /in time/ },
    { args: () => ['cancel', cluster.tasks.create({ phase: 'committing' }).id], code: 1, err: /406/ },
    { args: () => ['cancel', cluster.tasks.create({ phase: 'committing' }).id, 'force'], code: 0, err: /^$/ },
    { args: () => ['cancel', cluster.tasks.create({ phase: 'running' }).id], code: 0, err: /^$/ },
    { args: () => ['cancel', 'unknown'], code: 3, err: /no task/ },
    { args: () => ['list'], env: { CRDB_PASSWORD: 'x' }, code: 1, err: /401/ },
    { args: () => ['list'], env: { CRDB_TARGET: 'http://127.0.0.1:1' }, code: 4, err: /no response/ },
    { args: () => ['list'], env: { CRDB_USER: '' }, code: 2, err: /CRDB_USER is not set/ },
    { args: () => ['cancel', 'a', 'hard'], code: 2, err: /force/ },
    { args: () => [], code: 2, err: /usage/ },
  ])('exit code $code with $err', async ({ args, env = {}, code, err }) => {
    expect(await script(args(), env)).toMatchObject({ code, err: expect.stringMatching(err) });
  });

  test('a monitor between both saw no violation', async () => {
    const { run } = await monitor.verdict();
    expect({ violations: monitor.violations, traffic: run.traffic }).toMatchObject({
      violations: [],
      traffic: { exercised: { 'POST /v1/crdb_tasks/{id}/actions/cancel with force=true → 200': 1 } },
    });
  });
});
