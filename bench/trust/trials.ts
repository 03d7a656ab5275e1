/** What every proof is made of: one run on one server, in this process or by the program in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { realClock } from '../../harness/http/clock.ts';
import { semaphore } from '../../harness/http/environment.ts';
import { codeRoot, pathOf } from '../../harness/model/package.ts';
import { phases } from '../../harness/model/task.ts';
import type { CheckRecord } from '../../harness/model/verdict.ts';
import { controlProvisioner } from '../../harness/provision/control.ts';
import type { CrdbsOptions } from '../../harness/reference/crdbs-options.ts';
import { type Reference, type RulesInTime, startReference } from '../../harness/reference/reference.ts';
import { readSuites } from '../../harness/run/clause.ts';
import { gather, judgeRun } from '../../harness/run/report.ts';
import { type SimulatedServer, simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';
import { loadRegister } from '../../spec/register.ts';
import { type NetworkFaults, startFaultyNetwork } from './network.ts';

/** A claim about the verdicts, and the trials that could refute it. */
export interface Proof {
  /** As in `npm run trust -- --only NAME`. */
  readonly name: string;
  /** What holds, as one sentence without its full stop. */
  readonly shows: string;
  /** How many trials `npm run trust` makes. */
  readonly full: number;
  /** The fewest trials that still show something: `--smallest`, and the tests. */
  readonly smallest: number;
  /** True: its smallest version needs no network and takes a second or two. It runs in `npm test`. */
  readonly quick?: true;
  readonly seed: number;
  /** Rejects only where the trial itself breaks. */
  readonly prove: (size: number, seed: number) => Promise<Proven>;
}

export interface Proven {
  /** What was measured, in one line with its numbers. */
  readonly measured: string;
  /** What speaks against the claim, a line each. Empty: it holds. */
  readonly against: readonly string[];
  /** What each trial gave, where each is a claim of its own. */
  readonly rows?: readonly string[];
}

export interface Attack {
  /** What the attacker tries, as a clause: `a forged resource log names a foreign database`. */
  readonly name: string;
  /**
   * Does it, with a folder of its own.
   * @returns what the attacker gained, a line each; empty where the program held
   */
  readonly attempt: (folder: string) => Promise<readonly string[]>;
}

/** The line, if the condition holds: what an attempt returns is made of these. */
export const gained = (happened: boolean, line: string): readonly string[] => (happened ? [line] : []);

export interface RunOnServer {
  readonly seed: number;
  /** The contract where it is left out. */
  readonly rules?: RulesInTime;
  /** Present: tasks come about by the operations of a cluster with these options; else by the control protocol. */
  readonly crdbs?: Partial<CrdbsOptions>;
  /** True: over HTTP. Real time and network faults imply it. */
  readonly overHttp?: boolean;
  readonly realTime?: boolean;
  /** Between the run and the server, in real time. */
  readonly faults?: NetworkFaults;
  readonly profile?: 'quick' | 'full' | 'nightly';
}

/** Runs all suites on a server of ours, in this process. */
export async function runOnServer(trial: RunOnServer) {
  const { seed, rules, crdbs, overHttp = false, faults, profile = 'quick' } = trial;
  const realTime = trial.realTime === true || faults !== undefined;
  let tasksLeft = (): number => 0;
  const events = await simulate(
    async (clock) => {
      const options = { clock, ...(rules ? { rules } : {}), ...(crdbs ? { crdbs } : {}) };
      if (!overHttp && !realTime) return withoutNetwork(options);
      const server = await startReference(options);
      tasksLeft = () => server.tasks.size;
      return faults ? await behindNetwork(server, faults, seed) : server;
    },
    {
      time: realTime ? 'real' : 'simulated',
      settings: { seed, profile },
      ...(crdbs ? { crdbs: {} } : {}),
      // The answer that offers the control protocol could be lost: the offer is known here.
      ...(faults ? { provisioner: (requester) => controlProvisioner(requester, offered) } : {}),
    },
  );
  const { checks, exchanges } = gather(events);
  const suites = await readSuites();
  const judgement = judgeRun(checks, [...suites.keys()], loadRegister(), { strict: false });
  const { verdict, summary, clauseVerdicts } = judgement;
  const clausesWith = (wanted: string): readonly string[] =>
    [...clauseVerdicts].filter(([, found]) => found === wanted).map(([id]) => id);
  return {
    verdict,
    summary,
    checks,
    exchanges,
    failed: clausesWith('fail'),
    warned: clausesWith('warn'),
    /** Why the run ended early, or what it could not remove from the cluster. */
    cutShort: events.flatMap((event) => (event.type === 'cut-short' ? [event.reason] : [])),
    tasksLeft: tasksLeft(),
  };
}

const offered = { phases: new Set(phases), age: true, cancelFailure: true };

async function behindNetwork(
  server: Reference,
  faults: NetworkFaults,
  seed: number,
): Promise<SimulatedServer> {
  const network = await startFaultyNetwork(Number(new URL(server.url).port), faults, seed);
  return {
    url: `http://127.0.0.1:${network.port}`,
    user: server.user,
    password: server.password,
    async close() {
      await network[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

export const describeCheck = ({ verdict, clause, name, reason }: CheckRecord): string =>
  `${verdict} ${clause} (${name}): ${reason}`;

/** A reference cluster in this process, in real time, for the program to test. */
export const startTarget = (options: Pick<RunOnServer, 'crdbs' | 'rules'> = {}): Promise<Reference> =>
  startReference({ clock: realClock(), epochMs: Date.now(), ...options });

/** Starts the program. Its output is thrown away: what counts are its exit code and its files. */
export const startProgram = (args: readonly string[], password = ''): ChildProcess =>
  spawn(process.execPath, [pathOf(new URL('harness/cli.js', codeRoot)), ...args], {
    env: { ...process.env, CRDB_PASSWORD: password },
    stdio: 'ignore',
  });

/** The same, with no file larger than so many KiB, as on a disk that is full. */
export const startLimited = (args: readonly string[], password: string, kib: number): ChildProcess =>
  spawn(
    'bash',
    [
      '-c',
      `ulimit -f ${kib}; exec "$@"`,
      'bash',
      process.execPath,
      pathOf(new URL('harness/cli.js', codeRoot)),
      ...args,
    ],
    { env: { ...process.env, CRDB_PASSWORD: password }, stdio: 'ignore' },
  );

/** Runs the program to its end, in this folder, with this environment and nothing of ours. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = tmpdir(),
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [pathOf(new URL('harness/cli.js', codeRoot)), ...args], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 180_000, // ms: one that hangs is a finding of its trial
    killSignal: 'SIGKILL',
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, out, err };
}

/** A temporary folder for `work`, removed after it. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'crdb-trust-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Calls `work` for each item, `atOnce` at a time: most of a trial is waiting. */
export async function forEach<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const turn = semaphore(atOnce);
  await Promise.all(items.map((item) => turn(() => work(item))));
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
