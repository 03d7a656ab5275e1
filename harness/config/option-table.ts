/**
 * Every option of `run`, declared once: type, flag, environment variable, key of the configuration file, default and
 * help. The flags, the types, the JSON Schema of the file and the printed configuration follow from these rows.
 *
 * To add an option, add a row to its group and read it where it matters (`options.x`).
 */
import { edition } from '../../spec/contract.ts';
import { defaultDatabases, defaultSettings, profiles } from '../model/settings.ts';
import type { OptionRow } from './option-row.ts';

type Rows = Readonly<Record<string, OptionRow>>;

const target = {
  target: {
    kind: 'text',
    flag: '--target <url>',
    help: 'URL of the server to test',
    defaultText: 'the reference cluster of this program',
    env: 'CRDB_TARGET',
  },
  node: {
    kind: 'texts',
    flag: '--node <url...>',
    help: 'more nodes of the cluster; the run uses the first one that is not a follower',
  },
  contract: {
    wholeRun: true,
    kind: 'text',
    flag: '--contract <edition>',
    help: 'edition of the docs to test against: its name, latest, or a folder from `spec generate`',
    default: edition,
    env: 'CRDB_CONTRACT',
  },
  container: {
    kind: 'text',
    flag: '--container <image>',
    help: 'Redis Software image to start, test with --provision crdbs, and remove',
    inLibrary: false,
  },
  config: {
    kind: 'text',
    flag: '--config <file>',
    help: 'configuration file with these options, in YAML or TypeScript',
    defaultText: 'crdb-conformance.config.yaml in the working folder, if it exists',
    inFile: false,
  },
} as const satisfies Rows;

const credentials = {
  user: { kind: 'text', flag: '--user <name>', help: 'user name for Basic authentication', env: 'CRDB_USER' },
  passwordFrom: {
    kind: 'text',
    flag: '--password-from <source>',
    help: 'source of the password: env:NAME, file:PATH, cmd:COMMAND, or - for standard input',
    defaultText: 'env:CRDB_PASSWORD',
  },
  auth: {
    kind: 'switch',
    flag: '--no-auth',
    help: 'the target needs no credentials; the auth clauses are skipped',
    default: true,
    inLibrary: false,
  },
  ca: {
    kind: 'text',
    flag: '--ca <file>',
    help: 'PEM file of the authority that signed the server certificate',
  },
  cert: { kind: 'text', flag: '--cert <file>', help: 'PEM file of the client certificate' },
  key: {
    kind: 'text',
    flag: '--key <file>',
    help: 'PEM file of the key of --cert; CRDB_KEY_PASSPHRASE holds its passphrase, if it has one',
  },
  insecure: { kind: 'switch', flag: '--insecure', help: 'accept any certificate, also a self-signed one' },
  proxy: {
    kind: 'text',
    flag: '--proxy <url>',
    help: 'HTTP proxy for requests to the target',
    defaultText: 'HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY excludes the target',
  },
  followLeader: {
    kind: 'texts',
    flag: '--follow-leader <host...>',
    help: 'hosts, or host:port, that a 307 redirect may lead to; no other host gets the credentials',
  },
} as const satisfies Rows;

const tasks = {
  provision: {
    kind: ['control', 'crdbs', 'fixed', 'command', 'none'],
    flag: '--provision <how>',
    help: 'how the run gets its tasks',
    defaultText: 'control if the target supports it, else none',
  },
  crdb: {
    kind: 'text',
    flag: '--crdb <guid>',
    help: 'database for the tasks of --provision crdbs; its configuration does not change',
    defaultText: 'small test databases, deleted at the end',
    excludes: ['databases'],
  },
  databases: {
    kind: 'count',
    flag: '--databases <n>',
    help: 'test databases that --provision crdbs makes, of one shard each; more make a run shorter',
    default: defaultDatabases,
  },
  command: {
    kind: 'text',
    flag: '--command <program>',
    help: 'shell command for --provision command: it gets a phase, makes a task and prints {"id":"…"}',
  },
  readOnly: {
    kind: 'switch',
    flag: '--read-only',
    help: 'send no request that could change anything',
    inLibrary: false,
  },
  allowForce: {
    kind: 'switch',
    flag: '--allow-force',
    help: 'test forced cancels in the commit phase, which can break a real database',
  },
  dryRun: {
    kind: 'switch',
    flag: '--dry-run',
    help: 'show the requests that the run would send, and send none',
    inFile: false,
  },
  tasks: { kind: 'tasks', help: 'task ids by phase, for `provision: fixed`' },
} as const satisfies Rows;

const judgement = {
  profile: {
    wholeRun: true,
    kind: profiles,
    flag: '--profile <profile>',
    help: 'quick: least waiting; full: repeats checks and waits for real expiry; nightly: full, and again after a minute',
    default: defaultSettings.profile,
  },
  clause: {
    wholeRun: true,
    kind: 'texts',
    flag: '--clause <id...>',
    help: 'clauses to test, by id or by prefix such as cancel; their positive controls run too',
    defaultText: 'all',
  },
  explore: {
    wholeRun: true,
    kind: 'seconds',
    flag: '--explore <seconds>',
    help: 'seconds of random scripts on tasks of the run; what breaks the contract is shrunk to a few steps',
    defaultText: '10 in full, 30 in nightly, else none',
  },
  replay: {
    wholeRun: true,
    kind: 'text',
    flag: '--replay <script>',
    help: "run one script instead of the suites, such as 'create 0 queued; cancel 0; read 0 verbose'",
    excludes: ['clause', 'explore'],
  },
  seed: {
    wholeRun: true,
    kind: 'whole',
    flag: '--seed <n>',
    help: 'number that fixes the order of the checks and the scripts of --explore',
    default: defaultSettings.seed,
  },
  strict: { wholeRun: true, kind: 'switch', flag: '--strict', help: 'treat a warning as non-conformant' },
  requireComplete: {
    wholeRun: true,
    kind: 'switch',
    flag: '--require-complete',
    help: 'exit with 4 if a must clause is not proven',
    inLibrary: false,
  },
  expectations: {
    wholeRun: true,
    kind: 'text',
    flag: '--expectations <file>',
    help: 'YAML file of known failures, which do not fail the run',
  },
} as const satisfies Rows;

const limits = {
  timeoutS: {
    kind: 'seconds',
    flag: '--timeout-s <seconds>',
    help: 'seconds to wait for a response',
    default: defaultSettings.timeoutS,
  },
  graceS: {
    kind: 'seconds from 0',
    flag: '--grace-s <seconds>',
    help: 'seconds that a task may outlive its retention',
    default: defaultSettings.graceS,
  },
  settleS: {
    kind: 'seconds',
    flag: '--settle-s <seconds>',
    help: 'seconds that an effect, such as a cancel, may take to show',
    default: defaultSettings.settleS,
  },
  maxDurationS: {
    wholeRun: true,
    kind: 'seconds',
    flag: '--max-duration-s <seconds>',
    help: 'seconds that the whole run may take',
    defaultText: 'no limit',
  },
  maxRps: { kind: 'rate', flag: '--max-rps <n>', help: 'most requests per second', defaultText: 'no limit' },
  concurrency: {
    kind: 'count',
    flag: '--concurrency <n>',
    help: 'most requests in flight at once; never more than 3 where an account can be locked',
    defaultText: 'up to 128 on a mock that keeps up, else 3',
  },
} as const satisfies Rows;

const reports = {
  out: {
    neutral: true,
    kind: 'text',
    flag: '--out <dir>',
    help: 'folder for the reports and the journal',
    default: 'reports/out',
  },
  history: {
    neutral: true,
    kind: 'text',
    flag: '--history <file>',
    help: 'file that keeps the results of all runs',
    inLibrary: false,
  },
} as const satisfies Rows;

const fleet = {
  shard: {
    neutral: true,
    kind: 'text',
    flag: '--shard <i/n>',
    help: 'test part i of n of the targets; `merge` joins the parts',
    defaultText: 'all targets',
    inLibrary: false,
  },
  targetsAtOnce: {
    neutral: true,
    kind: 'count',
    flag: '--targets-at-once <n>',
    help: 'targets tested at the same time',
    default: 16, // with so many, no verdict changed on two cores
    inLibrary: false,
  },
  targets: {
    wholeRun: true,
    kind: 'targets',
    help: 'targets of a fleet, each with a name and options of its own; `--target` overrides them',
    inLibrary: false,
  },
} as const satisfies Rows;

/** The groups in the order of the help. */
export const optionGroups: Readonly<Record<string, Rows>> = {
  Target: target,
  Credentials: credentials,
  Tasks: tasks,
  Judgement: judgement,
  Limits: limits,
  Reports: reports,
  Fleet: fleet,
};

export const optionTable = {
  ...target,
  ...credentials,
  ...tasks,
  ...judgement,
  ...limits,
  ...reports,
  ...fleet,
};

/** The rows with their keys, in the order of the help. */
export const optionRows: readonly (readonly [key: string, row: OptionRow])[] = Object.entries(optionTable);
