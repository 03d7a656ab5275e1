/** The layers in which an option may be given: flags before the environment before the configuration file. */

import { optionRows } from './option-table.ts';
import type { RunOptions } from './options.ts';
import { passwordKeys } from './passwords.ts';

export interface Layer {
  /** Where its value of an option comes from, as a person would say it. */
  readonly origin: (key: string) => string;
  readonly options: RunOptions;
}

/** The options that the environment gives; an empty variable is none. */
export const environmentLayer = (env: NodeJS.ProcessEnv): Layer => ({
  origin: (key) => `environment ${variables.get(key)}`,
  options: Object.fromEntries(
    [...variables].flatMap(([key, variable]) => (env[variable] ? [[key, env[variable]]] : [])),
  ),
});

const variables = new Map(
  optionRows.flatMap(([key, { variable }]) => (variable === undefined ? [] : [[key, variable] as const])),
);

export interface Resolved {
  readonly options: RunOptions;
  /** Where each of them comes from, by its key. */
  readonly origins: ReadonlyMap<string, string>;
}

/** One value for each option: of the first layer that gives it. */
export function resolved(layers: readonly Layer[]): Resolved {
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  for (const { options, origin } of layers) {
    const hasPassword = passwordKeys.some((key) => values.has(key));
    for (const [key, value] of Object.entries(options)) {
      if (value === undefined || values.has(key) || (hasPassword && passwordKeys.includes(key))) continue;
      values.set(key, value);
      origins.set(key, origin(key));
    }
  }
  return { options: Object.fromEntries(values), origins };
}
