/** `npm run bench [-- PART OF A ROW'S NAME]`: times, sizes and memory as a table of medians with their bounds. Tests never assert speed. */
import { strictEqual } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { realClock } from '../harness/http/clock.ts';
import type { Report } from '../harness/model/report.ts';
import { type CrdbsOptions, instant, takingS } from '../harness/reference/crdbs-options.ts';
import { startReference } from '../harness/reference/reference.ts';
import { formats } from '../reports/formats.ts';
import { compare } from '../reports/history/compare.ts';
import { openHistory, readHistory } from '../reports/history/database.ts';
import { insertRun, newestOf, newestOfEach, pastRun, sinceWhen } from '../reports/history/runs.ts';
import { toHtml } from '../reports/html.ts';
import { bigReport, night } from '../reports/samples/sample.ts';
import { validateReport } from '../reports/validate.ts';
import { loadValidators } from '../spec/validators.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-bench-'));
const program = 'harness/cli.js';

interface ProcessCost {
  readonly seconds: number;
  readonly peakMiB: number;
  readonly output: string;
}

/** A process from start to end. @throws {Error} it ended with another exit code than 0 */
async function costOf(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ProcessCost> {
  const peakFile = join(folder, 'peak');
  const fromMs = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, PEAK_FILE: peakFile, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`);
  const seconds = (performance.now() - fromMs) / 1000;
  const peakMiB = args.includes('--import') ? Number(readFileSync(peakFile, 'utf8')) / 2 ** 20 : Number.NaN;
  return { seconds, peakMiB, output };
}

const nodeProcess = (args: readonly string[], env?: NodeJS.ProcessEnv): Promise<ProcessCost> =>
  costOf(process.execPath, args, env);

const login = { user: 'somebody', password: 'a-password' };
const startTarget = (crdbs?: Partial<CrdbsOptions>) =>
  startReference({ clock: realClock(), epochMs: Date.now(), ...login, ...(crdbs ? { crdbs } : {}) });
const measuredRun = (...args: readonly string[]): Promise<ProcessCost> =>
  nodeProcess(['--import', './bench/peak.ts', program, 'run', ...args], { CRDB_PASSWORD: login.password });

/** A run on a target in this process, by crdbs where its cluster has databases. */
async function oneRun(crdbs?: Partial<CrdbsOptions>, ...more: readonly string[]): Promise<ProcessCost> {
  await using target = await startTarget(crdbs);
  const where = ['--target', target.url, '--user', login.user, '--out', join(folder, 'one')];
  const cost = await measuredRun(...where, '--provision', crdbs ? 'crdbs' : 'control', ...more);
  const left = target.side?.databases.shown().length ?? 0;
  if (left > 0) throw new Error(`${left} databases are left`);
  return cost;
}

/** Runs by crdbs on a cluster whose operations take so many seconds: duration, and what is proven. */
const clusterRuns: readonly BenchRow[] = [
  { operationS: 1, bound: 180, profile: 'quick' },
  { operationS: 6, bound: 360, profile: 'quick' },
  { operationS: 1, bound: 700, profile: 'full' },
].map(({ operationS, bound, profile }) => ({
  what: `a run by crdbs, operations of ${operationS} s, ${profile}`,
  unit: 's',
  bound,
  runs: 1,
  slow: true,
  async measure() {
    const { seconds } = await oneRun({ takesMs: takingS(operationS) }, '--profile', profile);
    const { summary }: Report = JSON.parse(readFileSync(join(folder, 'one/report.json'), 'utf8'));
    const { proven, broken, total } = summary.must;
    console.log(`  ${proven} of ${total} must clauses proven, ${broken} broken, no database left`);
    return seconds;
  },
}));

/** A fleet of targets in this process. */
async function fleetRun(count: number): Promise<ProcessCost> {
  const servers = await Promise.all(Array.from({ length: count }, () => startTarget()));
  try {
    const targets = servers.map(({ url }, index) => ({ name: `t${index}`, target: url }));
    const config = join(folder, 'fleet.yaml');
    writeFileSync(config, JSON.stringify({ user: login.user, requireComplete: true, targets }));
    return await measuredRun('--config', config, '--out', join(folder, 'fleet'));
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}
let fleet: Promise<ProcessCost> | undefined;
const fleetOf50 = (): Promise<ProcessCost> => {
  fleet ??= fleetRun(50);
  return fleet;
};

/** Of the last `npm start`, the first row. */
const reportFile = join(folder, 'report.json');
const ordinaryReport = (): Report => JSON.parse(readFileSync(reportFile, 'utf8'));

function secondsOf(work: () => unknown): number {
  const fromMs = performance.now();
  work();
  return (performance.now() - fromMs) / 1000;
}

const statuses = ['queued', 'started', 'finished', 'failed'];
const hundredThousandTasks = (): string =>
  JSON.stringify(
    Array.from({ length: 100_000 }, (_, index) => ({
      id: `7d1f3a52-0000-4000-8000-${String(index).padStart(12, '0')}`,
      crdb_guid: 'e1a1f8b2-7c5d-4b0e-9a43-5d2f0c9b7a11',
      status: statuses[index % statuses.length],
      started: '2025-01-01T00:00:00Z',
      ended: '2025-01-01T00:01:40Z',
      errors: index % 4 === 3 ? [{ cluster_name: 'a', description: 'lost', error_code: 'gone' }] : [],
    })),
  );

/** Validating, as a multiple of parsing the same bytes. */
function validating(): number {
  const bytes = hundredThousandTasks();
  const validators = loadValidators();
  let parsed: unknown;
  const parseS = secondsOf(() => {
    parsed = JSON.parse(bytes);
  });
  const validateS = secondsOf(() =>
    strictEqual(validators.validate('list', 200, validators.withoutNulls(parsed).value).length, 0),
  );
  return validateS / parseS;
}

const nights = 10_000;
const clauses = Array.from({ length: 60 }, (_, index) => `suite.clause-${index}`);
/** The first clause fails every week; the last ten have failed since the first night. */
const nightReport = (number: number): Report =>
  night(number, {
    clauses: Object.fromEntries(
      clauses.map((id, index) => [id, index >= 50 || (index === 0 && number % 7 === 0) ? 'fail' : 'pass']),
    ),
  });

/** Of the questions that `history`, `compare`, `site` and a run ask, the slowest. */
function slowestHistoryQuestion(): number {
  const file = join(folder, 'history.db');
  {
    using history = openHistory(file);
    history.write((db) => {
      for (let number = 1; number <= nights; number++) insertRun(db, nightReport(number));
    });
  }
  const [first, last] = [pastRun(nightReport(1)), pastRun(nightReport(nights))];
  using history = readHistory(file);
  return history.read((db) =>
    Math.max(
      secondsOf(() => newestOfEach(db)),
      secondsOf(() => newestOf(db, last.target, 60)),
      secondsOf(() => sinceWhen(db, last)),
      secondsOf(() => compare(first, last)),
    ),
  );
}

interface BenchRow {
  readonly what: string;
  readonly unit: string;
  readonly bound: number;
  readonly runs: number;
  /** It takes minutes: measured only where its name is asked for. */
  readonly slow?: true;
  readonly measure: () => number | Promise<number>;
}

const rows: readonly BenchRow[] = [
  {
    what: 'npm start',
    unit: 's',
    bound: 8,
    runs: 3,
    measure: async () => (await costOf('npm', ['start', '--', '--out', folder])).seconds,
  },
  {
    what: 'of that, waiting (the time of the same run in simulated time)',
    unit: 's',
    bound: 5,
    runs: 1,
    measure: async () => Number((await nodeProcess(['bench/simulation.ts'])).output) / 1000,
  },
  {
    what: 'the same suites in simulated time, a process from start to end',
    unit: 's',
    bound: 2,
    runs: 5,
    measure: async () => (await nodeProcess(['bench/simulation.ts'])).seconds,
  },
  {
    what: 'a run by crdbs whose operations take no time',
    unit: '× control',
    bound: 2,
    runs: 3,
    measure: async () => (await oneRun({ takesMs: instant })).seconds / (await oneRun()).seconds,
  },
  ...clusterRuns,
  {
    what: '--help, a process from start to end',
    unit: 's',
    bound: 0.3,
    runs: 9,
    measure: async () => (await nodeProcess([program, '--help'])).seconds,
  },
  {
    what: 'peak memory of a run, target in another process',
    unit: 'MiB',
    bound: 300,
    runs: 3,
    measure: async () => (await oneRun()).peakMiB,
  },
  {
    what: 'validating a list of 100,000 tasks',
    unit: '× JSON.parse',
    bound: 5,
    runs: 9,
    measure: validating,
  },
  {
    what: 'judging an ordinary report again, a process from start to end',
    unit: 's',
    bound: 3,
    runs: 5,
    measure: async () => (await nodeProcess([program, 'judge', reportFile])).seconds,
  },
  {
    what: 'the reports that every run writes, and their validation',
    unit: 's',
    bound: 0.5,
    runs: 5,
    measure: () => {
      const report = ordinaryReport();
      return secondsOf(() => {
        for (const id of ['json', 'junit', 'html'] as const) formats[id].render(report);
        validateReport(report);
      });
    },
  },
  {
    what: 'every form of the report of 15,000 checks and 30,000 exchanges',
    unit: 's',
    bound: 3,
    runs: 5,
    measure: () => {
      const report = bigReport(15_000);
      return secondsOf(() => Object.values(formats).map(({ render }) => render(report)));
    },
  },
  {
    what: 'report.html of a run of 20,000 exchanges',
    unit: 'MB',
    bound: 5,
    runs: 1,
    measure: () => Buffer.byteLength(toHtml(bigReport(10_000))) / 1e6,
  },
  {
    what: 'the slowest question to a history of 10,000 runs × 60 clauses',
    unit: 's',
    bound: 0.2,
    runs: 1,
    measure: slowestHistoryQuestion,
  },
  {
    what: 'a fleet of 50 reference clusters on this machine',
    unit: '× one',
    bound: 3,
    runs: 1,
    measure: async () => (await fleetOf50()).seconds / (await fleetRun(1)).seconds,
  },
  {
    what: 'peak memory of that fleet',
    unit: 'MiB',
    bound: 1024,
    runs: 1,
    measure: async () => (await fleetOf50()).peakMiB,
  },
];

const shown = (value: number): string => value.toPrecision(3).replace(/\.0+$/, '');

console.log(`Medians on ${cpus().length} cores, Node ${process.versions.node}\n`);
console.log(`${'what'.padEnd(64)} ${'bound'.padStart(6)} ${'median'.padStart(7)}  unit`);
const [wanted = ''] = process.argv.slice(2);
const chosen = rows.filter((row) => row.what.includes(wanted) && (wanted !== '' || !row.slow));
for (const { what, unit, bound, runs, measure } of chosen) {
  const measured: number[] = [];
  for (let run = 0; run < runs; run++) measured.push(await measure());
  const median = measured.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
  const verdict = median <= bound ? 'ok' : 'NOT MET';
  console.log(
    `${what.padEnd(64)} ${shown(bound).padStart(6)} ${shown(median).padStart(7)}  ${unit.padEnd(12)}  ${verdict}`,
  );
}
rmSync(folder, { recursive: true });
