/** The options of `run`, and what they come to. */
import { proxyOf } from '../http/proxy.ts';
import { type Target, trustOf } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { nearest } from '../../spec/nearest.ts';
import type { Passwords } from './passwords.ts';
import { readText } from './read-text.ts';
import type { RunOptions } from './run-options.ts';

export type { FleetTarget, RunOptions } from './run-options.ts';

/** @throws {UserError} exit 2: a URL that no run can start with */
export function targetUrl(text: string, option = '--target'): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const shown = text.replace(/.*@/, '…@'); // `admin:secret@host`, too, may hold a password, and what can't be parsed
  if (!url)
    throw new UserError(`${option} ${shown} is no URL.`, 'Give one such as https://cluster.example:9443', 2);
  if (url.username !== '' || url.password !== '') {
    throw new UserError(
      `${option} has credentials in it: they would show in the process list and in logs.`,
      'Give them apart: --user NAME --password-env VARIABLE',
      2,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UserError(
      `${option} ${shown} is not http:// or https://.`,
      'Give one such as https://cluster.example:9443',
      2,
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UserError(
      `${option} ${text} has a query or a fragment.`,
      'Give the origin and, where there is one, the path prefix alone.',
      2,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/**
 * The target that the options name; undefined where none is named, and the reference is to be tested.
 * @throws {UserError} exit 2: something is missing or can't be read
 */
export async function targetOf(
  options: RunOptions,
  env: NodeJS.ProcessEnv,
  passwordOf: Passwords,
): Promise<Target | undefined> {
  if (options.target === undefined) return undefined;
  const url = targetUrl(options.target);
  const trust = trustOf(options, env, readText);
  const at = (address: URL): Omit<Target, 'login'> => {
    const proxy = proxyOf(options.proxy, address, env);
    return { ...trust, url: address, ...(proxy ? { proxy } : {}) };
  };
  const { node = [], followLeader = [] } = options;
  const first = at(url);
  const others = node.map((text) => at(targetUrl(text, '--node')));
  const followed = followLeader.map(hostOf);
  // Last: a program may have to be run for the password, or a person be asked for it.
  const login = await loginOf(options, url, passwordOf);
  const asking = login ? { login } : {};
  return {
    ...first,
    ...asking,
    ...(others.length === 0 ? {} : { others: others.map((other) => ({ ...other, ...asking })) }),
    ...(followed.length === 0 ? {} : { followed }),
  };
}

function hostOf(text: string): string {
  const url = URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined;
  if (url && /^[^/?#@]+$/.test(text)) return text.toLowerCase();
  throw new UserError(
    `--follow-leader ${text.replace(/.*@/, '…@')} is no host.`,
    'Give the host of the master, or host:port, without https://.',
    2,
  );
}

async function loginOf(options: RunOptions, url: URL, passwordOf: Passwords): Promise<Target['login']> {
  if (options.auth === false) return undefined;
  const { user } = options;
  if (user === undefined) {
    throw new UserError(
      `Nobody is named to ask ${url.host}.`,
      'Give --user NAME and --password-env VARIABLE (or --password-file, --password-command, --password-stdin), or --no-auth where it asks for no credentials.',
      2,
    );
  }
  return { user, password: await passwordOf(options) };
}

/** The settings of a run; a time that isn't given has its default. */
export function settingsOf(options: RunOptions): Settings {
  const given: Partial<Settings> = {
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.timeout === undefined ? {} : { timeoutS: options.timeout }),
    ...(options.grace === undefined ? {} : { graceS: options.grace }),
    ...(options.settle === undefined ? {} : { settleS: options.settle }),
    ...(options.maxDuration === undefined ? {} : { maxDurationS: options.maxDuration }),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    ...(options.maxRps === undefined ? {} : { maxRps: options.maxRps }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.allowForce === undefined ? {} : { allowForce: options.allowForce }),
  };
  return { ...defaultSettings, ...given };
}

/** More than a day of the shortest runs. */
export const mostRepetitions = 10_000;

/** @throws {UserError} exit 2: it is no such number, or seeds for so many runs can't be counted */
export function repetitionsOf({ repeat = 1 }: RunOptions, seed: number): number {
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > mostRepetitions)
    throw new UserError(
      `--repeat ${repeat} is no number of runs.`,
      `Give a whole number from 1 to ${mostRepetitions}.`,
      2,
    );
  if (!Number.isSafeInteger(seed + repeat - 1))
    throw new UserError(
      `--seed ${seed} leaves no seeds for ${repeat} runs: each draws with one more than the last.`,
      'Give a smaller --seed.',
      2,
    );
  return repeat;
}

/**
 * The clauses that suites and ids select; all where neither is given.
 * @param suiteOf the suite of each clause that has checks
 * @throws {UserError} exit 2: a name that is none of them, with the nearest that is
 */
export function selectionOf(
  { suite = [], clause = [] }: RunOptions,
  suiteOf: ReadonlyMap<string, string>,
): readonly string[] {
  const suites = [...new Set(suiteOf.values())];
  for (const name of suite) if (!suites.includes(name)) throw unknown('suite', name, suites);
  for (const id of clause) if (!suiteOf.has(id)) throw unknown('clause', id, [...suiteOf.keys()]);
  if (suite.length === 0 && clause.length === 0) return [...suiteOf.keys()];
  return [...suiteOf].filter(([id, name]) => clause.includes(id) || suite.includes(name)).map(([id]) => id);
}

export function unknown(
  what: 'suite' | 'clause' | 'mutant',
  name: string,
  known: readonly string[],
): UserError {
  const near = nearest(name, known);
  const lists: Readonly<Record<typeof what, string>> = {
    suite: `The suites are ${known.join(', ')}.`,
    clause: 'crdb-conformance clauses lists them.',
    mutant: 'crdb-conformance mutants --list lists them.',
  };
  const list = lists[what];
  return new UserError(
    `There is no ${what} ${name}.`,
    near === undefined ? list : `Did you mean ${near}? ${list}`,
    2,
  );
}
