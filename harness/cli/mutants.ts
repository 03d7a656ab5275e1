/**
 * `crdb-conformance mutants`: the kill matrix. Exit 1 where a wrong server survives, the wrong clause is blamed, or a
 * check is redundant.
 */
import { loadRegister, type Register } from '../../spec/register.ts';
import { unknown } from '../config/options.ts';
import type { Mutant } from '../reference/mutant.ts';
import { mutants as all } from '../reference/mutants.ts';
import { readSuites, titleOf } from '../run/clause.ts';
import { suiteFiles } from '../run/suites.ts';
import { isAsStated, type MatrixRow, tryMutant, unproven } from '../simulate/kill-matrix.ts';
import { redundant as needlessAmong, type Redundant } from '../simulate/redundant.ts';
import { mutantsPage } from './mutants-page.ts';
import type { Terminal } from './terminal.ts';

export interface MutantOptions {
  readonly json?: boolean;
  readonly list?: boolean;
  readonly markdown?: boolean;
  readonly redundant?: boolean;
  readonly only?: readonly string[];
}

/** @throws {UserError} exit 2: there is no such mutant */
export async function mutants(
  { json = false, list = false, markdown = false, redundant = false, only = [] }: MutantOptions,
  io: Terminal,
): Promise<number> {
  const chosen = select(only);
  const width = Math.max(...chosen.map(({ id }) => id.length));
  if (list) {
    for (const { id, breaks } of chosen) io.write(`${id.padEnd(width)}  ${breaks}\n`);
    return 0;
  }
  const register = loadRegister();
  const quiet = json || markdown || redundant;
  const rows: MatrixRow[] = [];
  for (const mutant of chosen) {
    const row = await tryMutant(mutant, register);
    rows.push(row);
    if (!quiet) io.write(`${line(row, width)}\n`);
    else if (!isAsStated(row)) io.error(`${line(row, width)}\n`);
    if (io.interrupt.aborted) return 130;
  }
  const never = only.length === 0 ? unproven(rows, register) : [];
  const wrong = rows.filter((row) => !isAsStated(row));
  const idle = redundant ? await needlessChecks(rows, register) : [];
  if (json) io.write(`${JSON.stringify({ rows: rows.map(plain), unproven: never }, null, 2)}\n`);
  else if (redundant) io.write(tellNeedless(idle));
  else if (markdown) io.write(mutantsPage(chosen, register));
  else io.write(summary(rows, wrong.length, never, register));
  const isWrong =
    wrong.length > 0 ||
    never.length > 0 ||
    (only.length === 0 && idle.some(({ reason }) => reason === undefined));
  return isWrong ? 1 : 0;
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

/** How many are convicted, and by how many each clause is proven at least. */
function summary(
  rows: readonly MatrixRow[],
  wrong: number,
  never: readonly string[],
  register: Register,
): string {
  const must = register.clauses.filter(({ level }) => level === 'must').map(({ id }) => id);
  const kills = must.map((id) => rows.filter(({ convictedBy }) => convictedBy.includes(id)).length);
  const twice = kills.filter((count) => count >= 2).length;
  return [
    '',
    `${rows.length - wrong} of ${rows.length} wrong servers convicted as stated`,
    `${twice} of ${must.length} must clauses convict two or more of them`,
    ...(never.length === 0 ? [] : [`must clauses that convict none: ${never.join(', ')}`]),
    '',
  ].join('\n');
}

async function needlessChecks(rows: readonly MatrixRow[], register: Register): Promise<readonly Redundant[]> {
  const book = await readSuites(suiteFiles);
  return needlessAmong(rows, [...book.values()].flat(), register);
}

function tellNeedless(found: readonly Redundant[]): string {
  const unexplained = found.filter(({ reason }) => reason === undefined).length;
  return [
    ...found.map(
      ({ check, fails, reason = 'no reason is told' }) =>
        `${titleOf(check)}  ${fails ? 'fails with others alone' : 'never fails'}: ${reason}`,
    ),
    `${found.length} checks without which every wrong server would be convicted, ${unexplained} of them without a reason`,
    '',
  ].join('\n');
}

const plain = ({ mutant: { id, breaks }, ...row }: MatrixRow) => ({ id, breaks, ...row });
