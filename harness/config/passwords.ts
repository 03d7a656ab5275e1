/**
 * Where the password comes from: one source, whichever option names it. What a source held is told nowhere.
 * Each is asked once, however many targets share it: the standard input can be read once, and a program may ask a person.
 */
import { statSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import type { RunOptions } from './options.ts';
import { saidBy } from './password-command.ts';
import { readText } from './read-text.ts';

/** What passwords are looked for in. A program's terminal is such. */
export interface Around {
  readonly env: NodeJS.ProcessEnv;
  /** Reads the standard input whole. */
  stdin(): Promise<string>;
  /** Tells a person what is amiss. */
  error(words: string): void;
}

/** @throws {UserError} exit 2: two sources, or one that holds no password */
export type Passwords = (options: RunOptions) => Promise<string>;

interface SourceRow {
  readonly key: 'passwordEnv' | 'passwordStdin' | 'passwordFile' | 'passwordCommand';
  readonly flag: string;
  /** The password; empty where there is none. */
  read(named: string, around: Around): string | Promise<string>;
  /** Where it comes from, before anybody looked. */
  told(named: string, env: NodeJS.ProcessEnv): string;
  none(named: string, env: NodeJS.ProcessEnv): UserError;
}

const rows: readonly SourceRow[] = [
  {
    key: 'passwordEnv',
    flag: '--password-env',
    read: (variable, { env }) => variableIn(env, variable) ?? '',
    told: (variable, env) =>
      variableIn(env, variable)
        ? `environment ${variable}, set and not shown`
        : `environment ${variable}, which is not set`,
    none: (variable, env) =>
      new UserError(
        `The password is to come from the environment, and ${variable} is ${variableIn(env, variable) === undefined ? 'not set' : 'empty'}.`,
        `Set ${variable}, or name another variable with --password-env, or use --password-file, --password-command or --password-stdin.`,
        2,
      ),
  },
  {
    key: 'passwordStdin',
    flag: '--password-stdin',
    read: async (_, { stdin }) => withoutLineEnd(await stdin()),
    told: () => 'from the standard input',
    none: () =>
      new UserError(
        '--password-stdin: the standard input is empty.',
        'Pipe the password in: printf %s "$PW" | crdb-conformance run …',
        2,
      ),
  },
  {
    key: 'passwordFile',
    flag: '--password-file',
    read: (file, around) => {
      const text = withoutLineEnd(readText(file, '--password-file'));
      warnOfReaders(file, around);
      return text;
    },
    told: (file) => `file ${file}, not shown`,
    none: (file) =>
      new UserError(`--password-file ${file} is empty.`, 'Write the password into it, and nothing else.', 2),
  },
  {
    key: 'passwordCommand',
    flag: '--password-command',
    read: (command, { env }) => saidBy(command, env),
    told: () => 'what a program says, which was not asked',
    none: () =>
      new UserError(
        '--password-command said nothing on the first line of its standard output.',
        'Mend the program: its first line is the password.',
        2,
      ),
  },
];

/** Where the password comes from is one choice, though it has several names. */
export const passwordKeys: readonly string[] = rows.map(({ key }) => key);

const usual = 'CRDB_PASSWORD';

/** Each source that the options name; the usual variable where they name none. */
function namedBy(options: RunOptions): readonly { readonly row: SourceRow; readonly named: string }[] {
  const named = rows.flatMap((row) => {
    const value = options[row.key];
    return value === undefined || value === false ? [] : [{ row, named: String(value) }];
  });
  return named.length > 0 ? named : rows.slice(0, 1).map((row) => ({ row, named: usual }));
}

/** Where a run would look for it: `environment PW, set and not shown`. */
export const passwordTold = (options: RunOptions, env: NodeJS.ProcessEnv): string =>
  namedBy(options)
    .map(({ row, named }) => row.told(named, env))
    .join(' and ');

/** Looks passwords up, each where the options say. */
export function passwordsFrom(around: Around): Passwords {
  const asked = new Map<string, string | Promise<string>>();
  return async (options) => {
    const [source, ...others] = namedBy(options);
    if (!source) throw new TypeError('no source of passwords is known');
    if (others.length > 0) throw tooMany([source, ...others].map(({ row }) => row.flag));
    const { row, named } = source;
    const key = `${row.key} ${named}`;
    const answer = asked.get(key) ?? row.read(named, around);
    asked.set(key, answer);
    const password = await answer;
    if (password === '') throw row.none(named, around.env);
    return password;
  };
}

/** What a variable holds. */
export const variableIn = (env: NodeJS.ProcessEnv, variable: string): string | undefined =>
  Object.hasOwn(env, variable) ? env[variable] : undefined; // __proto__ is a name too

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

/** A secret that is mounted into a container is often so, and harmless there: a warning, no refusal. */
function warnOfReaders(file: string, { error }: Around): void {
  const { mode } = statSync(file);
  const others = 0o004;
  if (process.platform === 'win32' || (mode & others) === 0) return; // modes mean nothing there
  error(`Warning: --password-file ${file} can be read by every user of this machine: chmod 600 ${file}\n`);
}

const tooMany = (flags: readonly string[]): UserError =>
  new UserError(
    `The password is to come from ${flags.join(' and from ')}: which of them counts?`,
    'Leave all but one of them away; in a configuration file they are passwordEnv, passwordFile, passwordCommand and passwordStdin.',
    2,
  );
