/** The sentences of every report: verdict, headline, reasons, known failures. Each renderer takes them from here. Pure. */

import type { MetExpectation, OutdatedExpectation } from '../harness/model/expectation.ts';
import type { Report } from '../harness/model/report.ts';
import type { Verdict } from '../harness/model/verdict.ts';
import { printable } from './escape.ts';

/** `incomplete: 31 of 48 must clauses proven (33 within reach), none broken` */
export const headline = (report: Report): string => `${report.verdict}: ${tally(report)}`;

/** The headline without its first word. */
export const tally = (report: Report): string => once(report) + overExpected(report);

function once({ verdict, summary: { must, warn }, run: { settings } }: Report): string {
  // A part of the contract was looked at: nobody may read its verdict as the whole one's.
  const what = settings.selection === undefined ? 'must clause' : 'selected must clause';
  const all = counted(must.total, what);
  const reach = must.reachable === must.total ? '' : ` (${must.reachable} within reach)`;
  if (must.broken > 0) return `${must.broken} of ${all} broken, ${must.proven} proven${reach}`;

  const strictly =
    verdict === 'non-conformant' ? `, ${counted(warn, 'should clause')} broken (--strict)` : '';
  if (must.total === 0) return `no must clause was selected${strictly}`;
  if (verdict === 'conformant') return must.total === 1 ? `the one ${what} is proven` : `all ${all} proven`;
  return `${must.proven} of ${all} proven${reach}, none broken${strictly}`;
}

/** `1 check`, `2 checks` */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Undefined where the certificate was looked at, or there was none to look at. */
export const insecurity = ({ target, run }: Pick<Report, 'target' | 'run'>): string | undefined =>
  run.settings.insecure === true && target.url.startsWith('https:')
    ? 'any certificate was taken (--insecure): it is not proven who answered'
    : undefined;

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

export const verdictOrder = [
  'pass',
  'fail',
  'warn',
  'inconclusive',
  'skip',
  'observed',
] as const satisfies readonly Verdict[];
