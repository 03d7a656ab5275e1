import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../testing/temporary-folder.ts';
import { firstLineOf, passwordsFrom } from './passwords.ts';

const folder = freshFolder();
const { PATH } = process.env;

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** Passwords, and the warnings while they are read. */
function reading(input = '', env: NodeJS.ProcessEnv = { PATH }) {
  const told: string[] = [];
  const passwordOf = passwordsFrom({
    env,
    stdin: async () => input,
    error: (words) => told.push(words),
  });
  return { passwordOf, told };
}

test.each([
  { name: 'plain', text: 's3cret', password: 's3cret' },
  { name: 'without one line feed at its end', text: ' s3cret \n\r\n', password: ' s3cret \n' },
])('the password is the text of a file: $name', async ({ name, text, password }) => {
  const { passwordOf, told } = reading();
  expect(await passwordOf({ passwordFrom: `file:${file(name, text)}` })).toBe(password);
  expect(told).toEqual([]);
});

test.each([
  { mode: 0o644, told: true },
  { mode: 0o604, told: true },
  { mode: 0o640, told: false },
  { mode: 0o600, told: false },
])('a file that every user can read is used with a warning: $mode', async ({ mode, told }) => {
  const read = reading();
  const path = file(`mode-${mode}`, 's3cret\n', mode);
  expect(await read.passwordOf({ passwordFrom: `file:${path}` })).toBe('s3cret');
  expect(read.told).toEqual(
    told
      ? [`Warning: every user of this machine can read the password file ${path}: chmod 600 ${path}\n`]
      : [],
  );
});

test.each([
  { why: 'CRDB_PASSWORD without the option', env: { CRDB_PASSWORD: 'a' }, password: 'a' },
  { why: 'a variable', from: 'env:PW', env: { CRDB_PASSWORD: 'a', PW: 'b' }, password: 'b' },
  {
    why: 'the standard input, without the line feed at its end',
    from: '-',
    input: ' c\n\r\n',
    password: ' c\n',
  },
  { why: 'a command', from: 'cmd:printf a', password: 'a' },
])('the password is in $why', async ({ from, env = { PATH }, input = '', password }) => {
  const { passwordOf } = reading(input, env);
  expect(await passwordOf(from === undefined ? {} : { passwordFrom: from })).toBe(password);
});

test.each([
  { from: `file:${file('empty', '\n')}`, says: 'the file is empty' },
  { from: `file:${join(folder, 'gone')}`, says: 'does not exist' },
  { from: `file:${folder}`, says: 'can’t be read' },
  { from: 'cmd:true', says: 'the command printed nothing' },
  { from: 'cmd:exit 3', says: 'the command exited with 3' },
  { from: '-', says: 'the standard input is empty' },
  { from: 'env:PW', says: 'Environment variable PW is not set.' },
  { from: 'env:EMPTY', says: 'Environment variable EMPTY is empty.' },
  { from: 'env:__proto__', says: '__proto__ is not set' },
  { from: 's3cret', says: '--password-from does not name a source' },
  { from: 's3cret:word', says: '--password-from does not name a source' },
  { from: 'env:', says: '--password-from does not name a source' },
])('$from has no password: $says', async ({ from, says }) => {
  const { passwordOf } = reading('\n', { PATH, EMPTY: '', CRDB_PASSWORD: 's3cret' });
  const error = await passwordOf({ passwordFrom: from }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: expect.stringContaining(says), exitCode: 2 });
  expect(String(error)).not.toContain('s3cret');
});

test('a source that several targets share is read once', async () => {
  const { passwordOf } = reading();
  const log = join(folder, 'log');
  const passwordFrom = `cmd:echo again >> '${log}'; echo a`;
  expect(await Promise.all([1, 2, 3].map(() => passwordOf({ passwordFrom })))).toEqual(['a', 'a', 'a']);
  expect(readFileSync(log, 'utf8')).toBe('again\n');
  expect(await passwordOf({ passwordFrom: 'cmd:echo b' })).toBe('b');
});

const secretEnv = { PATH, PW: 'hunter22' };

test.each([
  { why: 'its first line', command: "printf 'a b \\nsecond\\n'", says: 'a b ' },
  { why: 'its first line, also before a carriage return', command: "printf 'a\\r\\nb'", says: 'a' },
  { why: 'its first line, also without an end of line', command: 'printf %s "$PW"', says: 'hunter22' },
  { why: 'empty where it prints nothing', command: 'true', says: '' },
  { why: 'empty where its first line is', command: "printf '\\nb'", says: '' },
  { why: 'not its error output', command: 'echo careful >&2; echo a', says: 'a' },
])('the password of a command is $why', async ({ command, says }) => {
  expect(await firstLineOf(command, secretEnv)).toBe(says);
});

test.each([
  { command: 'exit 3', problem: '--password-from cmd: the command exited with 3.' },
  {
    command: 'echo first >&2; echo no such entry >&2; exit 1',
    problem: '--password-from cmd: the command exited with 1. What it wrote is not shown',
  },
  { command: 'kill -TERM $$', problem: '--password-from cmd: the command exited with SIGTERM.' },
  {
    command: 'no-such-program-here 2>/dev/null',
    problem: '--password-from cmd: the command exited with 127',
  },
  {
    command: 'echo "$PW"; echo "can’t use $PW" >&2; exit 1',
    problem: '--password-from cmd: the command exited with 1.',
  },
])(
  'a failure is shown without what the command wrote, which may hold a secret: $problem',
  async ({ command, problem }) => {
    const error: unknown = await firstLineOf(command, secretEnv).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining(problem), exitCode: 2 });
    expect(String(error)).not.toMatch(/hunter22|no such entry/);
  },
);

test('a command that does not end is killed, also where it started another', async () => {
  await expect(firstLineOf('sleep 60 & sleep 60', secretEnv, 50)).rejects.toThrow(
    'did not end within 0.05 s',
  );
});
