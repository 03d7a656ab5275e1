/** `crdb-conformance judge`: judges the evidence of a report again, and says whether the report follows from it. Offline. */
import { mkdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { printable } from '../../reports/escape.ts';
import { counted, tally } from '../../reports/sentences.ts';
import type { Report } from '../model/report.ts';
import { loadContract } from '../run/contract.ts';
import { judgeReportAgain } from '../run/judge-again.ts';
import { reportOf } from '../run/report.ts';
import { openPoints, proof, type Unproven, unproven } from './proven.ts';
import { readReport } from './report-file.ts';
import { ending, tell } from './reports.ts';
import type { Terminal } from './terminal.ts';

export interface JudgeOptions {
  readonly out?: string;
  readonly contract?: string;
  readonly requireComplete?: boolean;
}

const shownLines = 20;

/**
 * Says whether a report follows from its own evidence, what it proves, and which verdicts other suites would change.
 * @returns 0 sound and nothing broken · 1 refused, or non-conformant · 4 the run was cut short, proves nothing, or lacks
 *   a must clause under `--require-complete`
 * @throws {UserError} exit 2: the file is no report of ours, or its evidence can't be judged again
 */
export async function judge(
  file: string,
  { out, contract, requireComplete = false }: JudgeOptions,
  io: Terminal,
): Promise<number> {
  const before = readReport(file);
  const held = await loadContract(contract ?? before.run.docsVersion);
  const told = await judgeReportAgain(before, held);
  const after = reportOf(told);
  const { against, beyond } = proof(before, after);
  const open = unproven(after, beyond, held.register);
  if (judgedBySame(before, after)) {
    if (before.run.cutShort === null && against.length > 0) return refused(file, against, io);
    io.write(sound(before, open));
  } else {
    io.write(comparison(before, after) + openPoints(open));
  }
  if (out !== undefined) mkdirSync(out, { recursive: true });
  const code = out === undefined ? ending(after, told.events, io) : tell(told, out, io);
  return code === 0 && requireComplete && open.length > 0 ? 4 : code;
}

const judgedBySame = (before: Report, after: Report): boolean =>
  isDeepStrictEqual(before.run.hashes, after.run.hashes);

function refused(file: string, reasons: readonly string[], io: Terminal): number {
  for (const reason of reasons.slice(0, shownLines)) io.error(`${printable(reason)}\n`);
  const left = reasons.length - shownLines;
  if (left > 0) io.error(`and ${left} more\n`);
  io.error(`${file} is refused: it does not follow from its own evidence.\n`);
  return 1;
}

function sound(report: Report, open: readonly Unproven[]): string {
  const { target, run, clauses, exchanges, verdict } = report;
  const cut = run.cutShort !== null;
  return [
    `${printable(target.name)}, ${run.startedAt}, judged again by the same suites`,
    cut
      ? `the run was cut short (${printable(run.cutShort)}): what it left open is not judged again`
      : `sound: ${counted(clauses.length, 'clause')} and their checks follow from ${counted(exchanges.length, 'exchange')}`,
    `${verdict}: ${tally(report)}`,
    openPoints(open),
  ].join('\n');
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
  const said =
    lines.length === 0
      ? `all ${after.clauses.length} clauses as before`
      : `${lines.length} of ${after.clauses.length} clauses differ`;
  return [
    `${printable(before.target.name)}, ${before.run.startedAt}, judged again by other suites than those of the run (harness ${before.run.harnessVersion}, now ${after.run.harnessVersion}): ${said}`,
    ...lines,
    `${after.verdict}${before.verdict === after.verdict ? ', as before' : `; it was ${before.verdict}`}`,
    '',
  ].join('\n');
}
