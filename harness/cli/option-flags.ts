/** The flags of `run`, and of other commands with the same options, made from the table of options. */
import { InvalidArgumentError, Option } from 'commander';
import type { KindName, OptionRow } from '../config/option-row.ts';
import { optionGroups } from '../config/option-table.ts';
import type { RunFlags } from '../config/run-options.ts';
import { defaultOf, kindOf } from '../config/schemas.ts';

/** The options that `cleanup` shares with `run`: how to reach a target. */
export const connectionKeys: readonly (keyof RunFlags)[] = [
  'target',
  'node',
  'config',
  'user',
  'passwordFrom',
  'auth',
  'ca',
  'cert',
  'key',
  'insecure',
  'proxy',
  'followLeader',
  'timeoutS',
  'maxRps',
];

/**
 * @param only the keys of the options that are wanted; all where it is left out
 * @param needsTarget no reference cluster takes the place of a target that is not given
 */
export const optionFlags = (only?: readonly string[], needsTarget = false): readonly Option[] =>
  Object.entries(optionGroups).flatMap(([group, rows]) =>
    Object.entries(rows).flatMap(([key, row]: [string, OptionRow]) => {
      if (row.flag === undefined || (only && !only.includes(key))) return [];
      const { defaultText: _, ...withoutDefault } = row;
      return [flagOf(row.flag, needsTarget && key === 'target' ? withoutDefault : row, `${group}:`)];
    }),
  );

function flagOf(flag: string, row: OptionRow, group: string): Option {
  const option = new Option(flag, helpOf(row)).helpGroup(group);
  if (typeof row.kind !== 'string') return option.choices(row.kind);
  const { type } = kindOf(row.kind).schema;
  return type === 'integer' || type === 'number' || type === 'string'
    ? option.argParser(parserOf(row.kind))
    : option;
}

/** @returns what reads the value of a flag, for commander */
export const parserOf =
  (kind: KindName) =>
  (text: string): unknown => {
    const { read, words } = kindOf(kind);
    const value = read?.(text);
    if (value !== undefined) return value;
    throw new InvalidArgumentError(`It must be ${text === '' ? 'more than an empty text' : words}.`);
  };

function helpOf(row: OptionRow): string {
  const hasDefault = row.defaultText !== undefined || (row.default !== undefined && row.kind !== 'switch');
  const notes = [
    ...(hasDefault ? [`default: ${defaultOf(row)}`] : []),
    ...(row.env === undefined ? [] : [`environment: ${row.env}`]),
  ];
  return notes.length === 0 ? row.help : `${row.help} (${notes.join('; ')})`;
}
