/** `crdb-conformance mutants`: the kill matrix. Exit 1 if a mutant survives, or an unexpected clause detects one. */
import type { Register } from '../../spec/register.ts';
import { unknown } from '../config/options.ts';
import { mutants as all, type Mutant } from '../reference/mutants.ts';
import { undetectedByCrdbs } from '../reference/mutants-by-crdbs.ts';
import { loadContract } from '../run/contract.ts';
import { isAsStated, type MatrixRow, tryMutant, unproven } from '../simulate/kill-matrix.ts';
import type { Terminal } from './terminal.ts';

export interface MutantOptions {
  readonly json?: boolean;
  readonly list?: boolean;
  readonly markdown?: boolean;
  readonly only?: readonly string[];
}

/** @throws {UserError} exit 2: there is no such mutant */
export async function mutants(
  { json = false, list = false, markdown = false, only = [] }: MutantOptions,
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
  if (markdown) {
    io.write(mutantsPage(chosen, register)); // test:all holds the matrix against the same data
    return 0;
  }
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

/** docs/mutants.md: which clauses detect which mutant, from the data that the kill matrix is tested against. */
export function mutantsPage(mutants: readonly Mutant[], { clauses }: Register): string {
  const judging = clauses.filter(({ level }) => level !== 'may');
  const musts = new Set(clauses.filter(({ level }) => level === 'must').map(({ id }) => id));
  const faults = mutants.filter(({ killedBy }) => killedBy.some((id) => musts.has(id)));
  const byCrdbs = (more: boolean) =>
    faults.filter(({ id }) => {
      const missed = undetectedByCrdbs.get(id);
      return !missed || (more && missed.detectedWith !== undefined);
    }).length;
  return [
    '# The kill matrix',
    '',
    `${mutants.length} mutants, each the reference cluster with one fault, and the clauses that detect it. \`npm run test:all\``,
    'proves that exactly these clauses detect it. `npm run mutants` runs the matrix, `npm run mutants -- --only ID` one',
    'mutant; `npm run mutants:page` writes this page.',
    '',
    'The profile `quick` detects a mutant unless the table names another one.',
    '',
    `By \`--provision crdbs\`, where tasks move by themselves, ${byCrdbs(false)} of the ${faults.length} mutants that break a must clause are`,
    `detected by a run in \`quick\`, and ${byCrdbs(true)} with \`--profile full\` and \`--allow-force\`. A number in the last column names`,
    '[the reason](#not-detected-by-crdbs) why one is not. `npm run trust -- --only crdbs-mutants` measures it.',
    '',
    '| mutant | fault | detected by | by `crdbs` |',
    '|---|---|---|---|',
    ...mutants.map(
      ({ id, breaks, killedBy, profile }) =>
        `| \`${id}\` | ${cell(breaks)}${profile ? ` (profile \`${profile}\`)` : ''} | ${killedBy.map((clause) => `\`${clause}\``).join(', ')} | ${numberOf(id)} |`,
    ),
    '',
    '## Not detected by crdbs',
    '',
    ...reasons.map((why, index) => `${index + 1}. ${why[0]?.toUpperCase()}${why.slice(1)}.`),
    '',
    '## By clause',
    '',
    '| clause | level | mutants that it detects |',
    '|---|---|---|',
    ...judging.map(({ id, level }) => {
      const killed = mutants
        .filter(({ killedBy }) => killedBy.includes(id))
        .map((mutant) => `\`${mutant.id}\``);
      return `| \`${id}\` | ${level} | ${killed.join(', ')} |`;
    }),
    '',
  ].join('\n');
}

/** Why a run by `crdbs` does not detect some mutants, each once. */
const reasons = [...new Set([...undetectedByCrdbs.values()].map(({ why }) => why))];

function numberOf(id: string): string {
  const missed = undetectedByCrdbs.get(id);
  return missed ? `no (${reasons.indexOf(missed.why) + 1})` : 'yes';
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
