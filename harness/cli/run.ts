/** `crdb-conformance run`: from a target to a verdict, and always to the reports. */
import { join } from 'node:path';
import { formats } from '../../reports/formats.ts';
import { onlyFailed, updated } from '../config/gate.ts';
import { type RunOptions, repetitionsOf, settingsOf } from '../config/options.ts';
import { UserError } from '../model/errors.ts';
import { type Reachable, reachable } from '../run/reached.ts';
import { basisOf, trialOf } from '../run/trial.ts';
import { memoryOf } from './memory.ts';
import { outFolder } from './out-folder.ts';
import { readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';
import { tested } from './tested.ts';

/**
 * @param where its target; where it is left out, what the options name
 * @returns the exit code
 * @throws {UserError} exit 2 or 3, before anything was tried
 */
export async function run(given: RunOptions, io: Terminal, where?: Reachable): Promise<number> {
  if (given.shard !== undefined) throw nothingToDivide(given.shard);
  const options = onlyFailed(given);
  const basis = await basisOf(options);
  const settings = settingsOf(options);
  const times = repetitionsOf(options, settings.seed);
  const out = outFolder(options.out ?? 'reports/out');
  await using memory = memoryOf(options, io);
  const { name, reach } = where ?? (await reachable(options, io));
  await using reached = await reach();
  const { target } = reached;
  const trial = trialOf(options, { target, names: [name(target)] }, basis);
  // Awaited here, or the target would be gone before the run.
  const code = await tested(trial, { settings, times, out }, io, memory);
  const { expected } = basis;
  if (!options.updateExpectations || !expected || code === 130) return code;
  const report = readReport(join(out, formats.json.file));
  const [once = code] = updated(expected.file, [{ report, code }], io);
  return once;
}

const nothingToDivide = (shard: string): UserError =>
  new UserError(
    `--shard ${shard} divides many targets, and there is one.`,
    'List them under `targets:` in --config FILE, or leave --shard away.',
    2,
  );
