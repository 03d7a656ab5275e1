/** What the options of a run mean: its target, its settings and its clauses. */
import { existsSync, readFileSync } from 'node:fs';
import { nearest } from '../../spec/nearest.ts';
import { proxyOf } from '../http/proxy.ts';
import { type Target, trustOf } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { defaultSettings, type Profile, type Settings } from '../model/settings.ts';
import { optionRows } from './option-table.ts';
import type { RunOptions } from './run-options.ts';

export type { FleetTarget, RunFlags, RunOptions, TargetOptions } from './run-options.ts';

/** Options that change neither what is judged nor how. */
export const neutralKeys: readonly string[] = optionRows
  .filter(([, { neutral }]) => neutral)
  .map(([key]) => key);

/** The options that the library has. */
export const libraryKeys: readonly string[] = optionRows
  .filter(([, { inFile, inLibrary }]) => inFile !== false && inLibrary !== false)
  .map(([key]) => key);

/** @throws {UserError} exit 2: an option has no effect beside another one */
export function refuseExcluded(options: RunOptions): void {
  const given: Readonly<Record<string, unknown>> = options;
  for (const [key, { excludes = [] }] of optionRows) {
    const without = excludes.find((other) => given[other] !== undefined);
    if (given[key] === undefined || without === undefined) continue;
    throw new UserError(`--${without} has no effect beside --${key}.`, 'Use only one of them.', 2);
  }
}

/** @throws {UserError} exit 2: no run can start with this URL */
export function targetUrl(text: string, option = '--target'): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const shown = text.replace(/.*@/, '…@'); // a text that is no URL may hold a password, too: `admin:secret@host`
  const example = 'Give a URL such as https://cluster.example:9443';
  if (!url) throw new UserError(`${option} ${shown} is not a URL.`, example, 2);
  if (url.username !== '' || url.password !== '') {
    throw new UserError(
      `${option} contains credentials, which would show in the process list and in logs.`,
      'Give them as --user NAME and --password-from env:NAME.',
      2,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UserError(`${option} ${shown} does not begin with http:// or https://.`, example, 2);
  if (url.search !== '' || url.hash !== '') {
    throw new UserError(
      `${option} ${text} has a query or a fragment.`,
      'Give the origin, and a path prefix if there is one.',
      2,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/**
 * The target that the options name; undefined where none is named, and the reference cluster is the target.
 * @param passwordOf gives the password that belongs to some options
 * @throws {UserError} exit 2: something is missing or can't be read
 */
export async function targetOf(
  options: RunOptions,
  env: NodeJS.ProcessEnv,
  passwordOf: (options: RunOptions) => Promise<string>,
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
  // Last: the password may come from a program or a person.
  const login = await loginOf(options, url, passwordOf);
  const withLogin = login ? { login } : {};
  return {
    ...first,
    ...withLogin,
    ...(others.length === 0 ? {} : { others: others.map((other) => ({ ...other, ...withLogin })) }),
    ...(followed.length === 0 ? {} : { followed }),
  };
}

function hostOf(text: string): string {
  const url = URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined;
  if (url && /^[^/?#@]+$/.test(text)) return text.toLowerCase();
  throw new UserError(
    `--follow-leader ${text.replace(/.*@/, '…@')} is not a host.`,
    'Give the host of the leader, or host:port, without https://.',
    2,
  );
}

async function loginOf(
  options: RunOptions,
  url: URL,
  passwordOf: (options: RunOptions) => Promise<string>,
): Promise<Target['login']> {
  if (options.auth === false) return undefined;
  const { user } = options;
  if (user?.includes(':'))
    throw new UserError(
      `The user name ${user} holds a colon, which Basic authentication does not allow.`,
      'Give the user name alone by --user, and the password in CRDB_PASSWORD or by --password-from.',
      2,
    );
  if (user !== undefined) return { user, password: await passwordOf(options) };
  throw new UserError(
    `There is no user name for ${url.host}.`,
    'Give --user NAME, and the password in CRDB_PASSWORD or by --password-from; or --no-auth if the target needs none.',
    2,
  );
}

/** For how many seconds a profile explores. */
const exploredS: Readonly<Partial<Record<Profile, number>>> = { full: 10, nightly: 30 };

/** The settings of a run, with defaults for those that are not given. */
export function settingsOf(options: RunOptions): Settings {
  const { maxDurationS, concurrency, maxRps, replay, profile = defaultSettings.profile } = options;
  const exploreS = options.explore ?? exploredS[profile];
  return {
    profile,
    timeoutS: options.timeoutS ?? defaultSettings.timeoutS,
    graceS: options.graceS ?? defaultSettings.graceS,
    settleS: options.settleS ?? defaultSettings.settleS,
    seed: options.seed ?? defaultSettings.seed,
    allowForce: options.allowForce ?? defaultSettings.allowForce,
    ...(exploreS === undefined ? {} : { exploreS }),
    ...(replay === undefined ? {} : { replay }),
    ...(maxDurationS === undefined ? {} : { maxDurationS }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(maxRps === undefined ? {} : { maxRps }),
  };
}

/**
 * The clauses that `--clause` selects, in the order of the suites; all where it is not given. A name that is no id
 * selects all ids below it: `cancel` and `cancel.` select `cancel.leaves`.
 * @param ids the clauses that have checks
 * @throws {UserError} exit 2: a name selects nothing; the error names the nearest one that does
 */
export function selectionOf({ clause: names = [] }: RunOptions, ids: readonly string[]): readonly string[] {
  if (names.length === 0) return ids;
  const selects = (name: string, id: string): boolean =>
    ids.includes(name) ? id === name : id.startsWith(name.endsWith('.') ? name : `${name}.`);
  const nothing = names.find((name) => !ids.some((id) => selects(name, id)));
  if (nothing === undefined) return ids.filter((id) => names.some((name) => selects(name, id)));
  const prefixes = ids.flatMap((id) => [...id.matchAll(/\./g)].map(({ index }) => id.slice(0, index)));
  throw unknown('clause', nothing, [...ids, ...new Set(prefixes)]);
}

const listedBy = {
  clause: 'crdb-conformance clauses lists them; the part of an id before a full stop selects all with it.',
  mutant: 'crdb-conformance mutants --list lists them.',
} as const;

/** The error about a name that does not exist, with the nearest that does. */
export function unknown(what: keyof typeof listedBy, name: string, known: readonly string[]): UserError {
  const near = nearest(name, known);
  const list = listedBy[what];
  return new UserError(
    `There is no ${what} ${name}.`,
    near === undefined ? list : `Did you mean ${near}? ${list}`,
    2,
  );
}

/** The text of a file that an option names. @throws {UserError} exit 2: the file can't be read */
export function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const problem = existsSync(file) ? 'can’t be read' : 'does not exist';
    throw new UserError(`${option} ${file} ${problem}.`, 'Name a file that can be read.', 2, {
      cause: error,
    });
  }
}
