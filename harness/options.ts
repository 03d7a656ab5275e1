/** The options of `run`, and what they come to. */
import { UserError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { Passwords } from './passwords.ts';
import type { TaskIds } from './provision/fixed.ts';
import { proxyOf } from './proxy.ts';
import { defaultSettings, type Profile, type Settings } from './settings.ts';
import type { Target } from './target.ts';
import { trustOf } from './trust.ts';

/** As commander gives them; the configuration file has the same names. */
export interface RunOptions {
  readonly target?: string;
  /** More addresses of the same cluster. */
  readonly node?: readonly string[];
  /** Hosts that a redirect to the master may be followed to. */
  readonly followMaster?: readonly string[];
  readonly user?: string;
  readonly passwordEnv?: string;
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
  /** What the shell runs; the password is the first line that it says. */
  readonly passwordCommand?: string;
  /** False: --no-auth. */
  readonly auth?: boolean;
  readonly provision?: 'control' | 'crdbs' | 'fixed' | 'command' | 'none';
  /** The database that the user names for the purpose, by its guid. */
  readonly crdb?: string;
  /** What the shell runs to make a task, for `provision: command`. */
  readonly command?: string;
  readonly readOnly?: boolean;
  readonly profile?: Profile;
  readonly allowForce?: boolean;
  readonly requireComplete?: boolean;
  readonly strict?: boolean;
  /** The edition that the target is held to. */
  readonly contract?: string;
  readonly suite?: readonly string[];
  readonly clause?: readonly string[];
  readonly ca?: string;
  readonly insecure?: boolean;
  /** The certificate that a target which asks for one is shown, and its key: files. */
  readonly cert?: string;
  readonly key?: string;
  readonly keyPassphraseEnv?: string;
  readonly proxy?: string;
  readonly timeout?: number;
  readonly grace?: number;
  readonly settle?: number;
  readonly maxDuration?: number;
  /** Requests in flight at once, and requests a second: at most. */
  readonly concurrency?: number;
  readonly maxRps?: number;
  readonly seed?: number;
  /** How many times the whole run is made. */
  readonly repeat?: number;
  readonly out?: string;
  /** The file with the failures that are to be expected. */
  readonly expectations?: string;
  /** What failed unexpectedly is written into it, and what passes again taken out. */
  readonly updateExpectations?: boolean;
  /** A report.json: only the clauses that failed in it are run. */
  readonly rerunFailed?: string;
  /** The file that remembers this run beside the others. */
  readonly history?: string;
  /** The environment variable with the URL that is told what changed. */
  readonly notifyUrlEnv?: string;
  /** The image that is booted, made a cluster, tested and removed. */
  readonly container?: string;
  /** Several of them, or tags of one, one after another. */
  readonly containerMatrix?: readonly string[];
  /** In seconds. */
  readonly containerTimeout?: number;
  /** A fleet; in the configuration file alone. */
  readonly targets?: readonly FleetTarget[];
  readonly targetsAtOnce?: number;
  /** `3/8` */
  readonly shard?: string;
  /** Task ids by phase, for `provision: fixed`; in the configuration file alone. */
  readonly tasks?: TaskIds;
}

/** One target of a fleet, with the options that are its own. */
export interface FleetTarget extends RunOptions {
  /** Also that of its folder. */
  readonly name: string;
  readonly labels?: readonly string[];
}

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
  const login = await loginOf(options, url, passwordOf);
  const known = { ...trustOf(options, env), ...(login ? { login } : {}) };
  const at = (address: URL): Target => {
    const proxy = proxyOf(options.proxy, address, env);
    return { ...known, url: address, ...(proxy ? { proxy } : {}) };
  };
  const { node = [], followMaster = [] } = options;
  return {
    ...at(url),
    ...(node.length === 0 ? {} : { others: node.map((text) => at(targetUrl(text, '--node'))) }),
    ...(followMaster.length === 0 ? {} : { followed: followMaster.map(hostOf) }),
  };
}

function hostOf(text: string): string {
  const url = URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined;
  if (url && /^[^/?#@]+$/.test(text)) return text.toLowerCase();
  throw new UserError(
    `--follow-master ${text.replace(/.*@/, '…@')} is no host.`,
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
