/** Broken clauses on a terminal: each with its source in the docs, and the proof that it is broken. */
import type { CheckResult, ClauseResult } from '../harness/model/report.ts';
import { kindsOf, needsLogin, repeatLines } from './text/evidence.ts';
import { hanging, listed, oneLine, type TerminalPage, titled, wrapped } from './text/layout.ts';
import { counted, extent, groundOf, knownIn, loginHint, reasonOf, titles } from './text/sentences.ts';

/** So many kinds of failure of a clause are shown whole, fewer where much is broken; the other checks by name. */
const shownKinds = { few: 3, many: 1 };
const many = 8;
const shownLines = 6;

export function failures(page: TerminalPage): string[] {
  const clauses = page.report.clauses
    .filter(({ verdict }) => verdict === 'fail')
    .map((clause) => unexpected(page, clause))
    .filter(({ checks }) => checks.some(({ verdict }) => verdict === 'fail'));
  return titled(page, `${titles.fail}: ${counted(clauses.length, 'clause')}`, [
    ...login(page, clauses),
    ...clauses.flatMap((clause) => [
      '',
      ...clauseLines(page, clause, 'fail', clauses.length > many ? 'many' : 'few'),
    ]),
  ]);
}

/** A clause without its known failures. */
function unexpected({ report }: TerminalPage, clause: ClauseResult): ClauseResult {
  const known = knownIn(report);
  return { ...clause, checks: clause.checks.filter(({ name }) => !known(clause.id, name)) };
}

/** The broken `should` clauses, and warnings within clauses that don't fail. */
export function warnings(page: TerminalPage): string[] {
  const clauses = page.report.clauses.filter(
    ({ verdict, checks }) => verdict !== 'fail' && checks.some((check) => check.verdict === 'warn'),
  );
  const isFirst = page.report.summary.fail === 0;
  return titled(page, `${titles.warn}: ${counted(clauses.length, 'clause')}`, [
    ...(isFirst ? login(page, clauses) : []),
    ...clauses.flatMap((clause) => ['', ...clauseLines(page, clause, 'warn', 'many')]),
  ]);
}

export const brokenClause = (
  page: TerminalPage,
  clause: ClauseResult,
  verdict: 'fail' | 'warn',
): string[] => {
  const left = unexpected(page, clause);
  return [...clauseLines(page, left, verdict, 'few'), ...login(page, [left])];
};

function login({ evidence, width }: TerminalPage, clauses: readonly ClauseResult[]): string[] {
  const lines = clauses.flatMap(({ checks }) => checks).flatMap((check) => evidence(check).repeats);
  return lines.some(needsLogin) ? wrapped(loginHint, width) : [];
}

function clauseLines(
  page: TerminalPage,
  clause: ClauseResult,
  verdict: 'fail' | 'warn',
  broken: 'few' | 'many',
): string[] {
  const { paint, width } = page;
  const checks = clause.checks.filter((check) => check.verdict === verdict);
  const kinds = kindsOf(checks);
  const left = kinds.slice(shownKinds[broken]).flat();
  const since = page.since.get(clause.id);
  return [
    `${paint(verdict, verdict.toUpperCase())} ${paint('title', clause.id)} ${paint('quiet', `(${clause.level}; ${extent(checks, clause)})`)}`,
    ...(since === undefined ? [] : hanging('  ', since, width)),
    ...wrapped(clause.statement, width - 2).map((line) => `  ${line}`),
    ...hanging('  ', groundOf(clause), width).map((line) => paint('quiet', line)),
    paint('quiet', `  ${clause.source.url}`),
    ...kinds.slice(0, shownKinds[broken]).flatMap((alike) => proof(page, alike)),
    ...others('  · other failures: ', left, width),
  ];
}

function others(lead: string, checks: readonly CheckResult[], width: number): string[] {
  const names = checks.map(({ name }) => oneLine(name, 60));
  return names.length === 0 ? [] : hanging(lead, listed(names, 2 * (width - lead.length), '; '), width);
}

/** The first of some checks whole, the others by name. */
function proof(page: TerminalPage, [check, ...alike]: readonly CheckResult[]): string[] {
  if (!check) return [];
  const { paint, width, evidence } = page;
  return [
    ...hanging('  · ', check.name, width),
    ...hanging('    ', reasonOf(check), width),
    ...compared(check, width),
    ...repeatLines(evidence(check), shownLines).map((line) => `    ${paint('command', line)}`),
    ...(check.exchanges.length > 0
      ? [paint('quiet', `    evidence  ${listed(check.exchanges, width - 14)}`)]
      : []),
    ...others('    the same for  ', alike, width),
  ];
}

/** Expected and seen in one line, or in two that begin at the same column. */
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
