/** Finds and reads the configuration file, by cosmiconfig: YAML or TypeScript, and `$import` of another. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cosmiconfig } from 'cosmiconfig';
import { parse } from 'yaml';
import { UserError } from '../model/errors.ts';
import { configNames } from './config-names.ts';
import { readText } from './read-text.ts';

export interface Loaded {
  /** As a person would name it. */
  readonly file: string;
  readonly value: unknown;
}

/** The library that says the line and the column; an empty file holds nothing. */
const yaml = (_: string, content: string): unknown => acyclic(parse(content) ?? {});
/** Node runs TypeScript as it is. */
async function code(file: string): Promise<unknown> {
  const module: object = await import(pathToFileURL(file).href);
  if (!('default' in module)) throw new Error('it has no default export');
  return acyclic(module.default);
}

/**
 * @param named undefined: the one in the working folder, if there is one
 * @throws {UserError} exit 2: it can't be read, or is not what its name says
 */
export async function loadConfig(named: string | undefined): Promise<Loaded | undefined> {
  const place = named ?? configNames.find((name) => existsSync(name));
  if (place === undefined) return undefined;
  const option = named === undefined ? 'The configuration file' : '--config';
  readText(place, option); // cosmiconfig passes over what it may not read, and a run on something else would follow
  const explorer = cosmiconfig('crdb-conformance', {
    searchPlaces: configNames,
    searchStrategy: 'none',
    loaders: { '.ts': code, '.js': code, '.yaml': yaml, '.yml': yaml, noExt: yaml, default: yaml },
  });
  try {
    const found = await explorer.load(place);
    return { file: place, value: found?.config ?? {} };
  } catch (error) {
    throw unreadable(place, error);
  }
}

/** What went wrong, in a line; the libraries say more lines than one. */
function unreadable(file: string, error: unknown): UserError {
  if (!(error instanceof Error) || error instanceof UserError) throw error;
  const [line = '', ...more] = error.message.split('\n');
  const because = { cause: error };
  if (/import detected/.test(line)) {
    const circle = more.map((entry) => relative('', entry.replace(/^\d+\. | \(same as \d+\.\)$/g, '')));
    return new UserError(
      `--config ${file} goes round in a circle by $import: ${circle.join(' → ') || file}.`,
      'Take one of these $import away.',
      2,
      because,
    );
  }
  if (/\$import|\bopen '/.test(line))
    return new UserError(
      `--config ${file}: its $import can’t be followed: ${line}`,
      'Mend the $import.',
      2,
      because,
    );
  const broken =
    'filepath' in error && typeof error.filepath === 'string' ? relative('', error.filepath) : file;
  const kind = /\.[tj]s$/.test(broken) ? 'can’t be run' : 'is no YAML';
  return new UserError(`--config ${broken} ${kind}: ${line}`, 'Mend the file.', 2, because);
}

/** @throws {UserError} a value holds itself: an anchor of YAML can do that, and nothing can be made of it */
function acyclic(value: unknown, above: ReadonlySet<unknown> = new Set()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value))
    throw new UserError(
      'The configuration holds a value that holds itself.',
      'Take the alias that closes the circle out of it.',
      2,
    );
  const around = new Set([...above, value]);
  for (const inner of Object.values(value)) acyclic(inner, around);
  return value;
}
