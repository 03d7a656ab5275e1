/** `npm run bench`: how fast and how big, as a table of medians with its bounds. Tests never assert speed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../harness/http/clock.ts';
import type { Report } from '../harness/model/report.ts';
import { type CrdbsOptions, instant } from '../harness/reference/crdbs-options.ts';
import { startReference } from '../harness/reference/reference.ts';
import { noDocker } from '../harness/testing/cli/images.ts';
import { containerOverheadS } from './container.ts';
import { type FleetCost, fleetCost } from './fleet.ts';
import { slowestAnswerMs } from './remembering.ts';
import { bigHtmlMB, bigHtmlReadMs, htmlMs, reportedMs, writtenMs } from './reporting.ts';
import { timed } from './validating.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-bench-'));
const peakFile = join(folder, 'peak');
const program = 'harness/cli.ts';

interface Ended {
  readonly seconds: number;
  readonly output: string;
}

/** @throws {Error} it ended with another exit code than 0 */
async function timeOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const start = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${output}`);
  return { seconds: (performance.now() - start) / 1000, output };
}

const node = (...args: readonly string[]) => timeOf(process.execPath, args);

async function peakMiB(): Promise<number> {
  await using target = await startReference({ clock: realClock(), epochMs: Date.now() });
  const where = ['--target', target.url, '--user', target.user, '--out', folder];
  await timeOf(process.execPath, ['--import', './bench/peak.ts', program, 'run', ...where], {
    PEAK_FILE: peakFile,
    CRDB_PASSWORD: target.password,
  });
  return Number(readFileSync(peakFile, 'utf8')) / 2 ** 20;
}

/** Of the last run of `npm start` above. */
const ordinary = (): Report => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));

/** How long a run on a cluster takes, as a process; by the control protocol where it has no databases. */
async function runSeconds(crdbs?: Partial<CrdbsOptions>): Promise<number> {
  const options = { clock: realClock(), epochMs: Date.now(), ...(crdbs ? { crdbs } : {}) };
  await using target = await startReference(options);
  const where = ['--target', target.url, '--user', target.user, '--out', join(folder, 'crdbs')];
  const by = ['--provision', crdbs ? 'crdbs' : 'control'];
  const env = { CRDB_PASSWORD: target.password };
  return (await timeOf(process.execPath, [program, 'run', ...where, ...by], env)).seconds;
}

async function timesParsing(): Promise<number> {
  const { parseMs, validateMs } = timed();
  return validateMs / parseMs;
}

let fleet: FleetCost | undefined;

const rows: readonly {
  readonly what: string;
  readonly unit: string;
  readonly bound: number;
  readonly runs: number;
  readonly measure: () => Promise<number>;
}[] = [
  {
    what: 'npm start, whole',
    unit: 's',
    bound: 8,
    runs: 3,
    measure: async () => (await timeOf('npm', ['start', '--', '--out', folder])).seconds,
  },
  {
    what: 'of that, waiting (what a run takes where answers take no time)',
    unit: 's',
    bound: 5,
    runs: 1,
    measure: async () => Number((await node('bench/simulation.ts')).output) / 1000,
  },
  {
    what: 'the same suites in simulated time, a process from start to end',
    unit: 's',
    bound: 2,
    runs: 5,
    measure: async () => (await node('bench/simulation.ts')).seconds,
  },
  {
    what: 'a run by crdbs whose operations take no time, whole',
    unit: '× control',
    bound: 2,
    runs: 3,
    measure: async () => (await runSeconds({ takesMs: instant })) / (await runSeconds()),
  },
  {
    what: '--help, a process from start to end',
    unit: 's',
    bound: 0.3,
    runs: 9,
    measure: async () => (await node(program, '--help')).seconds,
  },
  {
    what: 'validating a list of 100,000 tasks, nulls taken out',
    unit: '× JSON.parse',
    bound: 5,
    runs: 9,
    measure: timesParsing,
  },
  {
    what: 'report.html of an ordinary run',
    unit: 's',
    bound: 0.3,
    runs: 5,
    measure: async () => htmlMs(ordinary()) / 1000,
  },
  {
    what: 'all reports that an ordinary run writes, and their validation',
    unit: 's',
    bound: 0.5,
    runs: 5,
    measure: async () => writtenMs(ordinary()) / 1000,
  },
  {
    what: 'report.html of a run of 20,000 exchanges',
    unit: 'MB',
    bound: 5,
    runs: 1,
    measure: async () => bigHtmlMB(),
  },
  {
    what: 'that page opened and filtered in Chromium',
    unit: 's',
    bound: 1,
    runs: 3,
    measure: async () => (await bigHtmlReadMs(folder)) / 1000,
  },
  {
    what: 'every form of the report of a run of 15,000 checks and 30,000 exchanges',
    unit: 's',
    bound: 3,
    runs: 5,
    measure: async () => reportedMs(15_000) / 1000,
  },
  {
    what: 'the slowest question to a history of 10,000 runs × 60 clauses',
    unit: 's',
    bound: 0.2,
    runs: 1,
    measure: async () => slowestAnswerMs() / 1000,
  },
  {
    what: 'peak memory of the process of a run, target elsewhere',
    unit: 'MiB',
    bound: 300,
    runs: 3,
    measure: peakMiB,
  },
  {
    what: 'a fleet of 50 reference clusters on this machine',
    unit: '× one',
    bound: 3,
    runs: 1,
    measure: async () => {
      const one = await fleetCost(1);
      fleet = await fleetCost(50);
      return fleet.seconds / one.seconds;
    },
  },
  {
    what: 'peak memory of that',
    unit: 'MiB',
    bound: 1024,
    runs: 1,
    measure: async () => (fleet ?? (await fleetCost(50))).peakMiB,
  },
  ...(noDocker === undefined
    ? [
        {
          what: 'a container made, left and removed, beside the boot of its image',
          unit: 's',
          bound: 5,
          runs: 5,
          measure: containerOverheadS,
        },
      ]
    : []),
];

const shown = (value: number): string => value.toPrecision(3).replace(/\.0+$/, '');

console.log(`Medians on ${cpus().length} cores, Node ${process.versions.node}\n`);
console.log(`${'what'.padEnd(64)} ${'bound'.padStart(6)} ${'median'.padStart(7)}  unit`);
for (const { what, unit, bound, runs, measure } of rows) {
  const measured: number[] = [];
  for (let run = 0; run < runs; run++) measured.push(await measure());
  const median = measured.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
  const verdict = median <= bound ? 'ok' : 'NOT MET';
  console.log(
    `${what.padEnd(64)} ${shown(bound).padStart(6)} ${shown(median).padStart(7)}  ${unit.padEnd(12)}  ${verdict}`,
  );
}
rmSync(folder, { recursive: true });
