/** docs/mutants.md: which clauses detect which mutant, from the same data that the kill matrix is tested against. */
import type { Register } from '../../spec/register.ts';
import type { Mutant } from '../reference/mutants.ts';

/** @returns the page, in Markdown */
export function mutantsPage(mutants: readonly Mutant[], { clauses }: Register): string {
  const judging = clauses.filter(({ level }) => level !== 'may');
  return [
    '# The kill matrix',
    '',
    `${mutants.length} mutants, each the reference cluster with one fault, and the clauses that detect it. \`npm run test:all\``,
    'proves that exactly these clauses detect it. `npm run mutants` runs the matrix, `npm run mutants -- --only ID` one',
    'mutant; `npm run mutants:page` writes this page.',
    '',
    'The profile `quick` detects a mutant unless the table names another one.',
    '',
    '| mutant | fault | detected by |',
    '|---|---|---|',
    ...mutants.map(
      ({ id, breaks, killedBy, profile }) =>
        `| \`${id}\` | ${cell(breaks)}${profile ? ` (profile \`${profile}\`)` : ''} | ${killedBy.map((clause) => `\`${clause}\``).join(', ')} |`,
    ),
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

const cell = (text: string): string => text.replaceAll('|', '\\|');
