/** The configuration file: the options of `run` by their names. What it may hold, its published schema says. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import schema from '../config.schema.json' with { type: 'json' };
import { UserError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { rowOf } from '../option-kinds.ts';
import { optionRows } from '../option-table.ts';
import type { RunOptions } from '../options.ts';
import { loadConfig } from './config-loading.ts';
import { expanded } from './environment.ts';

export interface ConfigFile {
  /** As a person would name it. */
  readonly file: string;
  readonly options: RunOptions;
  /** The environment variables that a value was made from, by its key. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

/**
 * The file that is named, or else the one that lies in the working folder, if any does.
 * @param named false: none is to be read
 * @throws {UserError} exit 2: it is not there, is no YAML, has a key or a value that means nothing, or needs a
 *   variable that isn't set
 */
export async function readConfig(
  named: string | false | undefined,
  env: NodeJS.ProcessEnv,
): Promise<ConfigFile | undefined> {
  const found = named === false ? undefined : await loadConfig(named);
  if (!found) return undefined;
  const { file, value } = found;
  if (!isMap(value)) {
    throw new UserError(
      `--config ${file} holds no keys and values.`,
      'Write lines such as `target: https://cluster.example:9443`.',
      2,
    );
  }
  const isConfig = new Ajv2020({ strictTypes: false }).compile(schema);
  const problem = isConfig(value) ? undefined : isConfig.errors?.at(-1); // of an anyOf the last speaks for all
  if (problem) throw inWords(problem, file);
  const { options, variables } = expanded(value, env, file);
  return { file, options, variables }; // every key and value was looked at above
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function inWords({ keyword, instancePath, params }: ErrorObject, file: string): UserError {
  const [key = ''] = instancePath.split('/').slice(1);
  if (keyword === 'additionalProperties' && key === '') return unknownKey(file, params.additionalProperty);
  const row = optionRows.find(([name]) => name === key)?.[1];
  return new UserError(
    `--config ${file}: ${key} is no ${rowOf(row?.kind ?? 'text').words}.`,
    `Mend ${key} in ${file}.`,
    2,
  );
}

function unknownKey(file: string, key: string): UserError {
  const keys = optionRows.map(([name]) => name);
  const near = nearest(key, keys);
  const remedy = near === undefined ? `The keys are ${keys.join(', ')}.` : `Did you mean ${near}?`;
  return new UserError(`--config ${file} has the unknown key ${key}.`, remedy, 2);
}
