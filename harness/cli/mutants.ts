/** `crdb-conformance mutants`: the kill matrix. Exit 1 if a mutant survives, or an unexpected clause detects one. */
import type { Register } from '../../spec/register.ts';
import { unknown } from '../config/options.ts';
import { mutants as all, type Mutant } from '../reference/mutants.ts';
import { loadContract } from '../run/contract.ts';
import { isAsStated, type MatrixRow, tryMutant, unproven } from '../simulate/kill-matrix.ts';
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
  const contract = await loadContract();
  const { register } = contract;
  const rows: MatrixRow[] = [];
  for (const mutant of chosen) {
    const row = await tryMutant(mutant, contract);
    rows.push(row);
    if (!json) io.write(`${line(row, width)}\n`);
    else if (!isAsStated(row)) io.error(`${line(row, width)}\n`);
  }
  const never = only.length === 0 ? unproven(rows, register) : [];
  const wrong = rows.filter((row) => !isAsStated(row)).length;
  if (json) io.write(`${JSON.stringify({ rows: rows.map(plain), unproven: never }, null, 2)}\n`);
  else io.write(summary(rows, wrong, never, register));
  return wrong > 0 || never.length > 0 ? 1 : 0;
}

function select(only: readonly string[]): readonly Mutant[] {
  const ids = all.map(({ id }) => id);
  for (const id of only) if (!ids.includes(id)) throw unknown('mutant', id, ids);
  return only.length === 0 ? all : all.filter(({ id }) => only.includes(id));
}

function line(row: MatrixRow, width: number): string {
  const { mutant, detectedBy, survived, unexpected } = row;
  const found = isAsStated(row) ? `detected by ${detectedBy.join(', ')}` : 'NOT AS EXPECTED';
  return [
    `${mutant.id.padEnd(width)}  ${found}`,
    ...survived.map((id) => `${' '.repeat(width)}    not detected by ${id}`),
    ...unexpected.map((id) => `${' '.repeat(width)}    unexpectedly detected by ${id}`),
  ].join('\n');
}

function summary(
  rows: readonly MatrixRow[],
  wrong: number,
  never: readonly string[],
  register: Register,
): string {
  const must = register.clauses.filter(({ level }) => level === 'must').map(({ id }) => id);
  const kills = must.map((id) => rows.filter(({ detectedBy }) => detectedBy.includes(id)).length);
  const twice = kills.filter((count) => count >= 2).length;
  return [
    '',
    `${rows.length - wrong} of ${rows.length} mutants detected by exactly the expected clauses`,
    `${twice} of ${must.length} must clauses detect two or more mutants`,
    ...(never.length === 0 ? [] : [`must clauses that detect no mutant: ${never.join(', ')}`]),
    '',
  ].join('\n');
}

const plain = ({ mutant: { id, breaks }, ...row }: MatrixRow) => ({ id, breaks, ...row });
