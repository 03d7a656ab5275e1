/** The beginning of the page: the verdict, the counts, and what the run was. */
import type { RootContent, TableRow } from 'mdast';
import type { Report } from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';
import { tally } from '../headline.ts';
import { insecurity } from '../insecure.ts';
import { duration } from '../terminal/layout.ts';
import { verdictOrder } from '../verdict-order.ts';
import { code, paragraph, plain, said } from './text.ts';

const signs: Readonly<Record<Report['verdict'], string>> = {
  conformant: '✅',
  'non-conformant': '❌',
  incomplete: '⚠️',
};

export function head(report: Report): readonly RootContent[] {
  const { target, run } = report;
  const unseen = insecurity(report);
  const server = target.server === null ? [] : [plain(', server '), code(target.server, 60)];
  return [
    {
      type: 'heading',
      depth: 2,
      children: [plain(`${signs[report.verdict]} ${report.verdict}: ${tally(report)}`)],
    },
    ...(run.cutShort === null ? [] : [paragraph(plain('The run was cut short: '), said(run.cutShort))]),
    ...(unseen === undefined ? [] : [paragraph(plain(`Insecure: ${unseen}.`))]),
    countsOf(report),
    paragraph(
      plain('Target '),
      code(target.name, 60),
      plain(', '),
      code(target.url, 200),
      ...server,
      plain('; tasks by '),
      code(target.provisioner, 30),
      plain(`. Profile ${run.profile}, seed ${run.seed}, took ${duration(run.durationMs)}; run `),
      code(run.id, 60),
      plain(', harness '),
      code(run.harnessVersion, 30),
      plain('.'),
    ),
  ];
}

/** Clauses by level and verdict, and the checks of all of them. */
function countsOf({ clauses }: Report): RootContent {
  const of = (level: string) => clauses.filter((clause) => clause.level === level);
  const rows: readonly (readonly [string, readonly { readonly verdict: Verdict }[]])[] = [
    ['must', of('must')],
    ['should', of('should')],
    ['may', of('may')],
    ['all clauses', clauses],
    ['checks', clauses.flatMap(({ checks }) => checks)],
  ];
  return {
    type: 'table',
    align: ['left', ...verdictOrder.map(() => 'right' as const)],
    children: [
      row(['', ...verdictOrder]),
      ...rows.map(([name, judged]) =>
        row([
          name,
          ...verdictOrder.map((wanted) => String(judged.filter(({ verdict }) => verdict === wanted).length)),
        ]),
      ),
    ],
  };
}

const row = (cells: readonly string[]): TableRow => ({
  type: 'tableRow',
  children: cells.map((cell) => ({ type: 'tableCell', children: [plain(cell)] })),
});
