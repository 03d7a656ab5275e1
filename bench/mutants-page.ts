/** Prints docs/mutants.md: `npm run mutants:page`. */
import { type Mutant, mutants } from '../harness/reference/mutants.ts';
import { loadRegister, type Register } from '../spec/register.ts';
import { undetectedByCrdbs } from './mutants-by-crdbs.ts';

/** Which clauses detect which mutant, from the data that the kill matrix is tested against. */
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

if (import.meta.main) process.stdout.write(mutantsPage(mutants, loadRegister()));
