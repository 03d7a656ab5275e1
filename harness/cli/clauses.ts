/** `crdb-conformance clauses` and `explain`: all clauses, and one clause with its basis and its checks. */
import { groundOf } from '../../reports/text/sentences.ts';
import { loadEdition } from '../../spec/edition.ts';
import { type Clause, docsUrl, loadRegister } from '../../spec/register.ts';
import { unknown } from '../config/options.ts';
import { type Check, readSuites } from '../run/clause.ts';
import { givenBy } from '../run/powers.ts';
import type { Terminal } from './terminal.ts';

/** Lists every clause: id, level and statement. */
export async function clauses(
  { json = false, contract }: { readonly json?: boolean; readonly contract?: string },
  io: Terminal,
): Promise<number> {
  const { edition, clauses, notTestable, notAsked } = loadRegister(loadEdition(contract));
  if (json) {
    const listed = clauses.map((clause) => ({ ...clause, url: docsUrl(clause, edition) }));
    io.write(`${JSON.stringify({ edition, clauses: listed, notTestable, notAsked }, null, 2)}\n`);
    return 0;
  }
  const width = Math.max(...clauses.map(({ id }) => id.length));
  for (const { id, level, statement } of clauses)
    io.write(`${id.padEnd(width)}  ${level.padEnd(6)}  ${statement}\n`);
  const must = clauses.filter(({ level }) => level === 'must').length;
  io.write(`\n${clauses.length} clauses in edition ${edition}, ${must} of them must clauses.\n`);
  for (const { id, reason } of notAsked) io.write(`Not required: ${id}: ${reason}\n`);
  io.write(`Not testable: ${notTestable.map(({ statement }) => statement).join(' ')}\n`);
  return 0;
}

/**
 * Shows a clause, or all whose ids begin with `id.`.
 * @throws {UserError} exit 2: there is no such clause
 */
export async function explain(
  id: string,
  { contract }: { readonly contract?: string },
  io: Terminal,
): Promise<number> {
  const register = loadRegister(loadEdition(contract));
  const found = register.clauses.filter((clause) => clause.id === id || clause.id.startsWith(`${id}.`));
  if (found.length === 0) throw unknown('clause', id, [...register.byId.keys()]);
  const book = await readSuites();
  const texts = found.map((clause) => lines(clause, book.get(clause.id) ?? [], register.edition).join('\n'));
  io.write(`${texts.join('\n\n')}\n`);
  return 0;
}

function lines(clause: Clause, checks: readonly Check[], edition: string): readonly string[] {
  const controls = [...new Set(checks.map(({ positiveControl }) => positiveControl))].filter(
    (id) => id !== undefined,
  );
  const explaining = [...new Set(checks.flatMap(({ dependsOn }) => dependsOn))];
  return [
    `${clause.id} (${clause.level})`,
    `  ${clause.statement}`,
    `  Basis      ${groundOf(clause)}`,
    `  Docs       ${docsUrl(clause, edition)} (since ${clause.since})`,
    ...(controls.length === 0
      ? []
      : [`  Requires   ${controls.join(', ')}: the clause is inconclusive unless this one passes`]),
    ...(explaining.length === 0
      ? []
      : [
          `  Not judged if one of these fails, because the same fault would show here: ${explaining.join(', ')}`,
        ]),
    ...[...new Set(checks.flatMap(({ sameFaultAs }) => sameFaultAs ?? []))].map(
      (id) => `  Reported as one finding with ${id} where both fail on the same answer`,
    ),
    ...checks.map(
      ({ suite, name, needs = [] }, index) =>
        `${index === 0 ? '  Checks     ' : '             '}${suite}: ${name}${needs.length === 0 ? '' : `; needs ${needs.map((power) => givenBy[power]).join('; ')}`}`,
    ),
  ];
}
