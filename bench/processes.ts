/** Processes that are measured from start to end, and the servers that they test, in a process beside them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { defaultLogin } from '../harness/reference/reference.ts';

/** Where measurements put their files. */
export const folder = mkdtempSync(join(tmpdir(), 'crdb-bench-'));
export const program = 'harness/cli.js';

export interface BenchRow {
  readonly what: string;
  readonly unit: string;
  readonly bound: number;
  readonly runs: number;
  /** It takes minutes: measured only where a part of its name is asked for. */
  readonly slow?: true;
  readonly measure: () => number | Promise<number>;
}

export interface ProcessCost {
  readonly seconds: number;
  readonly output: string;
}

/** @throws {Error} it ended with another exit code than the expected ones */
export async function costOf(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  codes: readonly number[] = [0],
): Promise<ProcessCost> {
  const fromMs = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const seconds = (performance.now() - fromMs) / 1000;
  if (!codes.includes(code)) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`);
  return { seconds, output };
}

export const nodeProcess = (args: readonly string[], env?: NodeJS.ProcessEnv): Promise<ProcessCost> =>
  costOf(process.execPath, args, env);

/** A server in a process of its own, until it is disposed of. */
export interface Serving extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** What it has said. */
  readonly said: readonly string[];
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
}

/** Starts a server, and waits for the first line in which it names its address. */
export async function serving(...args: readonly string[]): Promise<Serving> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const closed = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    child.once('close', () => reject(new Error(`${args.join(' ')} ended:\n${said.join('\n')}`)));
    createInterface(child.stdout).on('line', (line) => {
      said.push(line);
      const [address] = /http:[\w./:-]+/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await closed;
  };
  return { url, pid: child.pid ?? 0, said, stop, [Symbol.asyncDispose]: stop };
}

export interface RunCost extends ProcessCost {
  readonly peakMiB: number;
  readonly cpuS: number;
}

/** A run of the program that may find its target conformant or not. */
export async function measuredRun(...args: readonly string[]): Promise<RunCost> {
  const costFile = join(folder, 'cost.json');
  const env = { CRDB_PASSWORD: defaultLogin.password, COST_FILE: costFile };
  const command = ['--import', './bench/peak.ts', program, 'run', ...args];
  const cost = await costOf(process.execPath, command, env, [0, 1, 3]);
  const { peakBytes, cpuS }: { peakBytes: number; cpuS: number } = JSON.parse(readFileSync(costFile, 'utf8'));
  return { ...cost, peakMiB: peakBytes / 2 ** 20, cpuS };
}

export interface Tested extends RunCost {
  /** CPU time of the servers. */
  readonly serverCpuS: number;
}

/** Servers of a kind, see bench/servers.ts, in a process of their own while `work` is measured. */
export async function onServers(
  count: number,
  kind: string,
  work: (urls: readonly string[]) => Promise<RunCost>,
): Promise<Tested> {
  const servers = spawn(process.execPath, ['bench/servers.ts', String(count), kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(servers.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => (await lines.next()).value ?? '';
  try {
    const urls: readonly string[] = JSON.parse(await line());
    const cost = await work(urls);
    servers.kill('SIGTERM');
    return { ...cost, serverCpuS: Number(await line()) };
  } finally {
    servers.kill('SIGKILL');
  }
}

/** A run on one server of a kind. */
export const runOn = (kind: string, ...args: readonly string[]): Promise<Tested> =>
  onServers(1, kind, ([url = '']) =>
    measuredRun('--target', url, '--user', defaultLogin.user, '--out', join(folder, 'one'), ...args),
  );

/** A run on a fleet of reference clusters. */
export const fleetRun = (count: number): Promise<Tested> =>
  onServers(count, 'reference', (urls) => {
    const config = join(folder, 'fleet.yaml');
    const targets = urls.map((target, index) => ({ name: `t${index}`, target }));
    writeFileSync(config, JSON.stringify({ user: defaultLogin.user, requireComplete: true, targets }));
    return measuredRun('--config', config, '--out', join(folder, 'fleet'));
  });
