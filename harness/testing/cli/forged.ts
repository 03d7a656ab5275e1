/** Reports that somebody has changed, and made to add up again. */
import type { Report } from '../../model/report.ts';
import { runVerdict, summarize, type Verdict } from '../../model/verdict.ts';

/** The same report in which every check of a clause is told as something else, and all that follows from it. */
export function retold(report: Report, id: string, verdict: Verdict): Report {
  const clauses = report.clauses.map((clause) =>
    clause.id === id
      ? { ...clause, verdict, checks: clause.checks.map((check) => ({ ...check, verdict })) }
      : clause,
  );
  const summary = summarize(clauses);
  const strict = report.run.settings.strict === true;
  return { ...report, clauses, summary, verdict: runVerdict(summary, { strict }) };
}
