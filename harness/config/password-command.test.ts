import { expect, test } from 'vitest';
import { saidBy } from './password-command.ts';

const env = { PATH: process.env.PATH, PW: 'hunter22' };

test.each([
  { why: 'its first line', command: "printf 'a b \\nsecond\\n'", says: 'a b ' },
  { why: 'also where a carriage return ends it', command: "printf 'a\\r\\nb'", says: 'a' },
  { why: 'also without an end of line', command: 'printf %s "$PW"', says: 'hunter22' },
  { why: 'nothing', command: 'true', says: '' },
  { why: 'an empty line first', command: "printf '\\nb'", says: '' },
  { why: 'not what it complains of while it succeeds', command: 'echo careful >&2; echo a', says: 'a' },
])('the password is what the shell runs says: $why', async ({ command, says }) => {
  expect(await saidBy(command, env)).toBe(says);
});

test.each([
  { command: 'exit 3', problem: '--password-command ended with 3, and said nothing of why.' },
  {
    command: 'echo first >&2; echo no such entry >&2; exit 1',
    problem: '--password-command ended with 1: no such entry.',
  },
  { command: 'kill -TERM $$', problem: '--password-command ended with SIGTERM, and said nothing of why.' },
  { command: 'no-such-program-here 2>/dev/null', problem: '--password-command ended with 127' },
  {
    command: 'echo "$PW"; echo "can’t use $PW" >&2; exit 1',
    problem: '--password-command ended with 1: can’t use [redacted].',
  },
  { command: "printf 'a\\033[31mb' >&2; exit 1", problem: 'ended with 1: a[31mb.' },
])(
  'a program that fails is told with its last word, never with the password: $problem',
  async ({ command, problem }) => {
    await expect(saidBy(command, env)).rejects.toMatchObject({
      message: expect.stringContaining(problem),
      exitCode: 2,
    });
  },
);

test('a program that does not end is given up, also where it has started another', async () => {
  await expect(saidBy('sleep 60 & sleep 60', env, 50)).rejects.toThrow('did not end within 0.05 s');
});
