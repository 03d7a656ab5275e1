/** `run --dry-run` sends nothing, and says what a run would send and make. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunOptions } from '../config/options.ts';
import { realClock } from '../http/clock.ts';
import { startReference } from '../reference/reference.ts';
import { called, ran } from '../testing/cli/called.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { counting } from '../testing/cli/servers.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { dryRun, kindsOf } from './dry-run.ts';

/** What it says, and the kinds of requests in it. */
async function said(options: RunOptions) {
  let text = '';
  const write = (words: string): void => {
    text += words;
  };
  await dryRun(options, { write });
  return { text, kinds: [...text.matchAll(/^ *\d+ × {2}(.*)$/gm)].map(([, kind]) => kind) };
}

test('it sends nothing to the target', async () => {
  await using target = await counting((response) => response.end());
  const args = ['run', '--dry-run', '--target', target.url, '--user', 'a', '--password-from', 'env:PW'];
  expectSaid(await called([...args, '--out', join(freshFolder(), 'out')], { env: { PW: 'x' } }), 0, []);
  expect(target.requests).toEqual([]);
});

test('a run sends only the kinds of requests that it names', async () => {
  await using target = await startReference({ clock: realClock() });
  const clause = ['auth', 'list.status.200', 'cancel.queued.accepted', 'cancel.running.accepted'];
  const args = ['--target', target.url, '--user', target.user, '--clause', ...clause];
  const ended = await ran(args, { env: { CRDB_PASSWORD: target.password } });
  expectSaid(ended, 0, []);
  const { kinds, text } = await said({ provision: 'control', clause });
  const sent = new Set(kindsOf(reportIn(ended.folder).exchanges).map(({ request }) => request));
  expect([...sent].filter((kind) => !kinds.includes(kind))).toEqual([]);
  expect(text).toMatch(/It would make \d+ tasks, each removed/);
});

test.each<{ by: string; options: RunOptions; changes: boolean; makes: string }>([
  { by: 'none', options: { provision: 'none' }, changes: false, makes: 'nothing, and change nothing' },
  { by: '--read-only', options: { readOnly: true }, changes: false, makes: 'nothing, and change nothing' },
  {
    by: 'fixed',
    options: { provision: 'fixed', tasks: { running: ['a', 'b', 'c'] } },
    changes: true,
    makes: 'all but the first task of each phase may be cancelled',
  },
  {
    by: 'fixed, read-only',
    options: { provision: 'fixed', readOnly: true, tasks: { running: ['a', 'b'] } },
    changes: false,
    makes: 'all but the first',
  },
  { by: 'command', options: { command: './task.sh' }, changes: true, makes: 'run the program about' },
  {
    by: 'a named database',
    options: { crdb: 'guid-7', clause: ['status.finished'] },
    changes: true,
    makes: '0 databases',
  },
])('$by', async ({ options, changes, makes }) => {
  const { text, kinds } = await said(options);
  expect(kinds.some((kind) => !kind?.startsWith('GET'))).toBe(changes);
  expect(text).toContain(makes);
});

test('each target of a fleet', async () => {
  const config = join(freshFolder(), 'fleet.yaml');
  writeFileSync(
    config,
    'targets:\n  - { name: a, target: http://a.example, provision: none }\n  - { name: b, target: http://b.example, provision: none }\n',
  );
  const { code, out } = await called(['run', '--dry-run', '--config', config]);
  const lines = out.match(/^A run on \S+/gm);
  expect([code, lines]).toEqual([0, ['A run on http://a.example,', 'A run on http://b.example,']]);
});
