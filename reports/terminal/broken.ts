/** Broken clauses on a terminal: each with its source in the docs, and the proof that it is broken. */
import type { CheckResult, ClauseResult } from '../../harness/model/report.ts';
import { kindOf, needsLogin } from '../evidence.ts';
import { counted, expectedIn } from '../sentences.ts';
import { hanging, listed, oneLine, type Page, titled, wrapped } from './layout.ts';

/** So many kinds of failure of one clause are told whole, fewer where much is broken; the other checks by name. */
const shownKinds = { few: 3, many: 1 };
const many = 8;
const shownLines = 4;

export function failures(page: Page): string[] {
  const clauses = page.report.clauses
    .filter(({ verdict }) => verdict === 'fail')
    .map((clause) => unexpected(page, clause))
    .filter(({ checks }) => checks.some(({ verdict }) => verdict === 'fail'));
  return titled(page, `Broken: ${counted(clauses.length, 'clause')}`, [
    ...login(page, clauses),
    ...clauses.flatMap((clause) => [
      '',
      ...told(page, clause, 'fail', clauses.length > many ? 'many' : 'few'),
    ]),
  ]);
}

/** A clause without the checks that failed as somebody had said. */
function unexpected({ report }: Page, clause: ClauseResult): ClauseResult {
  const expected = expectedIn(report);
  return { ...clause, checks: clause.checks.filter(({ name }) => !expected(clause.id, name)) };
}

/** The broken `should`s, and the warnings of clauses that are told for nothing worse. */
export function warnings(page: Page): string[] {
  const clauses = page.report.clauses.filter(
    ({ verdict, checks }) => verdict !== 'fail' && checks.some((check) => check.verdict === 'warn'),
  );
  const isFirst = page.report.summary.fail === 0;
  return titled(page, `Warnings: ${counted(clauses.length, 'clause')}`, [
    ...(isFirst ? login(page, clauses) : []),
    ...clauses.flatMap((clause) => ['', ...told(page, clause, 'warn', 'many')]),
  ]);
}

/** One clause that is broken, or warned of. */
export const brokenClause = (page: Page, clause: ClauseResult, verdict: 'fail' | 'warn'): string[] => {
  const left = unexpected(page, clause);
  return [...told(page, left, verdict, 'few'), ...login(page, [left])];
};

function login({ evidence, width }: Page, clauses: readonly ClauseResult[]): string[] {
  const lines = clauses.flatMap(({ checks }) => checks).flatMap((check) => evidence(check).repeats);
  return lines.some(needsLogin)
    ? wrapped('The cURL lines take the login from $CRDB_USER and $CRDB_PASSWORD.', width)
    : [];
}

function told(page: Page, clause: ClauseResult, verdict: 'fail' | 'warn', broken: 'few' | 'many'): string[] {
  const { paint, width } = page;
  const checks = clause.checks.filter((check) => check.verdict === verdict);
  const kinds = [...Map.groupBy(checks, kindOf).values()];
  const left = kinds.slice(shownKinds[broken]).flat();
  const since = page.since.get(clause.id);
  const extent = `${checks.length} of ${counted(clause.checks.length, 'check')}`;
  return [
    `${paint(verdict, verdict.toUpperCase())} ${paint('title', clause.id)} ${paint('quiet', `(${clause.level}; ${extent})`)}`,
    ...(since === undefined ? [] : hanging('  ', since, width)),
    ...wrapped(clause.statement, width - 2).map((line) => `  ${line}`),
    ...hanging(`  ${clause.basis}: `, clause.reason, width).map((line) => paint('quiet', line)),
    paint('quiet', `  ${clause.source.url}`),
    ...kinds.slice(0, shownKinds[broken]).flatMap((alike) => proof(page, alike)),
    ...others('  · and otherwise: ', left, width),
  ];
}

function others(lead: string, checks: readonly CheckResult[], width: number): string[] {
  const names = checks.map(({ name }) => oneLine(name, 60));
  return names.length === 0 ? [] : hanging(lead, listed(names, 2 * (width - lead.length)), width);
}

/** The first of some checks whole, the others by name. */
function proof(page: Page, [check, ...alike]: readonly CheckResult[]): string[] {
  if (!check) return [];
  const { paint, width, evidence } = page;
  const { repeats } = evidence(check);
  const left = repeats.length - shownLines;
  return [
    ...hanging('  · ', check.name, width),
    ...hanging('    ', check.reason, width),
    ...compared(check, width),
    ...repeats
      .slice(0, shownLines)
      .map(({ line, times }) => `    ${paint('command', line)}${times > 1 ? ` # ${times} times` : ''}`),
    ...(left > 0 ? [`    # and ${counted(left, 'other request')}`] : []),
    ...(check.exchanges.length > 0
      ? [paint('quiet', `    evidence  ${listed(check.exchanges, width - 14)}`)]
      : []),
    ...others('    likewise  ', alike, width),
  ];
}

/** What a reader compares stands in one line, or in two that begin at the same column. */
function compared({ expected, seen }: CheckResult, width: number): string[] {
  const parts = [
    ...(expected === undefined ? [] : [`expected  ${oneLine(expected, 240)}`]),
    ...(seen === undefined ? [] : [`seen      ${oneLine(seen, 240)}`]),
  ];
  const together = parts.join('    ');
  if (together.length <= width - 4 && parts.length > 0)
    return [`    ${together.replace('seen      ', 'seen  ')}`];
  return parts.flatMap((part) => hanging(`    ${part.slice(0, 10)}`, part.slice(10), width));
}
