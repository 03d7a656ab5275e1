/** What is not proven: doubts by what caused them, skips by what was missing; and what was only observed. */
import { printable } from '../escape.ts';
import { counted } from '../headline.ts';
import { hanging, oneLine } from './layout.ts';
import { checksOf, clauseNames, names, type Page, type Placed, titled } from './page.ts';

/** So many entries stand under one title; report.json has them all. */
const shownEntries = 12;

/** One cause, one entry: another clause's failure, a lost answer; what is left stands clause by clause. */
export function doubts(page: Page): string[] {
  const { report, width } = page;
  const doubtful = checksOf(report, 'inconclusive');
  const causes = Map.groupBy(doubtful, cause(page));
  const own = Map.groupBy(causes.get(undefined) ?? [], ({ clause }) => clause.id);
  causes.delete(undefined);
  return titled(page, `Inconclusive: ${counted(doubtful.length, 'check')}`, [
    ...limited(
      [...causes].map(([text, placed]) => [
        ...hanging('· ', `${text}:`, width),
        ...clauseNames(page, placed),
      ]),
    ),
    ...limited([...own.values()].map((placed) => ownDoubt(placed, width))),
  ]);
}

function cause({ report, evidence }: Page): (doubtful: Placed) => string | undefined {
  const verdicts = new Map(report.clauses.map(({ id, verdict }) => [id, verdict]));
  return ({ check }) => {
    if (check.because !== undefined) {
      return `because of ${check.because} (${verdicts.get(check.because) ?? 'not in this report'})`;
    }
    const { lost } = evidence(check);
    return lost === undefined ? undefined : printable(lost);
  };
}

function ownDoubt([first, ...others]: readonly Placed[], width: number): string[] {
  if (!first) return [];
  const { clause, check } = first;
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'other check')} of it)`;
  return hanging('· ', `${clause.id}, ${check.name}: ${check.reason}${more}`, width);
}

/** What was missing, and what it would have shown. */
export function skips(page: Page): string[] {
  const { report, width } = page;
  const skipped = checksOf(report, 'skip');
  const untouched = report.clauses.filter(({ checks }) => checks.length === 0).map(({ id }) => id);
  const parts = [
    ...(skipped.length > 0 ? [counted(skipped.length, 'check')] : []),
    ...(untouched.length > 0 ? [counted(untouched.length, 'whole clause')] : []),
  ];
  return titled(page, `Skipped: ${parts.join(' and ')}`, [
    ...limited(
      [...Map.groupBy(skipped, ({ check }) => check.reason)].map(([reason, placed]) => [
        ...hanging('· ', `${reason}:`, width),
        ...clauseNames(page, placed),
      ]),
    ),
    ...(untouched.length > 0 ? ['· no check of it was run:', ...names(width, untouched)] : []),
  ]);
}

/** A line each: what was seen counts neither for nor against. */
export function observations(page: Page): string[] {
  const observed = checksOf(page.report, 'observed');
  const lines = observed.map(({ clause, check }) => [
    oneLine(`· ${clause.id}, ${check.name}: ${check.seen ?? check.reason}`, page.width),
  ]);
  return titled(page, `Observed: ${counted(observed.length, 'check')}`, limited(lines, 2 * shownEntries));
}

const limited = (entries: readonly (readonly string[])[], limit = shownEntries): string[] => [
  ...entries.slice(0, limit).flat(),
  ...(entries.length > limit ? [`  and ${entries.length - limit} more: see report.json`] : []),
];
