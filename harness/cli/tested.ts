/** One target tried once or often, and what came of it written and shown. */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { realClock } from '../http/clock.ts';
import type { Settings } from '../model/settings.ts';
import { runOnce, type Trial } from '../run/run-once.ts';
import type { Memory } from './memory.ts';
import { makeFolder } from './out-folder.ts';
import { removeRepeats, runRepeatedly } from './repeated.ts';
import { journalName, removeReports, tell } from './reports.ts';
import type { Terminal } from './terminal.ts';

export interface Plan {
  readonly settings: Settings;
  /** How often the whole run is made. */
  readonly times: number;
  readonly out: string;
}

/** @returns the exit code @throws {UserError} exit 2 or 3, before anything was tried */
export async function tested(
  trial: Trial,
  { settings, times, out }: Plan,
  io: Terminal,
  memory: Memory,
): Promise<number> {
  if (trial.target.insecure && trial.options.container === undefined)
    io.error('Warning: --insecure takes any certificate, also that of somebody in between.\n');
  if (times === 1) {
    const told = await runOnce(trial, { settings, folder: out, begin: () => removeOldRun(out) }, io);
    return told ? tell(told, out, io, memory) : 130;
  }
  return await runRepeatedly(
    {
      times,
      firstSeed: settings.seed,
      maxDurationS: settings.maxDurationS,
      nowMs: realClock().nowMs,
      once: (run, folder, leftS) => {
        const turn = {
          settings: {
            ...settings,
            seed: settings.seed + run - 1,
            ...(leftS === undefined ? {} : { maxDurationS: leftS }),
          },
          folder,
          repetition: { run, times },
          begin: () => {
            if (run === 1) removeOldRun(out);
            makeFolder(resolve(folder));
          },
        };
        return runOnce(trial, turn, io);
      },
    },
    out,
    io,
    memory,
  );
}

/** Takes away what an older run left. */
export function removeOldRun(out: string): void {
  removeReports(out);
  removeRepeats(out);
  rmSync(join(out, journalName), { force: true });
}
