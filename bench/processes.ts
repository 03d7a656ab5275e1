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
