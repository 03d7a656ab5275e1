import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunOptions } from '../config/options.ts';
import { realClock } from '../http/clock.ts';
import { startReference } from '../reference/reference.ts';
import { expectSaid, freshFolder, program, reportIn } from '../testing/cli/program.ts';
import { counting } from '../testing/cli/servers.ts';
import { dryRun, kindOf } from './dry-run.ts';

/** What it says, and the kinds of requests in it. */
async function said(options: RunOptions) {
  let text = '';
  const write = (words: string): void => {
    text += words;
  };
  expect(await dryRun(options, { write })).toBe(0);
  return { text, kinds: [...text.matchAll(/^ *\d+ × {2}(.*)$/gm)].map(([, kind]) => kind) };
}

test('nothing is sent, neither for the run nor to look at the target', async () => {
  await using target = await counting((response) => response.end());
  const where = [
    '--target',
    target.url,
    '--user',
    'a',
    '--password-from',
    'env:PW',
    '--out',
    join(freshFolder(), 'out'),
  ];
  expectSaid(await program(['run', '--dry-run', ...where], { env: { PW: 'x' } }), 0, []);
  expect(target.requests).toEqual([]);
});

describe('a run sends no kind of request that was not told', () => {
  const sentBy = (cwd: string) => [...new Set(reportIn(cwd).exchanges.map(({ request }) => kindOf(request)))];

  test('by control', async () => {
    await using target = await startReference({ clock: realClock() });
    const cwd = freshFolder();
    const args = ['run', '--target', target.url, '--user', target.user];
    expectSaid(await program(args, { env: { CRDB_PASSWORD: target.password }, cwd }), 0, []);
    const { kinds, text } = await said({ provision: 'control' });
    expect(sentBy(cwd).filter((kind) => !kinds.includes(kind))).toEqual([]);
    expect(text).toMatch(/It would make \d{3,} tasks, each removed/);
  });

  test('by crdbs', async () => {
    const takesMs = { queued: 10, running: 80, committing: 40 };
    await using target = await startReference({ clock: realClock(), crdbs: { takesMs } });
    const cwd = freshFolder();
    const args = [
      'run',
      '--target',
      target.url,
      '--user',
      target.user,
      '--provision',
      'crdbs',
      '--clause',
      'cancel',
    ];
    expectSaid(await program(args, { env: { CRDB_PASSWORD: target.password }, cwd }), 0, []);
    const { kinds, text } = await said({ provision: 'crdbs', clause: ['cancel'] });
    expect(sentBy(cwd).filter((kind) => !kinds.includes(kind))).toEqual([]);
    expect(text).toContain('1 database of 100 MiB (conformance-TAG-db), deleted at the end');
  });
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
    makes: '0 database',
  },
])('$by', async ({ options, changes, makes }) => {
  const { text, kinds } = await said(options);
  expect(kinds.some((kind) => !kind?.startsWith('GET'))).toBe(changes);
  expect(text).toContain(makes);
});

test('of each target of a fleet', async () => {
  const cwd = freshFolder();
  writeFileSync(
    join(cwd, 'fleet.yaml'),
    'targets:\n  - { name: a, target: http://a.example, provision: none }\n  - { name: b, target: http://b.example, provision: none }\n',
  );
  const { code, out } = await program(['run', '--dry-run', '--config', 'fleet.yaml'], { cwd });
  expect([code, out.match(/^A run on \S+/gm)]).toEqual([
    0,
    ['A run on http://a.example,', 'A run on http://b.example,'],
  ]);
});
