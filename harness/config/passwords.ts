/**
 * Where the password comes from: `--password-from`, or else the environment variable CRDB_PASSWORD. No message contains
 * what a source holds. Each source is read once, however many targets share it: the standard input can be read only
 * once, and a program may ask a person.
 */
import { type ExecException, exec } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import { UserError } from '../model/errors.ts';
import { readText } from './options.ts';
import type { RunOptions } from './run-options.ts';

/** What passwords are read from. A program's terminal is one. */
export interface PasswordContext {
  readonly env: NodeJS.ProcessEnv;
  stdin(): Promise<string>;
  error(words: string): void;
}

/** @throws {UserError} exit 2: the source is none, or holds no password */
export type Passwords = (options: Pick<RunOptions, 'passwordFrom'>) => Promise<string>;

interface SourceRow {
  /** The password; empty where there is none. */
  read(place: string, context: PasswordContext): string | Promise<string>;
  /** Where it is, without reading it. */
  described(place: string, env: NodeJS.ProcessEnv): string;
  /** The error about a source without a password. */
  empty(place: string, env: NodeJS.ProcessEnv): UserError;
}

const sources: Readonly<Record<'env' | 'file' | 'cmd' | '-', SourceRow>> = {
  env: {
    read: (name, { env }) => variableIn(env, name) ?? '',
    described: (name, env) =>
      variableIn(env, name)
        ? `environment ${name}, set and not shown`
        : `environment ${name}, which is not set`,
    empty: (name, env) =>
      new UserError(
        `Environment variable ${name} is ${variableIn(env, name) === undefined ? 'not set' : 'empty'}.`,
        `Put the password into ${name}, or use --password-from.`,
        2,
      ),
  },
  file: {
    read(file, context) {
      const text = withoutLineEnd(readText(file, '--password-from file:'));
      warnOfReaders(file, context);
      return text;
    },
    described: (file) => `file ${file}, not shown`,
    empty: (file) =>
      new UserError(`--password-from file:${file}: the file is empty.`, 'Write the password into it.', 2),
  },
  cmd: {
    read: (command, { env }) => firstLineOf(command, env),
    described: () => 'a command, which was not run',
    empty: () =>
      new UserError(
        '--password-from cmd: the command printed nothing on its first line.',
        'The command must print the password on the first line of its standard output.',
        2,
      ),
  },
  '-': {
    read: async (_, { stdin }) => withoutLineEnd(await stdin()),
    described: () => 'the standard input',
    empty: () =>
      new UserError(
        '--password-from -: the standard input is empty.',
        'Pipe the password in: printf %s "$PW" | crdb-conformance run …',
        2,
      ),
  },
};

/** @throws {UserError} exit 2: it is no source. The text may be the password itself: the error does not contain it. */
function sourceOf({ passwordFrom = 'env:CRDB_PASSWORD' }: Pick<RunOptions, 'passwordFrom'>) {
  if (passwordFrom === '-') return { row: sources['-'], place: '' };
  const [, kind, place] = /^(env|file|cmd):(.+)$/s.exec(passwordFrom) ?? [];
  if (place !== undefined && (kind === 'env' || kind === 'file' || kind === 'cmd'))
    return { row: sources[kind], place };
  throw new UserError(
    '--password-from does not name a source of the password.',
    'Give env:NAME, file:PATH, cmd:COMMAND, or - for the standard input.',
    2,
  );
}

/** Where a run would look for the password: `environment PW, set and not shown`. */
export function passwordSource(options: Pick<RunOptions, 'passwordFrom'>, env: NodeJS.ProcessEnv): string {
  const { row, place } = sourceOf(options);
  return row.described(place, env);
}

/** The option as it may be shown: a command may contain a secret, and a text that is no source may be one. */
export const shownPasswordFrom = (value: string): string =>
  /^(env|file):|^-$/.test(value) ? value : value.startsWith('cmd:') ? 'cmd:(not shown)' : '(not shown)';

/** Reads passwords, each from the source that the options name. */
export function passwordsFrom(context: PasswordContext): Passwords {
  const read = new Map<string, string | Promise<string>>();
  return async (options) => {
    const { row, place } = sourceOf(options);
    const key = options.passwordFrom ?? '';
    const answer = read.get(key) ?? row.read(place, context);
    read.set(key, answer);
    const password = await answer;
    if (password === '') throw row.empty(place, context.env);
    return password;
  };
}

const variableIn = (env: NodeJS.ProcessEnv, name: string): string | undefined =>
  Object.hasOwn(env, name) ? env[name] : undefined; // __proto__ is a name, too

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

/** A secret mounted into a container often has this mode and is safe there: so a warning, not a refusal. */
function warnOfReaders(file: string, { error }: PasswordContext): void {
  const othersMayRead = 0o004;
  if (process.platform === 'win32' || (statSync(file).mode & othersMayRead) === 0) return; // Windows has no modes
  error(`Warning: every user of this machine can read the password file ${file}: chmod 600 ${file}\n`);
}

/** A person may have to unlock a vault. */
const commandTimeoutMs = 120_000;
/** Of what the command writes; a noisy one is no mistake. */
const mostBytes = 2 ** 24;

/**
 * @returns the first line that the command prints; empty where it prints none
 * @throws {UserError} exit 2: it could not be started, failed or took too long; the error does not contain its output
 */
export async function firstLineOf(
  command: string,
  env: NodeJS.ProcessEnv,
  timeoutMs = commandTimeoutMs,
): Promise<string> {
  // In our own session, so that it can ask a person at the terminal.
  const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: mostBytes } as const;
  const running = promisify(exec)(command, options);
  running.child.stdin?.end();
  try {
    const { stdout } = await running;
    return stdout.split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    const { code, signal, killed }: Partial<ExecException> = error instanceof Error ? error : {};
    const failure =
      typeof code === 'string'
        ? `could not be run (${code})`
        : killed
          ? `did not end within ${timeoutMs / 1000} s`
          : `exited with ${code ?? signal}`;
    throw new UserError(
      `--password-from cmd: the command ${failure}. What it wrote is not shown: it may hold a secret.`,
      'Run the command in this folder: it must exit with 0 and print the password on its first line.',
      2,
    );
  }
}
