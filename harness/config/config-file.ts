/**
 * The configuration file: the options of `run` by their names, in YAML or TypeScript, with `${NAME}` for environment
 * variables. Its published JSON Schema says what it may hold.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { suggestion } from '../../spec/nearest.ts';
import { UserError } from '../model/errors.ts';
import schema from './config.schema.json' with { type: 'json' };
import { refuseUntrusted, untrusted } from './found-file.ts';
import { readText } from './options.ts';
import type { RunOptions } from './run-options.ts';
import { fileRows, kindOf, targetRows } from './schemas.ts';

export interface ConfigFile {
  /** The path as the user wrote it. */
  readonly file: string;
  /** It was found in the working folder, and the user did not name it. */
  readonly isFound: boolean;
  readonly options: RunOptions;
  /** By key, the environment variables that its value contains. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

/** Looked for in the working folder only: no file far away takes effect unseen. */
const usualNames = ['yaml', 'yml', 'ts', 'js'].map((ending) => `crdb-conformance.config.${ending}`);
const isCode = (file: string): boolean => /\.[tj]s$/.test(file);

/**
 * The file that `--config` names, or else the usual one of the working folder; undefined where there is none.
 * @throws {UserError} exit 2: the file can't be read, has an unknown key or a wrong value, or needs a variable that is
 *   not set
 */
export async function readConfig(
  named: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<ConfigFile | undefined> {
  const file = named ?? usualNames.find((name) => existsSync(name));
  if (file === undefined) return undefined;
  const isFound = named === undefined;
  if (isFound && isCode(file)) throw untrusted(file, `${file} is a program`);
  const text = readText(file, isFound ? 'The configuration file' : '--config');
  const value = await contentOf(file, text);
  if (!isMap(value))
    throw new UserError(
      `--config ${file} is not a map of options.`,
      'Write lines such as `target: https://cluster.example:9443`.',
      2,
    );
  const isConfig = new Ajv2020(checking).compile(schema);
  if (!isConfig(value)) throw invalid(isConfig.errors ?? [], file);
  if (isFound) refuseUntrusted(file, text, value);
  const { options, variables } = expanded(value, env, `--config ${file}`);
  refuseSameNames(options, file);
  if (options.target !== undefined && options.targets)
    throw new UserError(`--config ${file} has both target and targets.`, 'Remove one of them.', 2);
  return { file, isFound, options, variables };
}

/** Tests hold the schema against its meta-schema. */
const checking = { meta: false, validateSchema: false, strictTypes: false, allErrors: true };

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws {UserError} exit 2: it can't be parsed or run */
async function contentOf(file: string, text: string): Promise<unknown> {
  try {
    const value: unknown = isCode(file) ? await defaultExport(file) : parse(text);
    refuseCircle(value);
    return value ?? {}; // an empty file has no options
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split(/:?\n/);
    const problem = isCode(file) ? 'can’t be run' : 'is not valid YAML';
    throw new UserError(`--config ${file} ${problem}: ${line}`, 'Correct the file.', 2, { cause: error });
  }
}

/** Node runs TypeScript as it is. */
async function defaultExport(file: string): Promise<unknown> {
  const module: object = await import(pathToFileURL(resolve(file)).href);
  if ('default' in module) return module.default;
  throw new Error('it has no default export');
}

/** An alias of YAML can make a value contain itself. */
function refuseCircle(value: unknown, parents: ReadonlySet<unknown> = new Set()): void {
  if (typeof value !== 'object' || value === null) return;
  if (parents.has(value)) throw new Error('a value contains itself');
  const inner = new Set([...parents, value]);
  for (const part of Object.values(value)) refuseCircle(part, inner);
}

const keys = fileRows.map(([key]) => key);
const targetKeys = ['name', 'labels', ...targetRows.map(([key]) => key)];

/** The first error in words. An unknown key goes first: it is often the misspelt form of one that is missing. */
function invalid(errors: readonly ErrorObject[], file: string): UserError {
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors.at(-1);
  const { keyword = '', instancePath = '', params = {} } = error ?? {};
  const [key = '', at, inner] = instancePath.split('/').slice(1);
  const isTarget = key === 'targets' && at !== undefined;
  const where = isTarget ? `targets[${at}]` : '';
  const correct = `Correct ${where === '' ? key : where} in ${file}.`;
  if (keyword === 'additionalProperties' && (key === '' || (isTarget && inner === undefined)))
    return unknownKey(
      `${file}${where && `: ${where}`}`,
      params.additionalProperty,
      isTarget ? targetKeys : keys,
    );
  if (isTarget && inner === undefined && keyword === 'required')
    return new UserError(`--config ${file}: ${where} has no ${params.missingProperty}.`, correct, 2);
  if (isTarget && inner === undefined && keyword === 'oneOf')
    return new UserError(`--config ${file}: ${where} needs either target or container.`, correct, 2);
  const path = [where, isTarget ? inner : key].filter((part) => part).join('.');
  const words = isTarget && inner === undefined ? 'a map of options' : wordsFor(inner ?? key);
  return new UserError(`--config ${file}: ${path} must be ${words}.`, `Correct ${path} in ${file}.`, 2);
}

/** What a key of the file, or of one of its targets, must hold. */
function wordsFor(key: string): string {
  if (key === 'name') return 'a name for a folder: letters, digits, ., _ and -';
  const row = fileRows.find(([name]) => name === key)?.[1];
  return kindOf(row?.kind ?? (key === 'labels' ? 'texts' : 'text')).words;
}

function unknownKey(where: string, key: string, known: readonly string[]): UserError {
  const remedy = suggestion(key, known, `The keys are ${known.join(', ')}.`);
  return new UserError(`--config ${where} has the unknown key ${key}.`, remedy, 2);
}

/** @throws {UserError} exit 2: two targets would write into one folder; some file systems ignore upper and lower case */
function refuseSameNames({ targets = [] }: RunOptions, file: string): void {
  const seen = new Map<string, number>();
  for (const [at, { name }] of targets.entries()) {
    const first = seen.get(name.toLowerCase());
    if (first !== undefined)
      throw new UserError(
        `--config ${file}: targets[${first}] and targets[${at}] have the same name ${name}.`,
        'Give each target a name of its own; upper and lower case count as the same.',
        2,
      );
    seen.set(name.toLowerCase(), at);
  }
}

/** A variable, or the `$${` that stands for a plain `${`; anything else that begins with `${` is an error. */
const variablePattern = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g;

/**
 * The options with their variables replaced.
 * @param options valid by the schema: where it has a variable for a value that is no text, it is that variable alone
 * @param where the place of the options, for messages
 * @throws {UserError} exit 2: a variable is not set, or holds no value of the right kind
 */
export function expanded(
  options: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
  where: string,
): Pick<ConfigFile, 'options' | 'variables'> {
  const variables = new Map<string, readonly string[]>();
  const note = (key: string, names: readonly string[]): void => {
    if (names.length > 0) variables.set(key, [...(variables.get(key) ?? []), ...names]);
  };
  const replaced = (key: string, value: unknown): unknown => {
    if (key === 'targets' && Array.isArray(value))
      return value.map((target, at) => {
        const inner = expanded(target, env, `${where}: targets[${at}]`);
        note('targets', [...inner.variables.values()].flat());
        return inner.options;
      });
    if (Array.isArray(value)) return value.map((item) => replaced(key, item));
    if (isMap(value))
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaced(key, inner)]));
    if (typeof value !== 'string') return value;
    const { text, names } = filled(value, env, `${where}: ${key}`);
    note(key, names);
    return names.length === 0 ? text : typed(key, text, names, where);
  };
  return {
    options: Object.fromEntries(Object.entries(options).map(([key, value]) => [key, replaced(key, value)])),
    variables,
  };
}

function filled(
  value: string,
  env: NodeJS.ProcessEnv,
  where: string,
): { readonly text: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const text = value.replace(variablePattern, (found, name: string | undefined) => {
    if (found === '$${') return '${';
    if (name === undefined)
      throw new UserError(
        `${where} contains a \${ without the name of an environment variable.`,
        `Write \${NAME} with letters, digits and _; write a plain \${ as $\${.`,
        2,
      );
    const held = Object.hasOwn(env, name) ? env[name] : undefined; // __proto__ is a name, too
    if (held === undefined)
      throw new UserError(
        `${where} needs the environment variable ${name}, which is not set.`,
        `Set ${name}, or write the value itself.`,
        2,
      );
    names.push(name);
    return held;
  });
  return { text, names };
}

/** The value of a text by the kind of its option. The text may be secret: no error contains it. */
function typed(key: string, text: string, names: readonly string[], where: string): unknown {
  const row = fileRows.find(([name]) => name === key)?.[1];
  const { read, words } = kindOf(row?.kind ?? 'text');
  const value = (read ?? kindOf('text').read)?.(text); // the items of a list or map are texts
  if (value !== undefined) return value;
  throw new UserError(
    `${where}: ${key} must be ${words}; its value comes from ${names.join(' and ')}.`,
    `Correct ${names.join(' or ')} in the environment, or ${key} in the file.`,
    2,
  );
}
