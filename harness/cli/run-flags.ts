/** The flags of `run`, made from the table of options. */
import { InvalidArgumentError, Option } from 'commander';
import { type Kind, rowOf } from '../config/option-kinds.ts';
import type { OptionRow } from '../config/option-row.ts';
import { byDefault, optionRows } from '../config/option-table.ts';

/** @param only the options that they are made of; all where it is left out */
export const runFlags = (only?: readonly string[]): readonly Option[] =>
  optionRows.flatMap(([key, row]) =>
    row.flags === undefined || (only && !only.includes(key)) ? [] : [flagOf(row.flags, row)],
  );

function flagOf(flags: string, row: OptionRow): Option {
  const option = new Option(flags, described(row));
  const { kind } = row;
  if (typeof kind !== 'string') return option.choices(kind);
  return isNumber(kind) ? option.argParser((text) => readNumber(text, kind)) : option;
}

function described(row: OptionRow): string {
  const notes = [
    ...(typeof row.otherwise === 'boolean' ? [] : [`default: ${byDefault(row)}`]),
    ...(row.variable === undefined ? [] : [`environment: ${row.variable}`]),
  ];
  return notes.length === 0 ? row.says : `${row.says} (${notes.join('; ')})`;
}

const isNumber = (kind: Kind): boolean => ['integer', 'number'].includes(String(rowOf(kind).schema.type));

function readNumber(text: string, kind: Kind): unknown {
  const { read, words } = rowOf(kind);
  const value = read?.(text);
  if (value === undefined) throw new InvalidArgumentError(`It is a ${words}.`);
  return value;
}
