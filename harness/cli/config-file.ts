/** The configuration file: the options of `run` by their names, in YAML. */
import { parse } from 'yaml';
import { UserError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { type RunOptions, readText } from '../options.ts';
import { type Phase, phases } from '../record.ts';
import { profiles } from '../settings.ts';

type Kind =
  | 'text'
  | 'switch'
  | 'seconds'
  | 'seconds from 0'
  | 'number'
  | 'texts'
  | 'tasks'
  | readonly string[];

/** Each key of the file with what it holds; a list of words is a choice. */
const keys: Readonly<Record<keyof RunOptions, Kind>> = {
  target: 'text',
  user: 'text',
  passwordEnv: 'text',
  passwordStdin: 'switch',
  auth: 'switch',
  provision: ['control', 'fixed', 'none'],
  profile: profiles,
  allowForce: 'switch',
  requireComplete: 'switch',
  strict: 'switch',
  suite: 'texts',
  clause: 'texts',
  ca: 'text',
  insecure: 'switch',
  timeout: 'seconds',
  grace: 'seconds from 0',
  settle: 'seconds',
  maxDuration: 'seconds',
  seed: 'number',
  repeat: 'number',
  out: 'text',
  tasks: 'tasks',
};

/** @throws {UserError} exit 2: the file is not there, is no YAML, or has a key or a value that means nothing */
export function readConfig(file: string): RunOptions {
  const value = parsed(file);
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new UserError(
      `--config ${file} holds no keys and values.`,
      'Write lines such as `target: https://cluster.example:9443`.',
      2,
    );
  }
  for (const [key, held] of Object.entries(value)) {
    const kind = Object.entries(keys).find(([name]) => name === key)?.[1];
    if (kind === undefined) throw unknownKey(file, key);
    if (!fits(held, kind))
      throw new UserError(`--config ${file}: ${key} is no ${words(kind)}.`, `Mend ${key} in ${file}.`, 2);
  }
  return value; // every key and value was looked at above
}

function parsed(file: string): unknown {
  const text = readText(file, '--config');
  try {
    return parse(text);
  } catch (error) {
    const [line] = error instanceof Error ? error.message.split('\n') : [];
    throw new UserError(`--config ${file} is no YAML: ${line}`, 'Mend the file.', 2, { cause: error });
  }
}

function unknownKey(file: string, key: string): UserError {
  const near = nearest(key, Object.keys(keys));
  const remedy =
    near === undefined ? `The keys are ${Object.keys(keys).join(', ')}.` : `Did you mean ${near}?`;
  return new UserError(`--config ${file} has the unknown key ${key}.`, remedy, 2);
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const isTasks = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(
    ([phase, ids]) => phases.some((known: Phase) => known === phase) && isTexts(ids),
  );

function fits(value: unknown, kind: Kind): boolean {
  if (typeof kind !== 'string') return typeof value === 'string' && kind.includes(value);
  const tests: Readonly<Record<typeof kind, boolean>> = {
    text: typeof value === 'string' && value !== '',
    switch: typeof value === 'boolean',
    seconds: typeof value === 'number' && Number.isFinite(value) && value > 0,
    'seconds from 0': typeof value === 'number' && Number.isFinite(value) && value >= 0,
    number: Number.isSafeInteger(value),
    texts: isTexts(value),
    tasks: isTasks(value),
  };
  return tests[kind];
}

function words(kind: Kind): string {
  if (typeof kind !== 'string') return `one of ${kind.join(', ')}`;
  const said: Readonly<Record<typeof kind, string>> = {
    text: 'text',
    switch: 'true or false',
    seconds: 'number of seconds above 0',
    'seconds from 0': 'number of seconds from 0 up',
    number: 'whole number',
    texts: 'list of names',
    tasks: `map from phases (${phases.join(', ')}) to lists of ids`,
  };
  return said[kind];
}
