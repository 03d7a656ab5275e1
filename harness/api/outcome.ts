/** Whether the test of a clause passes, fails or is skipped, and the test of the run itself. Pure: a report in, words out. */

import { clauseText, outdatedText } from '../../reports/terminal.ts';
import { printable } from '../../reports/text/escape.ts';
import { knownIn, knownSentence } from '../../reports/text/sentences.ts';
import type { ClauseResult, Report } from '../model/report.ts';
import type { Conformed } from './conform.ts';

/** What is required beside that nothing is broken. */
export interface Requirements {
  readonly requireComplete: boolean;
  readonly strict: boolean;
}

/** `pass` may have something to note. */
export type TestOutcome =
  | { readonly result: 'pass'; readonly note?: string }
  | { readonly result: 'skip' | 'fail'; readonly words: string };

export function outcomeOf(report: Report, id: string, gate: Requirements): TestOutcome {
  const clause = report.clauses.find((one) => one.id === id);
  if (!clause) return { result: 'skip', words: 'the run ended before this clause was tried' };
  const { verdict } = clause;
  const reason = reasonOf(clause, verdict);
  switch (verdict) {
    case 'fail':
      return failed(report, clause);
    case 'warn':
      return gate.strict ? broken(report, clause) : { result: 'pass', note: `warning: ${reason}` };
    case 'observed':
      return { result: 'pass', note: `observed: ${reason}` };
    case 'skip':
    case 'inconclusive': {
      const why = verdict === 'skip' ? reason : `inconclusive: ${reason}`;
      return gate.requireComplete && clause.level === 'must' && !isOfAnother(report, clause, gate)
        ? { result: 'fail', words: `not proven, and requireComplete asks for it: ${why}` }
        : { result: 'skip', words: why };
    }
    case 'pass':
      return { result: 'pass' };
  }
}

/** Whether all that is open about a clause is the fault of others, whose own tests fail: one cause, one failure. */
function isOfAnother(report: Report, { checks }: ClauseResult, gate: Requirements): boolean {
  const open = checks.filter(({ verdict }) => verdict === 'inconclusive' || verdict === 'skip');
  return (
    open.length > 0 &&
    open.every(({ because }) => because !== undefined && outcomeOf(report, because, gate).result === 'fail')
  );
}

function failed(report: Report, clause: ClauseResult): TestOutcome {
  const expected = knownIn(report);
  const failures = clause.checks.filter(({ verdict }) => verdict === 'fail');
  const unexpected = failures.filter(({ name }) => !expected(clause.id, name));
  const [met] = failures.flatMap(({ name }) => expected(clause.id, name) ?? []);
  if (met && unexpected.length === 0) return { result: 'skip', words: knownSentence(met) };
  return broken(report, { ...clause, checks: unexpected });
}

function broken(report: Report, clause: ClauseResult): TestOutcome {
  const verdict = clause.verdict === 'fail' ? 'fail' : 'warn';
  return {
    result: 'fail',
    words: `${reasonOf(clause, verdict)}\n\n${clauseText(report, clause.id, verdict)}\n`,
  };
}

const reasonOf = ({ checks }: ClauseResult, verdict: ClauseResult['verdict']): string =>
  printable(checks.find((check) => check.verdict === verdict)?.reason ?? 'nothing was looked at', 1000);

/**
 * What is wrong with the run itself, which no clause's test says; empty where it is whole.
 * @param declared the clauses that have tests
 */
export function troubleOf(conformed: Conformed, declared: readonly string[]): string {
  const { report } = conformed;
  const elsewhere = report.clauses.filter(({ id, verdict }) => verdict === 'fail' && !declared.includes(id));
  const { must } = report.summary;
  return [
    ...accidentsOf(conformed),
    ...(must.proven + must.broken > 0 ? [] : ['No must clause was proven.']),
    ...elsewhere.map(({ id }) => clauseText(report, id, 'fail')),
    ...[outdatedText(report)].filter((text) => text !== ''),
  ].join('\n');
}

/** Why the run is not whole, a line each. */
export const accidentsOf = ({ report: { run }, broken }: Conformed): readonly string[] => [
  ...broken.map((line) => `The program itself failed: ${line}`),
  ...(run.cutShort === null ? [] : [`The run was cut short: ${printable(run.cutShort)}`]),
];
