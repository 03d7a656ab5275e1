/** `crdb-conformance run`, on one target or on many: what the flags, the environment and the file ask for. */

import { chosenOptions } from '../config/chosen-options.ts';
import type { RunOptions } from '../config/options.ts';
import { dryRun } from './dry-run.ts';
import { runFleet } from './fleet-run.ts';
import { printedConfig } from './print-config.ts';
import { run } from './run.ts';
import type { Terminal } from './terminal.ts';

export interface RunFlags extends RunOptions {
  /** False: --no-config. */
  readonly config?: string | false;
  readonly printConfig?: boolean;
  readonly dryRun?: boolean;
}

/**
 * @param isGiven whether the user gave a flag: commander has a value of its own for those that begin with `no`
 * @returns the exit code
 */
export async function runCommand(
  { printConfig, dryRun: isDry, ...flags }: RunFlags,
  isGiven: (key: string) => boolean,
  io: Terminal,
): Promise<number> {
  const { options, origins, file, of } = await chosenOptions(flags, isGiven, io);
  if (printConfig) {
    io.write(printedConfig({ options, origins }, io.env));
    return 0;
  }
  if (options.container !== undefined || options.containerMatrix !== undefined) {
    const { runContainers } = await import('./containers.ts');
    return await runContainers(options, (key) => origins.get(key), isDry === true, io);
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
