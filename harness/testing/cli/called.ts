/** The program called in this process: for tests of its words and exit codes. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { main } from '../../cli/main.ts';
import { type WorkerPool, workerPool } from '../../run/worker-pool.ts';
import { freshFolder } from '../temporary-folder.ts';
import type { Ended, Surroundings } from './program.ts';
import { listeningTerminal } from './terminal.ts';

export interface CallSurroundings extends Omit<Surroundings, 'cwd'> {
  /** Aborted in the place of a Ctrl-C. */
  readonly interrupt?: AbortSignal;
  /** Gets each line of live progress. */
  readonly onProgress?: (line: string) => void;
}

/** One thread executes the runs of all tests in this process: it loads the program once. */
let pool: WorkerPool | undefined;
const sharedPool = (): WorkerPool => {
  pool ??= workerPool(1);
  return { run: pool.run, [Symbol.asyncDispose]: async () => {} };
};

/** What `crdb-conformance ARGS` writes and returns, with this environment alone. The working folder stays this process's. */
export async function called(
  args: readonly string[],
  { env = {}, stdin = '', interrupt, onProgress }: CallSurroundings = {},
): Promise<Ended> {
  const terminal = listeningTerminal();
  const io = {
    ...terminal,
    env,
    stdin: async () => stdin,
    screen: { isTTY: false, write: (text: string) => (onProgress ?? terminal.error)(text) }, // standard error, as in a process
    ...(interrupt ? { interrupt } : {}),
  };
  const code = await main(args, io, sharedPool);
  return { code, ...io.said };
}

/** `crdb-conformance run ARGS` in this process. Its reports go where `reportIn(folder)` reads them. */
export async function ran(
  args: readonly string[],
  { folder = freshFolder(), ...around }: CallSurroundings & { readonly folder?: string } = {},
): Promise<Ended & { readonly folder: string }> {
  return { ...(await called(['run', ...args, '--out', join(folder, 'reports/out')], around)), folder };
}

const fileFlags = ['--out', '--file', '--history', '--expectations', '--config'];
const fileCommands = ['report', 'judge', 'merge', 'expectations'];
const configName = 'crdb-conformance.config.yaml';

/**
 * The same, nearly as if it had been started in `folder`: files that arguments name lie there, so do the reports of a
 * run and its configuration, and the output names them as the arguments do.
 */
export async function calledIn(
  folder: string,
  args: readonly string[],
  around?: CallSurroundings,
): Promise<Ended> {
  const [command = '', ...words] = args;
  const firstFlag = words.findIndex((word) => word.startsWith('--'));
  const placed = words.map((word, at) => {
    const isOperand = fileCommands.includes(command) && (firstFlag < 0 || at < firstFlag);
    return isOperand || fileFlags.includes(words[at - 1] ?? '') ? resolve(folder, word) : word;
  });
  if (command === 'run') {
    const config = join(folder, configName);
    if (!words.includes('--out')) placed.push('--out', join(folder, 'reports/out'));
    if (!words.includes('--config') && existsSync(config)) placed.push('--config', config);
  }
  const { code, out, err } = await called([command, ...placed], around);
  return { code, out: out.replaceAll(`${folder}/`, ''), err: err.replaceAll(`${folder}/`, '') };
}
