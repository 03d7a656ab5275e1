import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunOptions } from './options.ts';
import { passwordsFrom } from './passwords.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-passwords-'));
const { PATH } = process.env;

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** Passwords, and what was told while they were looked for. */
function looking(input = '') {
  const told: string[] = [];
  const passwordOf = passwordsFrom({
    env: { PATH },
    stdin: async () => input,
    error: (words) => told.push(words),
  });
  return { passwordOf, told };
}

test.each([
  { name: 'plain', text: 's3cret', password: 's3cret' },
  { name: 'one line feed is no part of it', text: ' s3cret \n\r\n', password: ' s3cret \n' },
])('of a file its text is the password: $name', async ({ name, text, password }) => {
  const { passwordOf, told } = looking();
  expect(await passwordOf({ passwordFile: file(name, text) })).toBe(password);
  expect(told).toEqual([]);
});

test.each([
  { mode: 0o644, told: true },
  { mode: 0o604, told: true },
  { mode: 0o640, told: false },
  { mode: 0o600, told: false },
])('a file that every user can read is warned of, and used: $mode', async ({ mode, told }) => {
  const looked = looking();
  const path = file(`mode-${mode}`, 's3cret\n', mode);
  expect(await looked.passwordOf({ passwordFile: path })).toBe('s3cret');
  expect(looked.told).toEqual(
    told
      ? [`Warning: --password-file ${path} can be read by every user of this machine: chmod 600 ${path}\n`]
      : [],
  );
});

test.each<{ options: RunOptions; says: string }>([
  { options: { passwordFile: file('empty', '\n') }, says: 'is empty' },
  { options: { passwordFile: join(folder, 'gone') }, says: 'is not there' },
  { options: { passwordFile: folder }, says: 'can’t be read' },
  { options: { passwordCommand: 'true' }, says: '--password-command said nothing' },
  { options: { passwordCommand: 'exit 3' }, says: '--password-command ended with 3' },
])('no password: $says', async ({ options, says }) => {
  await expect(looking().passwordOf(options)).rejects.toMatchObject({
    message: expect.stringContaining(says),
    exitCode: 2,
  });
});

test.each<{ options: RunOptions; flags: string }>([
  { options: { passwordEnv: 'PW', passwordStdin: true }, flags: '--password-env and from --password-stdin' },
  {
    options: { passwordFile: 'f', passwordCommand: 'c' },
    flags: '--password-file and from --password-command',
  },
])('two sources are refused: $flags', async ({ options, flags }) => {
  await expect(looking('a').passwordOf(options)).rejects.toMatchObject({
    message: `The password is to come from ${flags}: which of them counts?`,
    exitCode: 2,
  });
});

test('a switch that is off names no source', async () => {
  expect(await looking().passwordOf({ passwordStdin: false, passwordCommand: 'echo a' })).toBe('a');
});

test('targets that share a source ask it once', async () => {
  const { passwordOf } = looking();
  const asked = join(folder, 'asked');
  const command = `echo again >> '${asked}'; echo a`;
  expect(await Promise.all([1, 2, 3].map(() => passwordOf({ passwordCommand: command })))).toEqual([
    'a',
    'a',
    'a',
  ]);
  expect(readFileSync(asked, 'utf8')).toBe('again\n');
  expect(await passwordOf({ passwordCommand: 'echo b' })).toBe('b');
});
