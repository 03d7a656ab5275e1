/** A run on one target: brings it up where needed, tests it, and writes and shows the reports. */
import { printable } from '../../reports/text/escape.ts';
import { outFolder, removeOldRun } from '../api/out-folder.ts';
import { settingsOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import type { RunOptions } from '../config/run-options.ts';
import { CalledOff } from '../container/bootstrap.ts';
import { realClock } from '../http/clock.ts';
import { UserError } from '../model/errors.ts';
import { type RunCaller, runTarget } from '../run/engine.ts';
import { lockFolders } from '../run/folder-lock.ts';
import { type RunRequest, scopeOf } from '../run/plan.ts';
import type { WorkerPool } from '../run/worker-pool.ts';
import { memoryOf, type RunMemory } from './memory.ts';
import { reachable } from './reach.ts';
import { progressOn, type Terminal } from './terminal.ts';

/**
 * @param given the options of the run
 * @param originOf who gave an option, for people
 * @returns the exit code
 * @throws {UserError} exit 2 or 3, before anything was tested
 */
export async function runOne(
  given: RunOptions,
  pool: WorkerPool,
  io: Terminal,
  originOf: (key: string) => string | undefined,
): Promise<number> {
  if (given.shard !== undefined) throw nothingToDivide(given.shard);
  const scope = await scopeOf(given);
  const folder = outFolder(given.out ?? 'reports/out');
  using _lock = lockFolders(folder);
  await using memory = memoryOf(given, io);
  const { name, options, reach } = await reachable(given, passwordsFrom(io), io, originOf);
  try {
    await using reached = await reach();
    const progress = progressOn(io.screen, realClock().nowMs);
    const request = {
      options,
      scope,
      settings: settingsOf(options),
      target: reached.target,
      names: [name] as const,
      folder,
    };
    const code = await testedTarget(request, { pool, io, memory, onEvents: progress.show }).finally(
      progress.end,
    );
    return code ?? 130;
  } catch (error) {
    if (error instanceof CalledOff) return 130;
    throw error;
  }
}

/** What a run on a target uses of the command that starts it. */
interface TargetRun extends Pick<RunCaller, 'pool' | 'onEvents'> {
  readonly io: Terminal;
  readonly memory: RunMemory;
}

/**
 * Tests a target that is up, and writes and shows its reports.
 * @returns the exit code; undefined where it was interrupted before it began
 * @throws {UserError} exit 2 or 3, before anything was tested
 */
export async function testedTarget(
  request: RunRequest,
  { pool, io, memory, onEvents = () => {} }: TargetRun,
): Promise<number | undefined> {
  const { target, options, folder } = request;
  if (target.insecure && options.container === undefined)
    io.error('Warning: --insecure accepts any certificate, also that of an attacker.\n');
  const log = await runTarget(request, {
    pool,
    interrupt: io.interrupt,
    warn: (line) => io.error(`${printable(line, 1000)}\n`),
    onEvents,
    onBegin() {
      removeOldRun(folder);
      void reporting(); // while the run waits
    },
    async onTimed(operationMs) {
      const { foresee, foreseenText } = await import('../simulate/foresee.ts');
      const expected = foreseenText(await foresee(options, operationMs, request.scope));
      io.error(`An operation took ${(operationMs / 1000).toFixed(1)} s, so the run takes ${expected}.\n`);
    },
  });
  return log && (await reporting()).tell(log, folder, io, memory);
}

/** What makes reports is loaded when there will be one: a target that can’t be reached is reported at once. */
const reporting = () => import('./report.ts');

const nothingToDivide = (shard: string): UserError =>
  new UserError(
    `--shard ${shard} needs several targets, but there is only one.`,
    'List them under `targets:` in --config FILE, or remove --shard.',
    2,
  );
