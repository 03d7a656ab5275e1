/** The options of `run` as types alone: they need nothing of Node, so that any project can read them. */
import type { Profile } from '../model/settings.ts';
import type { TaskIds } from '../provision/existing-tasks.ts';

/** As commander gives them; the configuration file has the same names. */
export interface RunOptions {
  readonly target?: string;
  /** More addresses of the same cluster. */
  readonly node?: readonly string[];
  /** Hosts that a redirect to the master may be followed to. */
  readonly followLeader?: readonly string[];
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
  /** Requests in found at once, and requests a second: at most. */
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
