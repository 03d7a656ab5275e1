/** The settings of a run, the limits on what it reads and records of responses, and orders by its seed. */

export const profiles = ['quick', 'full', 'nightly'] as const;
export type Profile = (typeof profiles)[number];

export interface Settings {
  readonly profile: Profile;
  /** How long a response may take. */
  readonly timeoutS: number;
  /** How late a status may expire: servers count whole seconds and reap in intervals. */
  readonly graceS: number;
  /** How long an effect may take to show. */
  readonly settleS: number;
  /** The longest duration of the run; undefined: no limit. */
  readonly maxDurationS?: number;
  /** The most requests in flight; undefined: as many as are safe for the target. */
  readonly concurrency?: number;
  /** The most requests a second; undefined: no limit. */
  readonly maxRps?: number;
  /** For how long random scripts are tried; undefined: not at all. */
  readonly exploreS?: number;
  /** The one script to run instead of the suites. */
  readonly replay?: string;
  /** Allows forced cancels in the commit phase. */
  readonly allowForce: boolean;
  /** The seed of everything random. */
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

/** Test databases on a real cluster: each works on one operation at a time. */
export const defaultDatabases = 2;

/** Between two looks at tasks that move by themselves, in all: five a second. Where an operation takes less than a second, five in its time. */
export const pollGapMs = 200;

/** On a mock, where tasks cost nothing and no account is locked: at first, and where it bears them. */
export const inFlightAtFirst = 16;
const inFlightOnMocks = 128;
/** Together with the one that may follow a refusal, fewer than the bad logins that lock an account. */
const inFlightElsewhere = 3;

/** The most requests in flight. @param isMock whether the target speaks the task control protocol */
export const concurrencyOn = (isMock: boolean, { concurrency }: Pick<Settings, 'concurrency'>): number =>
  isMock ? (concurrency ?? inFlightOnMocks) : Math.min(concurrency ?? inFlightElsewhere, inFlightElsewhere);

/** A bound of the contract: how long the status of a completed task is kept. Source: requests/crdb_tasks#get-crdb_task */
export const defaultRetentionS = 500;

/** A check that proves that nothing happens watches for at least this long. */
export const leastWatchMs = 2000;

export interface Limits {
  /** The head of a response. A response with a longer one is lost. */
  readonly headBytesRead: number;
  /** Interim responses (1xx) to one request. With more of them, the response is lost. */
  readonly interimAnswersRead: number;
  /** One body, unzipped. */
  readonly bodyBytesRead: number;
  /** The bodies of a run together, as far as each is longer than `bodyBytesFree`. */
  readonly runBytesRead: number;
  /** This much of every body is read, also after the limit of the run. */
  readonly bodyBytesFree: number;
  /** How deep JSON may be nested: comparison is recursive and would overflow the stack. */
  readonly jsonDepth: number;
  /** How many values JSON may contain: a parsed value needs about twenty times the memory of its text. */
  readonly jsonValues: number;
  /** A body that is recorded whole, as JSON text; of a longer one its beginning, its length and its hash. */
  readonly bodyBytesRecorded: number;
  /** The bodies of a run that are recorded whole, together with the heads that are. */
  readonly runBytesRecorded: number;
  /** This much of every head is recorded, also after the limit of the run. */
  readonly headBytesFree: number;
}

const kiB = 2 ** 10;
const miB = 2 ** 20;

export const limits: Limits = {
  /** Node's own limit. The module takes longer to load than all of `--help`. */
  get headBytesRead() {
    return process.getBuiltinModule('node:http').maxHeaderSize;
  },
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

/** Mulberry32: small, and good enough to mix some hundred checks. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same things in an order that depends on the seed alone. */
export function shuffled<Thing>(things: readonly Thing[], seed: number): readonly Thing[] {
  const draw = random(seed);
  return things
    .map((thing) => ({ thing, place: draw() }))
    .sort((a, b) => a.place - b.place)
    .map(({ thing }) => thing);
}
