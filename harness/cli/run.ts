/** `crdb-conformance run`: from a target to a verdict, and always to the reports. */
import { type RunOptions, settingsOf } from '../config/options.ts';
import { UserError } from '../model/errors.ts';
import { type Reachable, reachable } from '../run/reached.ts';
import { basisOf, trialOf } from '../run/trial.ts';
import { memoryOf } from './memory.ts';
import { outFolder } from './out-folder.ts';
import type { Terminal } from './terminal.ts';
import { tested } from './tested.ts';

/**
 * @param where its target; where it is left out, what the options name
 * @returns the exit code
 * @throws {UserError} exit 2 or 3, before anything was tried
 */
export async function run(options: RunOptions, io: Terminal, where?: Reachable): Promise<number> {
  if (options.shard !== undefined) throw nothingToDivide(options.shard);
  const basis = await basisOf(options);
  const settings = settingsOf(options);
  const out = outFolder(options.out ?? 'reports/out');
  await using memory = memoryOf(options, io);
  const { name, reach } = where ?? (await reachable(options, io));
  await using reached = await reach();
  const { target } = reached;
  const trial = trialOf(options, { target, names: [name(target)] }, basis);
  // Awaited here, or the target would be gone before the run.
  return await tested(trial, { settings, times: 1, out }, io, memory);
}

const nothingToDivide = (shard: string): UserError =>
  new UserError(
    `--shard ${shard} divides many targets, and there is one.`,
    'List them under `targets:` in --config FILE, or leave --shard away.',
    2,
  );
