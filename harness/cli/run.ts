/** `crdb-conformance run`: from a target to a verdict, and always to the reports. */
import { join } from 'node:path';
import { formats } from '../../reports/formats.ts';
import { realClock } from '../clock.ts';
import { UserError } from '../errors.ts';
import { type RunOptions, repetitionsOf, settingsOf, targetOf } from '../options.ts';
import { passwordsFrom } from '../passwords.ts';
import { startReference } from '../reference/reference.ts';
import type { Target } from '../target.ts';
import { onlyFailed, updated } from './gate.ts';
import { memoryOf } from './memory.ts';
import { outFolder } from './out-folder.ts';
import { readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';
import { tested } from './tested.ts';
import { basisOf, trialOf } from './trial.ts';

/** @returns the exit code @throws {UserError} exit 2 or 3, before anything was tried */
export async function run(given: RunOptions, io: Terminal): Promise<number> {
  if (given.shard !== undefined) throw nothingToDivide(given.shard);
  const options = onlyFailed(given);
  const basis = await basisOf(options);
  const settings = settingsOf(options);
  const times = repetitionsOf(options, settings.seed);
  const out = outFolder(options.out ?? 'reports/out');
  await using memory = memoryOf(options, io);
  const named = await targetOf(options, io.env, passwordsFrom(io));
  await using reference = named
    ? undefined
    : await startReference({ clock: realClock(), epochMs: Date.now() });
  const target: Target = named ?? {
    url: new URL(reference?.url ?? ''),
    login: { user: reference?.user ?? '', password: reference?.password ?? '' },
    insecure: false,
  };
  const trial = trialOf(options, { target, names: [named ? target.url.host : 'reference cluster'] }, basis);
  // Awaited here, or the reference would be gone before the run.
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
