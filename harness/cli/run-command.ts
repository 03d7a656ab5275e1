/** From the flags of `run`, the environment and the configuration file to one value for each option. */
import { environmentLayer, type Layer, resolved } from '../layers.ts';
import { optionRows } from '../option-table.ts';
import type { FleetTarget, RunOptions } from '../options.ts';
import { readConfig } from './config-file.ts';
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
  { config, printConfig, dryRun: isDry, ...flags }: RunFlags,
  isGiven: (key: string) => boolean,
  io: Terminal,
): Promise<number> {
  const file = await readConfig(isGiven('config') ? config : undefined, io.env);
  const layers: readonly Layer[] = [
    {
      options: Object.fromEntries(Object.entries(flags).filter(([key]) => isGiven(key))),
      origin: (key) => flagOf(key),
    },
    environmentLayer(io.env),
    ...(file ? [{ options: file.options, origin: fileOrigin(file) }] : []),
  ];
  const { options, origins } = resolved(layers);
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
  if (options.target !== undefined) {
    io.error(`The targets of ${file?.file} are not tested: ${origins.get('target')} says what is.\n`);
    return await run(single, io);
  }
  const [inFile, ...before] = layers.toReversed();
  const ofTarget = ({ name, labels: _, ...own }: FleetTarget): RunOptions =>
    resolved([...before.toReversed(), { options: own, origin: () => name }, ...(inFile ? [inFile] : [])])
      .options;
  return await runFleet(options, ofTarget, io);
}

const flagOf = (key: string): string => {
  const [name = key] = optionRows.find(([known]) => known === key)?.[1].flags?.split(' ') ?? [];
  return `flag ${name}`;
};

const fileOrigin =
  ({ file, variables }: NonNullable<Awaited<ReturnType<typeof readConfig>>>) =>
  (key: string): string =>
    [file, ...(variables.get(key) ?? []).map((name) => `environment ${name}`)].join(', ');
