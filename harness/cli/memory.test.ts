/** A run and its history: what it tells of earlier runs, and what a bad history never does to it. */
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test, vi } from 'vitest';
import { readHistory } from '../../reports/history/file.ts';
import { newestOf } from '../../reports/history/recall.ts';
import { night } from '../../reports/samples/nights.ts';
import { validateReport } from '../../reports/validate.ts';
import { realClock } from '../http/clock.ts';
import { mutants } from '../reference/mutants.ts';
import { startReference } from '../reference/reference.ts';
import { expectSaid, freshFolder, program, reportIn, scratch } from '../testing/cli/program.ts';
import { listeningTerminal } from '../testing/cli/terminal.ts';
import { memoryOf } from './memory.ts';

vi.setConfig({ testTimeout: 120_000 });
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const login = { user: 'somebody', password: 's3cret-word' };
function wrong() {
  const rules = mutants.find(({ id }) => id === 'cancels-in-commit')?.rules;
  return startReference({ clock: realClock(), epochMs: Date.now(), ...login, ...(rules ? { rules } : {}) });
}
const run = (target: string, cwd: string, ...args: readonly string[]) =>
  program(['run', '--target', target, '--clause', 'cancel.commit-phase.refused', ...args], {
    env: { CRDB_USER: login.user, CRDB_PASSWORD: login.password },
    cwd,
  });

test('a run tells since when what is broken is broken, and is kept; without a history neither', async () => {
  await using target = await wrong();
  const cwd = freshFolder();
  const first = await run(target.url, cwd, '--history', 'h.db');
  expectSaid(first, 1, []);
  expect(first.out).not.toContain('since run');
  const { id } = reportIn(cwd).run;
  const second = await run(target.url, cwd, '--history', 'h.db');
  expect(second.out).toContain(`checks)\n  since run ${id}, 1 minute ago\n`);
  const third = await run(target.url, cwd);
  expect(third.out).not.toContain('since run');
  using history = readHistory(join(cwd, 'h.db'));
  expect(history.read((db) => newestOf(db, new URL(target.url).host, 9))).toHaveLength(2);
});

test('what `--repeat` makes is one run of the history', async () => {
  await using target = await wrong();
  const cwd = freshFolder();
  expectSaid(await run(target.url, cwd, '--history', 'h.db', '--repeat', '2'), 1, []);
  using history = readHistory(join(cwd, 'h.db'));
  expect(history.read((db) => newestOf(db, new URL(target.url).host, 9))).toMatchObject([
    { tally: expect.stringContaining('in 2 runs') },
  ]);
});

/** What stands in the way of a history, as long as it isn't disposed of. */
const troubles: readonly { readonly why: string; readonly says: string; make(file: string): Disposable }[] = [
  {
    why: 'is no database',
    says: 'h.db is no history of ours',
    make: (file) => stays(writeFileSync(file, 'hello, environment\n'.repeat(100))),
  },
  {
    why: 'is locked',
    says: 'h.db is locked by another program',
    make(file) {
      const other = new DatabaseSync(file);
      other.exec('BEGIN EXCLUSIVE');
      return other;
    },
  },
  { why: 'is a folder', says: 'h.db can’t be opened', make: (file) => stays(mkdirSync(file)) },
];
const stays = (_: unknown): Disposable => ({ [Symbol.dispose]: () => {} });

test.each(troubles)(
  'a history that $why is told in two lines; reports and exit code are as without it',
  async ({ says, make }) => {
    await using target = await wrong();
    const cwd = freshFolder();
    using _ = make(join(cwd, 'h.db'));
    const ended = await run(target.url, cwd, '--history', 'h.db');
    expectSaid(ended, 1, [says, 'What this run found is not kept there.']);
    expect(ended.err.slice(ended.err.indexOf('h.db')).trim().split('\n')).toHaveLength(2);
    expect(validateReport(reportIn(cwd))).toEqual([]);
    expect(existsSync(join(cwd, 'reports/out/junit.xml'))).toBe(true);
  },
);

async function hook() {
  const told: string[] = [];
  const server = createServer(async (request, answer) => {
    told.push((await request.toArray()).join(''));
    answer.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    told,
    url: `http://127.0.0.1:${port}/services/s3cret`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('a webhook is told what changed since the last run, and nothing where nothing did', async () => {
  await using webhook = await hook();
  const file = join(freshFolder(), 'h.db');
  const io = { ...listeningTerminal(), env: { HOOK: webhook.url } };
  const verdicts = ['pass', 'pass', 'fail', 'fail', 'pass'] as const;
  for (const [row, verdict] of verdicts.entries()) {
    await using memory = memoryOf({ history: file, notifyUrlEnv: 'HOOK' }, io);
    memory.keep(night(row + 1, { clauses: { a: verdict } }));
  }
  expect(webhook.told.map((body) => JSON.parse(body).text.split('\n')[0])).toEqual([
    '*my-mock*: conformant → non-conformant',
    '*my-mock*: non-conformant → conformant',
  ]);
  expect(io.said.err).toBe('');
});

test('of several targets each has its news, and a history that fails is told once', async () => {
  await using webhook = await hook();
  const cwd = freshFolder();
  const io = { ...listeningTerminal(), env: { HOOK: webhook.url } };
  const reports = ['one', 'two', 'three'].map((name) =>
    night(1, { clauses: { a: 'fail' }, target: { name }, run: { id: name } }),
  );
  {
    await using memory = memoryOf({ history: join(cwd, 'h.db'), notifyUrlEnv: 'HOOK' }, io);
    for (const report of reports) memory.keep(report);
  }
  expect(webhook.told.map((body) => JSON.parse(body).text.split(':')[0]).toSorted()).toEqual([
    '*one*',
    '*three*',
    '*two*',
  ]);
  expect(io.said.err).toBe('');
  {
    await using memory = memoryOf({ history: cwd }, io);
    for (const report of reports) memory.keep(report);
  }
  expect(io.said.err.trim().split('\n')).toHaveLength(2);
});

test('who interrupts a run is told by nobody', async () => {
  await using webhook = await hook();
  const interrupted = AbortSignal.abort();
  const io = { ...listeningTerminal(), env: { HOOK: webhook.url }, interrupt: interrupted };
  {
    await using memory = memoryOf({ history: join(freshFolder(), 'h.db'), notifyUrlEnv: 'HOOK' }, io);
    memory.keep(night(1, { clauses: { a: 'fail' } }));
  }
  expect(webhook.told).toEqual([]);
});

test('a webhook that fails is told without its URL; the exit code is as without it', async () => {
  await using target = await wrong();
  const cwd = freshFolder();
  const ended = await program(
    [
      'run',
      '--target',
      target.url,
      '--clause',
      'cancel.commit-phase.refused',
      '--history',
      'h.db',
      '--notify-url-env',
      'HOOK',
    ],
    {
      env: { CRDB_USER: login.user, CRDB_PASSWORD: login.password, HOOK: 'http://127.0.0.1:1/s3cret-hook' },
      cwd,
    },
  );
  expectSaid(ended, 1, ['The webhook was not told what changed']);
  expect(ended.out + ended.err).not.toContain('s3cret-hook');
});

test.each([
  {
    why: 'no history',
    args: [],
    env: { HOOK: 'https://hook.example' },
    says: '--notify-url-env needs a history',
  },
  { why: 'no such variable', args: ['--history', 'h.db'], env: {}, says: 'HOOK is not set' },
])(
  'a webhook that can’t be told is bad usage, before anything is tried: $why',
  async ({ args, env, says }) => {
    expectSaid(await program(['run', '--notify-url-env', 'HOOK', ...args], { env, cwd: freshFolder() }), 2, [
      says,
    ]);
  },
);
