/** What several versions of one server differ in, clause by clause, for a person at a terminal. */

import type { Report } from '../harness/model/report.ts';
import type { Verdict } from '../harness/model/verdict.ts';
import { printable } from './escape.ts';
import { counted } from './headline.ts';
import { columns, wrapped } from './terminal/layout.ts';

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
  const broken = rows.filter(({ verdicts }) => verdicts.some(isBroken));
  const otherwise = rows.filter((row) => !broken.includes(row) && new Set(row.verdicts).size > 1);
  const table = columns([
    ['broken somewhere', ...versions.map(({ name }) => printable(name, 40))],
    ...broken.map(({ id, verdicts }) => [printable(id, 80), ...verdicts.map((one) => one ?? '·')]),
  ]);
  const proven = `${counted(otherwise.length, 'clause')} differ${otherwise.length === 1 ? 's' : ''} in what could be proven alone${otherwise.length === 0 ? '' : `: ${otherwise.map(({ id }) => printable(id, 80)).join(', ')}`}.`;
  return [
    '',
    ...(broken.length === 0
      ? ['No clause is broken in any version.']
      : table.map((cells) => cells.join('').trimEnd())),
    ...wrapped(proven, width),
  ];
}

const isBroken = (verdict: Verdict | undefined): boolean => verdict === 'fail' || verdict === 'warn';
