/** `crdb-conformance run`, on one target or on many: what the flags, the environment and the file ask for. */

import { chosenOptions } from '../config/chosen-options.ts';
import type { RunFlags } from '../config/options.ts';
import { dryRun } from './dry-run.ts';
import { runFleet } from './fleet-run.ts';
import { run } from './run.ts';
import type { Terminal } from './terminal.ts';

/**
 * @param flags those that the user gave
 * @returns the exit code
 */
export async function runCommand(flags: RunFlags, io: Terminal): Promise<number> {
  const { dryRun: isDry = false } = flags;
  const { options, origins, file, of } = await chosenOptions(flags, io.env);
  if (options.container !== undefined) {
    const { runContainers } = await import('./containers.ts');
    return await runContainers(options, (key) => origins.get(key), isDry, io);
  }
  const { targets, ...single } = options;
  if (isDry) {
    for (const target of options.target === undefined ? (targets ?? [single]) : [single])
      await dryRun({ ...single, ...target }, io);
    return 0;
  }
  if (!targets) return await run(single, io);
  if (options.target === undefined) return await runFleet(options, of, io);
  io.error(`The targets of ${file} are not tested: ${origins.get('target')} says what is.\n`);
  return await run(single, io);
}
