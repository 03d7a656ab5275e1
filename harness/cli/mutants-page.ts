/** docs/mutants.md: which clause convicts which wrong server, for people. Made from the data that the matrix is held against. */
import type { Register } from '../../spec/register.ts';
import type { Mutant } from '../reference/mutant.ts';

/** @returns the page, in Markdown */
export function mutantsPage(mutants: readonly Mutant[], { clauses }: Register): string {
  const judging = clauses.filter(({ level }) => level !== 'may');
  return [
    '# The kill matrix',
    '',
    `${mutants.length} wrong servers, each the reference cluster with one change, and the clauses that convict it: exactly`,
    'these, in every run of the tests. `npm run conformance -- mutants` runs the matrix, `--only ID` one of them;',
    '`npm run mutants:page` writes this page.',
    '',
    'Without a word each is convicted by the profile `quick`.',
    '',
    '| wrong server | what is wrong about it | convicted by |',
    '|---|---|---|',
    ...mutants.map(
      ({ id, breaks, killedBy, profile }) =>
        `| \`${id}\` | ${cell(breaks)}${profile ? ` (profile \`${profile}\`)` : ''} | ${killedBy.map((clause) => `\`${clause}\``).join(', ')} |`,
    ),
    '',
    '## By clause',
    '',
    '| clause | level | wrong servers that it convicts |',
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
