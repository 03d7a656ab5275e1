/** `crdb-conformance judge`: the evidence of a report, judged again by the suites of today. Nothing is sent. */
import { mkdirSync } from 'node:fs';
import { printable } from '../../reports/escape.ts';
import type { Report } from '../model/report.ts';
import { loadContract } from '../run/contract.ts';
import { judgeReportAgain } from '../run/judge-again.ts';
import { reportOf } from '../run/report.ts';
import { readReport } from './report-file.ts';
import { ending, tell } from './reports.ts';
import type { Terminal } from './terminal.ts';

/**
 * Says which verdicts would change, and writes the reports where a folder is named.
 * @returns the exit code of the run as it is judged now
 * @throws {UserError} exit 2: the file is no report of ours, or its evidence can't be judged again
 */
export async function judge(
  file: string,
  { out, contract }: { readonly out?: string; readonly contract?: string },
  io: Terminal,
): Promise<number> {
  const before = readReport(file);
  const told = await judgeReportAgain(before, await loadContract(contract ?? before.run.docsVersion));
  const after = reportOf(told);
  io.write(comparison(before, after));
  if (out === undefined) return ending(after, told.events, io);
  mkdirSync(out, { recursive: true });
  return tell(told, out, io);
}

/** Which verdicts would change, a line each, with the reason of the new one. */
function comparison(before: Report, after: Report): string {
  const verdictsBefore = new Map(before.clauses.map(({ id, verdict }) => [id, verdict]));
  const changed = after.clauses.filter(({ id, verdict }) => verdictsBefore.get(id) !== verdict);
  const gone = before.clauses.filter(({ id }) => !after.clauses.some((clause) => clause.id === id));
  const lines = [
    ...changed.map(({ id, verdict, checks }) => {
      const reason = checks.find((check) => check.verdict === verdict)?.reason ?? '';
      return `  ${id}: ${verdictsBefore.get(id) ?? 'not judged'} → ${verdict}  ${printable(reason)}`;
    }),
    ...gone.map(({ id, verdict }) => `  ${id}: ${verdict} → not judged`),
  ];
  const same = JSON.stringify(before.run.hashes) === JSON.stringify(after.run.hashes);
  const by = same
    ? 'by the same suites'
    : `by other suites than those of the run (harness ${before.run.harnessVersion}, now ${after.run.harnessVersion})`;
  const said =
    lines.length === 0
      ? `all ${after.clauses.length} clauses as before`
      : `${lines.length} of ${after.clauses.length} clauses otherwise than before`;
  return [
    `${printable(before.target.name)}, ${before.run.startedAt}, judged again ${by}: ${said}`,
    ...lines,
    ...(same && lines.length > 0 ? [whyOtherwise(before)] : []),
    `${after.verdict}${before.verdict === after.verdict ? ', as before' : `; it was ${before.verdict}`}`,
    '',
  ].join('\n');
}

function whyOtherwise({ exchanges }: Report): string {
  const short = exchanges.filter(({ response }) => response?.shortened).length;
  return short === 0
    ? 'The same evidence comes to the same verdicts: this report doesn’t follow from its evidence.'
    : `Only the beginning of ${short} answers is recorded: what hangs on them can’t be judged again.`;
}
