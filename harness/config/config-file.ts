/** The configuration file: the options of `run` by their names. What it may hold, its published schema says. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { UserError } from '../model/errors.ts';
import schema from './config.schema.json' with { type: 'json' };
import { loadConfig } from './config-loading.ts';
import { expanded } from './environment.ts';
import { nearest } from '../../spec/nearest.ts';
import { rowOf } from './option-kinds.ts';
import { optionRows } from './option-table.ts';
import type { RunOptions } from './options.ts';

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
  refuseTwice(options, file);
  if (options.target !== undefined && options.targets)
    throw new UserError(
      `--config ${file} has both target and targets: what is to be tested?`,
      'Leave one of them away.',
      2,
    );
  return { file, options, variables }; // every key and value was looked at above
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function inWords({ keyword, instancePath, params }: ErrorObject, file: string): UserError {
  const [key = '', at, inner] = instancePath.split('/').slice(1);
  const isTarget = key === 'targets' && at !== undefined;
  const where = isTarget ? `targets[${at}]` : '';
  if (keyword === 'additionalProperties' && (key === '' || (isTarget && inner === undefined)))
    return unknownKey(file, where, params.additionalProperty, isTarget ? targetKeys : keys);
  if (keyword === 'required' && isTarget)
    return new UserError(
      `--config ${file}: ${where} has no ${params.missingProperty}.`,
      `Mend it in ${file}.`,
      2,
    );
  const path = [where, isTarget ? inner : key].filter((part) => part).join('.');
  return new UserError(
    `--config ${file}: ${path} is no ${wordsFor(isTarget ? (inner ?? key) : key)}.`,
    `Mend ${path} in ${file}.`,
    2,
  );
}

const keys = optionRows.map(([key]) => key);
const targetKeys = [
  'name',
  'labels',
  ...optionRows.filter(([, { ofTarget }]) => ofTarget).map(([key]) => key),
];

/** What a key of the file, or of one of its targets, must hold. */
function wordsFor(key: string): string {
  if (key === 'name') return 'name of a folder: letters, digits, ., _ and -';
  const row = optionRows.find(([name]) => name === key)?.[1];
  return rowOf(row?.kind ?? (key === 'labels' ? 'texts' : 'text')).words;
}

/** @throws {UserError} exit 2: two targets would write into one folder, on some systems if not on this one */
function refuseTwice({ targets = [] }: RunOptions, file: string): void {
  const seen = new Map<string, number>();
  for (const [at, { name }] of targets.entries()) {
    const first = seen.get(name.toLowerCase());
    if (first !== undefined)
      throw new UserError(
        `--config ${file}: targets[${first}] and targets[${at}] are both named ${name}.`,
        'Give each target a name of its own; upper and lower case are the same.',
        2,
      );
    seen.set(name.toLowerCase(), at);
  }
}

function unknownKey(file: string, where: string, key: string, keys: readonly string[]): UserError {
  const near = nearest(key, keys);
  const remedy = near === undefined ? `The keys are ${keys.join(', ')}.` : `Did you mean ${near}?`;
  return new UserError(
    `--config ${file}${where === '' ? '' : `: ${where}`} has the unknown key ${key}.`,
    remedy,
    2,
  );
}
