/** `crdb-conformance mutants`: the kill matrix. Exit 1 where a wrong server survives, or the wrong clause is blamed. */
import { loadRegister } from '../../spec/register.ts';
import { isAsStated, type MatrixRow, tryMutant, unproven } from '../kill-matrix.ts';
import { unknown } from '../options.ts';
import type { Mutant } from '../reference/mutant.ts';
import { mutants as all } from '../reference/mutants.ts';
import type { Terminal } from './terminal.ts';

export interface MutantOptions {
  readonly json?: boolean;
  readonly list?: boolean;
  readonly only?: readonly string[];
}

/** @throws {UserError} exit 2: there is no such mutant */
export async function mutants(
  { json = false, list = false, only = [] }: MutantOptions,
  io: Terminal,
): Promise<number> {
  const chosen = select(only);
  const width = Math.max(...chosen.map(({ id }) => id.length));
  if (list) {
    for (const { id, breaks } of chosen) io.write(`${id.padEnd(width)}  ${breaks}\n`);
    return 0;
  }
  const register = loadRegister();
  const rows: MatrixRow[] = [];
  for (const mutant of chosen) {
    const row = await tryMutant(mutant, register);
    rows.push(row);
    if (!json) io.write(`${line(row, width)}\n`);
    if (io.interrupt.aborted) return 130;
  }
  const never = only.length === 0 ? unproven(rows, register) : [];
  const wrong = rows.filter((row) => !isAsStated(row));
  if (json) io.write(`${JSON.stringify({ rows: rows.map(plain), unproven: never }, null, 2)}\n`);
  else
    io.write(
      `\n${rows.length - wrong.length} of ${rows.length} wrong servers convicted as stated${suffix(never)}\n`,
    );
  return wrong.length > 0 || never.length > 0 ? 1 : 0;
}

function select(only: readonly string[]): readonly Mutant[] {
  for (const id of only)
    if (!all.some((mutant) => mutant.id === id))
      throw unknown(
        'mutant',
        id,
        all.map(({ id }) => id),
      );
  return only.length === 0 ? all : all.filter(({ id }) => only.includes(id));
}

function line(row: MatrixRow, width: number): string {
  const { mutant, convictedBy, survived, wronglyBlamed } = row;
  const found = isAsStated(row) ? `convicted by ${convictedBy.join(', ')}` : 'NOT AS STATED';
  return [
    `${mutant.id.padEnd(width)}  ${found}`,
    ...survived.map((id) => `${' '.repeat(width)}    survives ${id}`),
    ...wronglyBlamed.map((id) => `${' '.repeat(width)}    wrongly blamed: ${id}`),
  ].join('\n');
}

const suffix = (never: readonly string[]): string =>
  never.length === 0 ? '' : `; must clauses that no wrong server breaks: ${never.join(', ')}`;

const plain = ({ mutant: { id, breaks }, ...row }: MatrixRow) => ({ id, breaks, ...row });
