/** How the checks of each suite ended. */
import type { Verdict } from '../../harness/model/verdict.ts';
import { verdictOrder as order } from '../verdict-order.ts';
import { columns } from './layout.ts';
import type { Page } from './page.ts';

type Counts = Record<Verdict, number>;

const none = (): Counts => ({ pass: 0, fail: 0, warn: 0, inconclusive: 0, skip: 0, observed: 0 });

export function suiteTable({ report, paint }: Page): string[] {
  const suites = new Map<string, Counts>();
  const all = none();
  for (const { checks } of report.clauses) {
    for (const { suite, verdict } of checks) {
      const counts = suites.get(suite) ?? none();
      counts[verdict]++;
      all[verdict]++;
      suites.set(suite, counts);
    }
  }
  const row = (name: string, counts: Counts) => [
    name,
    ...order.map((verdict) => String(counts[verdict] || '·')),
  ];
  const rows = columns([
    ['checks', ...order],
    ...[...suites].map(([suite, counts]) => row(suite, counts)),
    ...(suites.size === 1 ? [] : [row('all', all)]),
  ]);
  return [
    '',
    ...rows.map((cells, line) => (line === 0 ? paint('quiet', cells.join('')) : coloured(cells, paint))),
  ];
}

function coloured(cells: readonly string[], paint: Page['paint']): string {
  return cells
    .map((cell, column) => {
      const verdict = order[column - 1];
      if (verdict === undefined) return cell;
      return paint(cell.trim() === '·' ? 'quiet' : verdict, cell);
    })
    .join('');
}
