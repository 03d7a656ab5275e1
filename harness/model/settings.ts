/** How a run judges and how long it waits. Each says which it is: a bound of the contract, or mere patience. */
export const profiles = ['quick', 'full', 'nightly'] as const;
export type Profile = (typeof profiles)[number];

export interface Settings {
  readonly profile: Profile;
  /** Patience for one answer. */
  readonly timeoutS: number;
  /** Patience with second-granular clocks and reapers after an expiry. */
  readonly graceS: number;
  /** Patience for an effect to show. */
  readonly settleS: number;
  /** Patience for the whole run; undefined: none is set. */
  readonly maxDurationS?: number;
  /** Requests in found at once, at most; undefined: as many as are safe for that target. */
  readonly concurrency?: number;
  /** Requests a second, at most; undefined: as fast as they come. */
  readonly maxRps?: number;
  /** Where a forced cancel in the commit phase may run. */
  readonly allowForce: boolean;
  /** For what is drawn at random. */
  readonly seed: number;
}

export const defaultSettings: Settings = {
  profile: 'quick',
  timeoutS: 10,
  graceS: 2,
  settleS: 10,
  allowForce: false,
  seed: 1,
};

/** On a mock, where tasks cost nothing and no account is locked. */
const inFlightOnMocks = 16;
/** With the one that may follow a refusal, fewer than the bad logins that lock an account. */
const inFlightElsewhere = 3;

/** Requests in found at once. @param isMock whether the target speaks the task control protocol */
export const concurrencyOn = (isMock: boolean, { concurrency }: Pick<Settings, 'concurrency'>): number =>
  isMock ? (concurrency ?? inFlightOnMocks) : Math.min(concurrency ?? inFlightElsewhere, inFlightElsewhere);

/** A bound of the contract: how long the status of a completed task is kept. Source: requests/crdb_tasks#get-crdb_task */
export const defaultRetentionS = 500;

/** No effect is proven by watching for at least so long. */
export const leastWatchMs = 2000;
