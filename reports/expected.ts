/** Which failures of a report were to be expected, and what is to be said of the expectations. */
import type { MetExpectation, OutdatedExpectation, Report } from '../harness/model/report.ts';
import { printable } from './escape.ts';
import { counted } from './headline.ts';

/** @returns what finds the expectation that a failed check met, by its clause and its name */
export function expectedIn({
  expectations,
}: Pick<Report, 'expectations'>): (clause: string, check: string) => MetExpectation | undefined {
  const met = new Map(
    (expectations?.met ?? []).flatMap((entry) =>
      entry.checks.map((check) => [JSON.stringify([entry.clause, check]), entry] as const),
    ),
  );
  return (clause, check) => met.get(JSON.stringify([clause, check]));
}

/** `known since the upgrade (ops, https://…, until 2026-12-31)` */
export function excuse({ reason, owner, link, expires }: MetExpectation): string {
  const notes = [owner, link, expires === undefined ? undefined : `until ${expires}`].filter(
    (note) => note !== undefined,
  );
  return printable(notes.length === 0 ? reason : `${reason} (${notes.join(', ')})`);
}

/** `expectations.yaml: list.empty passes again: delete lines 12 to 17` */
export function toBeDeleted(
  file: string,
  { clause, target, problem, expires, lines: [first, last] }: OutdatedExpectation,
): string {
  const lines = first === last ? `line ${first}` : `lines ${first} to ${last}`;
  const of = target === undefined ? clause : `${clause} (of ${target})`;
  const why = {
    'passes again': 'passes again',
    'not seen any more': 'fails in another way, or not in this one any more',
    'past its date': `was put up with until ${expires}`,
  }[problem];
  return printable(`${file}: ${of} ${why}: delete ${lines}`);
}

/** What follows the headline where failures were to be expected. */
export function overExpected({ expectations }: Pick<Report, 'expectations'>): string {
  if (!expectations) return '';
  const { met, unexpected, outdated } = expectations;
  const parts = [
    ...(unexpected.length > 0 ? [`${counted(unexpected.length, 'failure')} not expected`] : []),
    ...(unexpected.length === 0 && met.length > 0 ? ['every failure was expected'] : []),
    ...(outdated.length > 0 ? [`${counted(outdated.length, 'expectation')} to be deleted`] : []),
  ];
  return parts.map((part) => `; ${part}`).join('');
}
