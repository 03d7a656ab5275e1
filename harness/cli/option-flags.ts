/** The flags of `run`, and of other commands with the same options, made from the table of options. */
import { InvalidArgumentError, Option } from 'commander';
import { type OptionRow, optionGroups } from '../config/option-table.ts';
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

/** @param only the keys of the options that are wanted; all where it is left out */
export const optionFlags = (only?: readonly string[]): readonly Option[] =>
  Object.entries(optionGroups).flatMap(([group, rows]) =>
    Object.entries(rows).flatMap(([key, row]) =>
      row.flag === undefined || (only && !only.includes(key)) ? [] : [flagOf(row.flag, row, `${group}:`)],
    ),
  );

function flagOf(flag: string, row: OptionRow, group: string): Option {
  const option = new Option(flag, helpOf(row)).helpGroup(group);
  if (typeof row.kind !== 'string') return option.choices(row.kind);
  const { read, schema, words } = kindOf(row.kind);
  if (!['integer', 'number', 'string'].includes(`${schema.type}`)) return option;
  return option.argParser((text): unknown => {
    const value = read?.(text);
    if (value === undefined)
      throw new InvalidArgumentError(`It must be ${text === '' ? 'more than an empty text' : words}.`);
    return value;
  });
}

function helpOf(row: OptionRow): string {
  const hasDefault = row.defaultText !== undefined || (row.default !== undefined && row.kind !== 'switch');
  const notes = [
    ...(hasDefault ? [`default: ${defaultOf(row)}`] : []),
    ...(row.env === undefined ? [] : [`environment: ${row.env}`]),
  ];
  return notes.length === 0 ? row.help : `${row.help} (${notes.join('; ')})`;
}
