/** Many targets on a terminal: one line for each, and the clauses in which they differ. */

import type { Report } from '../harness/model/report.ts';
import type { Verdict } from '../harness/model/verdict.ts';
import type { Fleet, FleetEntry } from './fleet.ts';
import { printable } from './text/escape.ts';
import { columns, hanging, painter, wrapped } from './text/layout.ts';
import { counted } from './text/sentences.ts';

export interface FleetTextOptions {
  readonly colour: boolean;
  readonly width: number;
  readonly file: string;
  /** Lines between those of the targets and the verdict. */
  readonly compared?: readonly string[];
}

/** @returns the whole text; no line of it holds a character that a target could do harm with */
export function fleetText(fleet: Fleet, { colour, width, file, compared = [] }: FleetTextOptions): string {
  const paint = painter(colour);
  const badge = ` ${fleet.verdict.toUpperCase()} `;
  const verdict = `${paint(fleet.verdict, badge)} ${fleetHeadline(fleet)}`;
  const longest = Math.max(...fleet.targets.map(({ name }) => name.length));
  return [
    verdict,
    '',
    ...fleet.targets.flatMap((entry) => hanging(`${entry.name.padEnd(longest)}  `, inWords(entry), width)),
    ...compared,
    '',
    `Reports    ${printable(file)}, and a folder for each target`,
    verdict,
    '',
  ].join('\n');
}

const inWords = ({ result, problem }: FleetEntry): string =>
  printable(result?.headline ?? `not tested: ${problem ?? 'the run ended first'}`, 1000);

/** `3 of 50 targets non-conformant, 46 conformant, 1 not tested` */
export function fleetHeadline({ targets, shard }: Pick<Fleet, 'targets' | 'shard'>): string {
  const of = (verdict: Fleet['verdict']): number =>
    targets.filter(({ result }) => result?.verdict === verdict).length;
  const parts = [
    { count: of('non-conformant'), what: 'non-conformant' },
    { count: of('conformant'), what: 'conformant' },
    { count: of('incomplete'), what: 'incomplete' },
    { count: targets.filter(({ result }) => !result).length, what: 'not tested' },
  ].filter(({ count }) => count > 0);
  const part = shard ? ` (part ${shard.index} of ${shard.of})` : '';
  return `${counted(targets.length, 'target')}${part}: ${parts.map(({ count, what }) => `${count} ${what}`).join(', ')}`;
}

export interface Version {
  readonly name: string;
  readonly report: Pick<Report, 'clauses'>;
}

/** @returns its lines; none where there are not two of them */
export function versionsText(versions: readonly Version[], width: number): readonly string[] {
  if (versions.length < 2) return [];
  const columnsOf = versions.map(
    ({ report }) => new Map(report.clauses.map(({ id, verdict }) => [id, verdict])),
  );
  const ids = [...new Set(columnsOf.flatMap((verdicts) => [...verdicts.keys()]))];
  const rows = ids.map((id) => ({ id, verdicts: columnsOf.map((verdicts) => verdicts.get(id)) }));
  const broken = rows.filter(({ verdicts }) => verdicts.some(isBrokenVerdict));
  const otherwise = rows.filter((row) => !broken.includes(row) && new Set(row.verdicts).size > 1);
  const table = columns([
    ['broken somewhere', ...versions.map(({ name }) => printable(name, 40))],
    ...broken.map(({ id, verdicts }) => [printable(id, 80), ...verdicts.map((one) => one ?? '·')]),
  ]);
  const differing = `Proven in some versions only: ${otherwise.length === 0 ? 'no clause' : otherwise.map(({ id }) => printable(id, 80)).join(', ')}.`;
  return [
    '',
    ...(broken.length === 0
      ? ['No clause is broken in any version.']
      : table.map((cells) => cells.join('').trimEnd())),
    ...wrapped(differing, width),
  ];
}

const isBrokenVerdict = (verdict: Verdict | undefined): boolean => verdict === 'fail' || verdict === 'warn';
