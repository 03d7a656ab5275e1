/** The script as an operator writes it, with curl and jq, gets along with a server that keeps the contract. */
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { realClock } from '../../harness/http/clock.ts';
import { type Reference, startReference } from '../../harness/reference/reference.ts';

vi.setConfig({ testTimeout: 60_000 });

const script = fileURLToPath(new URL('./crdb-task.sh', import.meta.url));

/** Why the script can't run here, or undefined. */
function missing(): string | undefined {
  try {
    execFileSync('sh', ['-c', 'command -v curl && command -v jq']);
    return undefined;
  } catch {
    return 'curl and jq are not both installed';
  }
}

const why = missing();

describe.skipIf(why !== undefined)(`crdb-task.sh${why === undefined ? '' : ` [skipped: ${why}]`}`, () => {
  const password = 'pass "word" \\ s3cret/ü';
  let cluster: Reference;
  beforeAll(async () => {
    cluster = await startReference({ clock: realClock(), epochMs: Date.now(), user: 'ops', password });
  });
  afterAll(() => cluster.close());

  function sh(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const surroundings = {
      PATH: process.env.PATH,
      CRDB_TARGET: cluster.url,
      CRDB_USER: 'ops',
      CRDB_PASSWORD: password,
      ...env,
    };
    return new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
      execFile(script, args, { env: surroundings }, (error, out, err) =>
        resolve({ code: error ? error.code : 0, out, err }),
      );
    });
  }

  test('lists tasks, a line each', async () => {
    const { id, guid } = cluster.tasks.create({ phase: 'running' });
    const { code, out } = await sh(['list']);
    expect(code).toBe(0);
    expect(out.split('\n')).toContain([id, 'started', guid].join('\t'));
  });

  test('waits until a task has finished', async () => {
    const { id } = cluster.tasks.create({
      phase: 'running',
      schedule: [{ phase: 'finished', afterMs: 1500 }],
    });
    expect(await sh(['wait', id, '30'])).toEqual({ code: 0, out: 'finished\n', err: '' });
  });

  test('a task that fails, is gone, or takes too long', async () => {
    const [failed, running] = [
      cluster.tasks.create({ phase: 'failed' }),
      cluster.tasks.create({ phase: 'running' }),
    ];
    expect(await sh(['wait', failed.id])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/ failed: ./),
    });
    expect(await sh(['wait', 'a b/c'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('no task a b/c'),
    });
    expect(await sh(['wait', running.id, '0'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('in time'),
    });
  });

  test('cancels, and is told what can’t be cancelled', async () => {
    const [running, committing] = [
      cluster.tasks.create({ phase: 'running' }),
      cluster.tasks.create({ phase: 'committing' }),
    ];
    expect(await sh(['cancel', running.id])).toEqual({ code: 0, out: 'cancel accepted\n', err: '' });
    expect(await sh(['cancel', committing.id])).toMatchObject({
      code: 1,
      err: expect.stringContaining('406'),
    });
    expect(await sh(['cancel', committing.id, 'force'])).toMatchObject({ code: 0 });
    expect(await sh(['cancel', 'nobodys'])).toMatchObject({ code: 3 });
  });

  test('a wrong login, no server, and a wrong use are told', async () => {
    expect(await sh(['list'], { CRDB_PASSWORD: 'x' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('401'),
    });
    expect(await sh(['list'], { CRDB_TARGET: 'http://127.0.0.1:1' })).toMatchObject({ code: 4 });
    expect(await sh(['list'], { CRDB_USER: '' })).toMatchObject({ code: 2 });
    expect(await sh(['cancel', 'a', 'hard'])).toMatchObject({ code: 2 });
    expect(await sh([])).toMatchObject({ code: 2 });
  });
});
