/** From the flags, the environment and the configuration file to one value for each option. */

import type { Terminal } from '../cli/terminal.ts';
import { readConfig } from './config-file.ts';
import { environmentLayer, type Layer, type Resolved, resolved } from './layers.ts';
import { optionRows } from './option-table.ts';
import type { FleetTarget, RunOptions } from './options.ts';

export interface ChosenOptions extends Resolved {
  /** The configuration file, where there is one. */
  readonly file: string | undefined;
  /** What the options of one target of the file come to. */
  readonly of: (target: FleetTarget) => RunOptions;
}

/**
 * @param config false: no file is read
 * @param isGiven whether the user gave a flag: commander has a value of its own for those that begin with `no`
 * @throws {UserError} exit 2: the file can't be read, or holds what means nothing
 */
export async function chosenOptions(
  { config, ...flags }: RunOptions & { readonly config?: string | false },
  isGiven: (key: string) => boolean,
  { env }: Pick<Terminal, 'env'>,
): Promise<ChosenOptions> {
  const file = await readConfig(isGiven('config') ? config : undefined, env);
  const layers: readonly Layer[] = [
    {
      options: Object.fromEntries(Object.entries(flags).filter(([key]) => isGiven(key))),
      origin: (key) => flagOf(key),
    },
    environmentLayer(env),
    ...(file ? [{ options: file.options, origin: fileOrigin(file) }] : []),
  ];
  const [inFile, ...before] = layers.toReversed();
  return {
    ...resolved(layers),
    file: file?.file,
    of: ({ name, labels: _, ...own }) =>
      resolved([...before.toReversed(), { options: own, origin: () => name }, ...(inFile ? [inFile] : [])])
        .options,
  };
}

const flagOf = (key: string): string => {
  const [name = key] = optionRows.find(([known]) => known === key)?.[1].flags?.split(' ') ?? [];
  return `flag ${name}`;
};

const fileOrigin =
  ({ file, variables }: NonNullable<Awaited<ReturnType<typeof readConfig>>>) =>
  (key: string): string =>
    [file, ...(variables.get(key) ?? []).map((name) => `environment ${name}`)].join(', ');
