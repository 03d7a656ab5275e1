/** `crdb-conformance run`: from the options to a verdict, on one target or on many, and always to the reports. */

import { outFolder, removeOldRun } from '../api/written-reports.ts';
import { chosenOptions } from '../config/chosen-options.ts';
import { settingsOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import type { RunFlags, RunOptions } from '../config/run-options.ts';
import { CalledOff } from '../container/bootstrap.ts';
import { realClock } from '../http/clock.ts';
import { UserError } from '../model/errors.ts';
import { runTarget } from '../run/engine.ts';
import { scopeOf } from '../run/plan.ts';
import { workerPool } from '../run/worker-pool.ts';
import { dryRun } from './dry-run.ts';
import { runFleet } from './fleet.ts';
import { memoryOf } from './memory.ts';
import { reachable } from './reach.ts';
import { tell } from './report.ts';
import { progressOn, type Terminal } from './terminal.ts';

/**
 * The run that the flags, the environment and the configuration file ask for.
 * @param flags those that the user gave
 * @returns the exit code
 */
export async function runCommand(flags: RunFlags, io: Terminal): Promise<number> {
  const { options, origins, file, of } = await chosenOptions(flags, io.env);
  const { targets, ...single } = options;
  const one = options.target ?? options.container;
  if (flags.dryRun) {
    for (const target of one === undefined ? (targets ?? [single]) : [single])
      await dryRun({ ...single, ...target }, io);
    return 0;
  }
  const originOf = (key: string) => origins.get(key);
  if (!targets) return await run(single, io, originOf);
  if (one === undefined) return await runFleet(options, of, io);
  const named = originOf(options.target === undefined ? 'container' : 'target');
  io.error(`The targets of ${file} are not tested: ${named} names another target.\n`);
  return await run(single, io, originOf);
}

/**
 * Tests one target.
 * @param originOf who gave an option, for people
 * @returns the exit code
 * @throws {UserError} exit 2 or 3, before anything was tested
 */
export async function run(
  given: RunOptions,
  io: Terminal,
  originOf?: (key: string) => string | undefined,
): Promise<number> {
  if (given.shard !== undefined) throw nothingToDivide(given.shard);
  const { contract } = given;
  await using pool = workerPool(1, contract === undefined ? {} : { contract });
  const scope = await scopeOf(given);
  const folder = outFolder(given.out ?? 'reports/out');
  await using memory = memoryOf(given, io);
  const { name, options, reach } = await reachable(given, passwordsFrom(io), io, originOf);
  try {
    await using reached = await reach();
    const { target } = reached;
    if (target.insecure && options.container === undefined)
      io.error('Warning: --insecure accepts any certificate, also that of an attacker.\n');
    const progress = progressOn(io.screen, realClock().nowMs);
    const log = await runTarget(
      { options, scope, settings: settingsOf(options), target, names: [name], folder },
      {
        pool,
        interrupt: io.interrupt,
        warn: (line) => io.error(`${line}\n`),
        onEvents: progress.show,
        onBegin: () => removeOldRun(folder),
      },
    ).finally(progress.end);
    return log ? tell(log, folder, io, memory) : 130;
  } catch (error) {
    if (error instanceof CalledOff) return 130;
    throw error;
  }
}

const nothingToDivide = (shard: string): UserError =>
  new UserError(
    `--shard ${shard} divides many targets, and there is one.`,
    'List them under `targets:` in --config FILE, or remove --shard.',
    2,
  );
