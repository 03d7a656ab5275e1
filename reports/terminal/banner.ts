/** The first lines: the verdict, what broke, and on which target. One who reads no further has read enough. */
import { tally } from '../headline.ts';
import { insecurity } from '../insecure.ts';
import { hanging, listed, oneLine } from './layout.ts';
import type { Page } from './page.ts';

export function banner(page: Page): string[] {
  const { report, width } = page;
  const { target, run } = report;
  const broken = report.clauses.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  const server = target.server === null ? '' : `, server ${oneLine(target.server, 60)}`;
  const unseen = insecurity(report);
  const capabilities = target.capabilities.length > 0 ? ` (${target.capabilities.join(', ')})` : '';
  return [
    ...verdictLines(page),
    ...(broken.length > 0 ? [`Broken     ${listed(broken, width - label)}`] : []),
    ...(run.cutShort === null ? [] : hanging('Cut short  ', run.cutShort, width)),
    ...hanging('Target     ', `${oneLine(target.name, 60)}, ${target.url}${server}`, width),
    ...(unseen === undefined ? [] : hanging('Insecure   ', unseen, width)),
    ...hanging('Tasks by   ', target.provisioner + capabilities, width),
  ];
}

const label = 'Target     '.length;

/** At the end once more, for that is where a terminal's window stands. */
export function verdictLines({ report, paint, width }: Page): string[] {
  const badge = ` ${report.verdict.toUpperCase()} `;
  const [first = '', ...rest] = hanging(`${badge} `, tally(report), width);
  return [paint(report.verdict, badge) + first.slice(badge.length), ...rest];
}
