/** What a single test of a foreign test runner has to say of a run: one clause, or what is wrong beside the clauses. */
import type { Report } from '../../harness/model/report.ts';
import { brokenClause } from './broken.ts';
import { outdatedExpectations } from './expected.ts';
import { pageOf } from './page.ts';

const width = 110;

/** A clause that failed or is warned of, as the terminal shows it: its ground, and the proof that it is broken. */
export function clauseText(report: Report, id: string, verdict: 'fail' | 'warn'): string {
  const page = pageOf(report, { colour: false, width });
  const clause = page.report.clauses.find((one) => one.id === id);
  return clause ? brokenClause(page, clause, verdict).join('\n') : '';
}

/** The expectations that are to be deleted; '' where there is none. */
export const outdatedText = (report: Report): string =>
  outdatedExpectations(pageOf(report, { colour: false, width }))
    .join('\n')
    .trim();
