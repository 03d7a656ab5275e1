/** How much of what a target says is read, looked into and kept, whatever it says. Every report states it. */
import { maxHeaderSize } from 'node:http';

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

export interface Limits {
  /** The head of an answer. A longer one is a lost answer. */
  readonly headBytesRead: number;
  /** Interim answers (1xx) to one request. One that more come to is lost: each costs more than its bytes. */
  readonly interimAnswersRead: number;
  /** One body, unzipped. */
  readonly bodyBytesRead: number;
  /** The bodies of a run together, as far as each is longer than `bodyBytesFree`. */
  readonly runBytesRead: number;
  /** So much of every body is read even where those before it have used up what a run may read. */
  readonly bodyBytesFree: number;
  /** How deep JSON may be nested: what compares and words values goes down into them, and would overflow. */
  readonly jsonDepth: number;
  /** How many values JSON may hold: parsed, a value takes some twenty times the memory of its text. */
  readonly jsonValues: number;
  /** A body that is recorded whole, as JSON text; of a longer one its beginning, its length and its hash. */
  readonly bodyBytesRecorded: number;
  /** The bodies of a run that are recorded whole, together with the heads that are. */
  readonly runBytesRecorded: number;
  /** So much of every head is recorded even where what was before it has used up what a run may record. */
  readonly headBytesFree: number;
}

const kiB = 2 ** 10;
const miB = 2 ** 20;

export const limits: Limits = {
  headBytesRead: maxHeaderSize,
  interimAnswersRead: 100,
  bodyBytesRead: 16 * miB,
  runBytesRead: 64 * miB,
  bodyBytesFree: 16 * kiB,
  jsonDepth: 1000,
  jsonValues: 250_000,
  bodyBytesRecorded: miB,
  runBytesRecorded: 16 * miB,
  headBytesFree: kiB,
};
