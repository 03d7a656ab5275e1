/** What is measured: each row with its bound. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { realClock } from '../harness/http/clock.ts';
import type { Report } from '../harness/model/report.ts';
import { type CrdbsOptions, instant, takingS } from '../harness/reference/crdbs-options.ts';
import { defaultLogin, startReference } from '../harness/reference/reference.ts';
import { bigReport } from '../harness/testing/reports/sample.ts';
import { formats } from '../reports/formats.ts';
import { toHtml } from '../reports/html.ts';
import { validateReport } from '../reports/validate.ts';
import { secondsOf, slowestHistoryQuestion, validating } from './in-process.ts';
import { oracleRows } from './oracle.ts';
import {
  type BenchRow,
  costOf,
  fleetRun,
  folder,
  measuredRun,
  nodeProcess,
  program,
  runOn,
} from './processes.ts';
import { soakRow } from './soak.ts';
import { trafficRows } from './traffic.ts';

/** Of the last `npm start`, the first row. */
const reportFile = join(folder, 'report.json');
const ordinaryReport = (): Report => JSON.parse(readFileSync(reportFile, 'utf8'));

let fleetPeakMiB: number | undefined;

/** A run on a target in this process, by crdbs where its cluster has databases. */
async function secondsByCrdbs(crdbs?: Partial<CrdbsOptions>, ...more: readonly string[]): Promise<number> {
  await using target = await startReference({
    clock: realClock(),
    epochMs: Date.now(),
    ...defaultLogin,
    ...(crdbs ? { crdbs } : {}),
  });
  const where = ['--target', target.url, '--user', defaultLogin.user, '--out', join(folder, 'one')];
  const { seconds } = await measuredRun(...where, '--provision', crdbs ? 'crdbs' : 'control', ...more);
  const left = target.side?.databases.shown().length ?? 0;
  if (left > 0) throw new Error(`${left} databases are left`);
  return seconds;
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
    const seconds = await secondsByCrdbs({ takesMs: takingS(operationS) }, '--profile', profile);
    const { summary }: Report = JSON.parse(readFileSync(join(folder, 'one/report.json'), 'utf8'));
    const { proven, broken, total } = summary.must;
    console.log(`  ${proven} of ${total} must clauses proven, ${broken} broken, no database left`);
    return seconds;
  },
}));

/** What one more target costs, in seconds of CPU time of both sides for 1,200 exchanges. */
async function cpuOfTarget(): Promise<number> {
  const others = 5;
  const cpuS = ({ cpuS, serverCpuS }: { readonly cpuS: number; readonly serverCpuS: number }) =>
    cpuS + serverCpuS;
  const [many, one] = [await fleetRun(1 + others), await fleetRun(1)];
  const { exchanges }: Report = JSON.parse(readFileSync(join(folder, 'fleet/t0/report.json'), 'utf8'));
  return ((cpuS(many) - cpuS(one)) / others / exchanges.length) * 1200;
}

const failing = async (...args: readonly string[]): Promise<number> =>
  (await measuredRun(...args, '--user', defaultLogin.user, '--out', join(folder, 'failing'))).seconds;

/** A server that accepts connections and never answers. */
async function secondsOnSilence(): Promise<number> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const seconds = await failing('--target', `http://127.0.0.1:${port}`, '--timeout-s', '5');
  server.close();
  return seconds;
}

export const rows: readonly BenchRow[] = [
  {
    what: 'npm start',
    unit: 's',
    bound: 5.6,
    runs: 5,
    measure: async () => (await costOf('npm', ['start', '--', '--out', folder])).seconds,
  },
  {
    what: 'of that, waiting (the time of the same run in simulated time)',
    unit: 's',
    bound: 4.1,
    runs: 1,
    measure: async () => Number((await nodeProcess(['bench/matrix.ts', 'waiting'])).output) / 1000,
  },
  {
    what: '--help, a process from start to end',
    unit: 's',
    bound: 0.12,
    runs: 9,
    measure: async () => (await nodeProcess([program, '--help'])).seconds,
  },
  {
    what: 'a conformant server that answers after 20 to 170 ms',
    unit: 's',
    bound: 9,
    runs: 5,
    measure: async () => (await runOn('delayed')).seconds,
  },
  {
    what: 'a server on which one cancel cancels all',
    unit: 's',
    bound: 25,
    runs: 5,
    measure: async () => (await runOn('cancels-all')).seconds,
  },
  {
    what: 'a server whose ended tasks flap between two states',
    unit: 's',
    bound: 25,
    runs: 5,
    measure: async () => (await runOn('flapping')).seconds,
  },
  {
    what: 'the slowest mutant, quick profile, in simulated time',
    unit: 's',
    bound: 30,
    runs: 1,
    measure: async () => Number.parseFloat((await nodeProcess(['bench/matrix.ts', 'slowest'])).output) / 1000,
  },
  {
    what: 'the fast kill matrix, one thread',
    unit: 's',
    bound: 25,
    runs: 5,
    measure: async () => (await nodeProcess(['bench/matrix.ts', 'quick'])).seconds,
  },
  {
    what: 'a target that refuses connections',
    unit: 's',
    bound: 1,
    runs: 5,
    measure: () => failing('--target', 'http://127.0.0.1:1'),
  },
  {
    what: 'a target whose name is unknown',
    unit: 's',
    bound: 1,
    runs: 5,
    measure: () => failing('--target', 'http://no-such-host.invalid'),
  },
  {
    what: 'a target that stays silent, timeout 5 s',
    unit: 's',
    bound: 7,
    runs: 5,
    measure: secondsOnSilence,
  },
  {
    what: 'CPU time of one more target, both sides, for 1,200 exchanges',
    unit: 's',
    bound: 0.6,
    runs: 5,
    measure: cpuOfTarget,
  },
  {
    what: 'peak memory of a run, target in another process',
    unit: 'MiB',
    bound: 160,
    runs: 5,
    measure: async () => (await runOn('reference')).peakMiB,
  },
  {
    what: 'a fleet of 50 reference clusters on this machine',
    unit: '× one',
    bound: 2.5,
    runs: 5,
    async measure() {
      const fleet = await fleetRun(50);
      fleetPeakMiB = fleet.peakMiB;
      return fleet.seconds / (await fleetRun(1)).seconds;
    },
  },
  {
    what: 'peak memory of that fleet',
    unit: 'MiB',
    bound: 1024,
    runs: 1,
    measure: async () => fleetPeakMiB ?? (await fleetRun(50)).peakMiB,
  },
  {
    what: 'a run by crdbs whose operations take no time',
    unit: '× control',
    bound: 2,
    runs: 5,
    measure: async () => (await secondsByCrdbs({ takesMs: instant })) / (await secondsByCrdbs()),
  },
  ...clusterRuns,
  ...oracleRows,
  ...trafficRows,
  soakRow,
  {
    what: 'validating a list of 100,000 tasks',
    unit: '× JSON.parse',
    bound: 1.5,
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
        for (const id of ['json', 'junit', 'html'] as const) formats[id](report);
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
      return secondsOf(() => Object.values(formats).map((render) => render(report)));
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
];
