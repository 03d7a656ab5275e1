/** `crdb-conformance run`: from the options to a verdict, on one target or on many, and always to the reports. */
import { chosenOptions } from '../config/chosen-options.ts';
import type { RunFlags, RunOptions } from '../config/run-options.ts';
import { type WorkerPoolMaker, workerPool } from '../run/worker-pool.ts';
import type { Terminal } from './terminal.ts';

/**
 * The run that the flags, the environment and the configuration file ask for.
 * @param flags those that the user gave
 * @param poolOf makes the threads of the run
 * @returns the exit code
 */
export async function runCommand(
  flags: RunFlags,
  io: Terminal,
  poolOf: WorkerPoolMaker = workerPool,
): Promise<number> {
  const { options, origins, file, isFound, of } = await chosenOptions(flags, io.env);
  if (file !== undefined)
    io.error(`Options from ${file}${isFound ? ', found in the working folder' : ''}.\n`);
  const { targets, ...single } = options;
  const one = options.target ?? options.container;
  if (flags.dryRun) {
    const { dryRun } = await import('./dry-run.ts');
    for (const target of one === undefined ? (targets ?? [single]) : [single])
      await dryRun({ ...single, ...target }, io);
    return 0;
  }
  const originOf = (key: string) => origins.get(key);
  if (!targets) return await run(single, io, poolOf, originOf);
  if (one === undefined) return await (await import('./fleet.ts')).runFleet(options, of, io, poolOf);
  const named = originOf(options.target === undefined ? 'container' : 'target');
  io.error(`The targets of ${file} are not tested: ${named} names another target.\n`);
  return await run(single, io, poolOf, originOf);
}

async function run(
  options: RunOptions,
  io: Terminal,
  poolOf: WorkerPoolMaker,
  originOf: (key: string) => string | undefined,
): Promise<number> {
  await using pool = poolOf(1, { contract: options.contract });
  // The worker loads its modules on another core while this thread loads the rest.
  const { runOne } = await import('./one-target.ts');
  return await runOne(options, pool, io, originOf);
}
