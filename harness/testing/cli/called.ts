/** The program called in this process: for tests of its words and exit codes. */
import { join } from 'node:path';
import { main } from '../../cli.ts';
import { type WorkerPool, workerPool } from '../../run/worker-pool.ts';
import { type Ended, freshFolder, type Surroundings } from './program.ts';
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
  { env = {}, stdin = '', interrupt, onProgress = () => {} }: CallSurroundings = {},
): Promise<Ended> {
  const io = {
    ...listeningTerminal(),
    env,
    stdin: async () => stdin,
    screen: { isTTY: false, write: onProgress },
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
