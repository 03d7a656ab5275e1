/** The report for a pull request: GitHub's Markdown, folded, short enough for any comment, inert whatever a target said. */
import type { PhrasingContent, RootContent } from 'mdast';
import type { ClauseResult, Report } from '../harness/model/report.ts';
import type { Verdict } from '../harness/model/verdict.ts';
import { evidenceOf } from './evidence.ts';
import { expectedIn, toBeDeleted } from './expected.ts';
import { clauseStory } from './markdown/clause.ts';
import { fitted, type Section } from './markdown/fitted.ts';
import { head } from './markdown/head.ts';
import { code, fold, foldEnd, list, plain, said, written } from './markdown/text.ts';

/** A comment on GitHub takes 65,536 characters. */
export const limitBytes = 60_000;

/** @returns Markdown of at most 60,000 bytes */
export function markdown(report: Report): string {
  const context = { evidence: evidenceOf(report), expected: expectedIn(report) };
  const of = (verdict: Verdict) => report.clauses.filter((clause) => clause.verdict === verdict);
  const stories = (title: string, verdict: Verdict, what: string): Section => ({
    before: `\n${written([heading(`${title}: ${of(verdict).length}`)])}`,
    entries: of(verdict).map((clause) => `\n${written(clauseStory(clause, verdict, context))}`),
    after: '',
    what,
  });
  const lines = (title: string, verdict: Verdict, what: string): Section => ({
    before: `\n${written([fold(`${title}: ${of(verdict).length}`)])}\n`,
    entries: of(verdict).map((clause) => written([list([reasonOf(clause)])])),
    after: `\n${written([foldEnd])}`,
    what,
  });
  return fitted(
    written(head(report)),
    [
      stories('Broken', 'fail', 'broken clause'),
      outdated(report),
      stories('Warnings', 'warn', 'warning'),
      lines('Inconclusive', 'inconclusive', 'inconclusive clause'),
      lines('Not tested', 'skip', 'clause'),
      lines('Observed', 'observed', 'observation'),
    ],
    limitBytes,
  );
}

/** Expectations that don't hold any more: each fails a gate. */
function outdated({ expectations }: Report): Section {
  const entries = expectations?.outdated ?? [];
  return {
    before: `\n${written([heading(`Expectations to be deleted: ${entries.length}`)])}\n`,
    entries: entries.map((entry) => written([list([[said(toBeDeleted(expectations?.file ?? '', entry))]])])),
    after: '',
    what: 'expectation',
  };
}

const heading = (title: string): RootContent => ({ type: 'heading', depth: 3, children: [plain(title)] });

/** A line: the clause, and the first reason for its verdict. */
function reasonOf({ id, level, verdict, checks }: ClauseResult): readonly PhrasingContent[] {
  const check = checks.find((check) => check.verdict === verdict);
  const because =
    check?.because === undefined ? [] : [plain('because of '), code(check.because, 100), plain(': ')];
  const why = check ? [...because, said(check.seen ?? check.reason, 200)] : [plain('no check of it was run')];
  return [code(id, 100), plain(` (${level}): `), ...why];
}
