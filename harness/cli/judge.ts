/** `crdb-conformance judge`: judges the evidence of a report again, offline, and says whether the report follows from it and what it proves. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { printable } from '../../reports/text/escape.ts';
import { counted, tally } from '../../reports/text/sentences.ts';
import { canonical } from '../../spec/record.ts';
import type { Register } from '../../spec/register.ts';
import { UserError } from '../model/errors.ts';
import type { CheckResult, ClauseResult, Report } from '../model/report.ts';
import { recordName } from '../monitor/record.ts';
import { loadContract } from '../run/contract.ts';
import { judgeReportAgain } from '../run/judge-again.ts';
import { reportOf } from '../run/report.ts';
import { isTraffic, judgeTraffic, type TrafficFlags } from './judge-traffic.ts';
import { ending, tell } from './report.ts';
import { readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';

const shownLines = 20;

/** Judges a report again, or recorded traffic: a file, or the folder of a monitor. @throws {UserError} exit 2: neither */
export async function judge(file: string, options: TrafficFlags, io: Terminal): Promise<number> {
  const record = join(file, recordName);
  const traffic = existsSync(record) ? record : file;
  return isTraffic(traffic) ? judgeTraffic(traffic, options, io) : judgeReport(file, options, io);
}

const ofTraffic = ['target', 'soleClient', 'control', 'graceS', 'settleS'] as const;

/**
 * Says whether a report follows from its own evidence, what it proves, and which verdicts other suites would change.
 * @returns 0 sound and nothing broken · 1 refused, or non-conformant · 4 the run was cut short, proves nothing, or lacks
 *   a must clause under `--require-complete`
 * @throws {UserError} exit 2: the file is no report of ours, or its evidence can't be judged again
 */
async function judgeReport(file: string, options: TrafficFlags, io: Terminal): Promise<number> {
  const { out, contract, requireComplete = false } = options;
  const before = given(file);
  if (before.target.provisioner === 'traffic')
    throw new UserError(
      `${file} is a report of recorded traffic, which is judged again from its record.`,
      `Name the record of the monitor (${recordName} in its folder) or the HAR file.`,
      2,
    );
  if (ofTraffic.some((key) => options[key] !== undefined))
    throw new UserError(
      '--target, --sole-client, --control, --grace-s and --settle-s are for recorded traffic only.',
      'Leave them out: a report is judged again with the settings of its run.',
      2,
    );
  const held = await loadContract(contract ?? before.run.docsVersion);
  const judged = await judgeReportAgain(before, held);
  const after = reportOf(judged);
  const { against, beyond } = proof(before, after);
  const open = unproven(after, beyond, held.register);
  if (judgedBySame(before, after)) {
    if (before.run.cutShort === null && against.length > 0) return refused(file, against, io);
    io.write(sound(before, open));
  } else {
    io.write(comparison(before, after) + openPoints(open));
  }
  const code = out === undefined ? ending(after, judged.events, io) : tell(judged, out, io);
  return code === 0 && requireComplete && open.length > 0 ? 4 : code;
}

/** @throws {UserError} exit 2: it is nothing that can be judged */
function given(file: string): Report {
  try {
    return readReport(file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const also = 'Recorded traffic is an HTTP Archive (HAR), or the traffic.ndjson of a monitor.';
    throw new UserError(error.message, `${error.remedy} ${also}`, 2, { cause: error });
  }
}

const judgedBySame = (before: Report, after: Report): boolean =>
  isDeepStrictEqual(before.run.hashes, after.run.hashes);

function refused(file: string, reasons: readonly string[], io: Terminal): number {
  for (const reason of reasons.slice(0, shownLines)) io.error(`${printable(reason)}\n`);
  const left = reasons.length - shownLines;
  if (left > 0) io.error(`and ${left} more\n`);
  io.error(`${file} is rejected: it does not follow from its own evidence.\n`);
  return 1;
}

function sound(report: Report, open: readonly Unproven[]): string {
  const { target, run, clauses, exchanges, verdict } = report;
  const cut = run.cutShort !== null;
  return [
    `${printable(target.name)}, ${run.startedAt}, judged again by the same suites`,
    cut
      ? `the run was cut short (${printable(run.cutShort)}): what it left open can’t be judged again`
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
    `${printable(before.target.name)}, ${before.run.startedAt}, judged again by other suites than those of the run (program version ${before.run.harnessVersion}, now ${after.run.harnessVersion}): ${said}`,
    ...lines,
    `${after.verdict}${before.verdict === after.verdict ? ', as before' : `; it was ${before.verdict}`}`,
    '',
  ].join('\n');
}

export interface Unproven {
  readonly id: string;
  readonly why: string;
}

export interface Proof {
  /** Where the report differs from what its evidence comes to, a line each: the report is not to be believed. */
  readonly against: readonly string[];
  /** Clauses that depend on bodies of which only the beginning is recorded: they can be neither refused nor confirmed. */
  readonly beyond: readonly Unproven[];
}

/**
 * Compares every clause and every check with what the same evidence comes to, word for word. Pure.
 * @param again the report of the same evidence, judged again
 */
export function proof(report: Report, again: Report): Proof {
  const short = report.exchanges.filter(({ response }) => response?.shortened).length;
  const reported = new Map(report.clauses.map((clause) => [clause.id, clause]));
  const due = new Map(again.clauses.map((clause) => [clause.id, clause]));
  const against: string[] = [];
  const beyond: Unproven[] = [];
  for (const id of new Set([...reported.keys(), ...due.keys()])) {
    const pair = { reported: reported.get(id), due: due.get(id) };
    const difference = differenceOf(id, pair);
    if (difference === undefined) continue;
    if (short > 0 && saysLess(pair))
      beyond.push({ id, why: `only the beginning of ${counted(short, 'answer')} is recorded` });
    else against.push(difference);
  }
  return { against, beyond };
}

interface Pair {
  readonly reported: ClauseResult | undefined;
  readonly due: ClauseResult | undefined;
}

function differenceOf(id: string, { reported, due }: Pair): string | undefined {
  if (!reported) return `${id} is missing, but the evidence has checks of it`;
  if (!due) return `${id} is reported, but the evidence has no checks of it`;
  if (reported.verdict !== due.verdict) {
    const reason = due.checks.find(({ verdict }) => verdict === due.verdict)?.reason;
    return `${id} is reported as ${reported.verdict}, but its evidence gives ${due.verdict}: ${reason ?? 'none of its checks was run'}`;
  }
  if (canonical(statementOf(reported)) !== canonical(statementOf(due)))
    return `${id} does not have the wording of the register`;
  const alone = oneSided(reported.checks, due.checks) ?? oneSided(due.checks, reported.checks);
  return alone && `${id}: the check "${alone.name}" does not follow from its evidence`;
}

const statementOf = ({ checks: _, verdict: __, ...statement }: ClauseResult) => statement;

/** Whether the evidence contradicts nothing of a clause, and is only in doubt where the report was not. */
function saysLess({ reported, due }: Pair): boolean {
  if (!reported || !due || canonical(statementOf(reported)) !== canonical(statementOf(due))) return false;
  const verdicts = new Map(reported.checks.map(({ name, verdict }) => [name, verdict]));
  return due.checks.every(
    ({ name, verdict }) => verdict === 'inconclusive' || verdict === verdicts.get(name),
  );
}

function oneSided(checks: readonly CheckResult[], others: readonly CheckResult[]): CheckResult | undefined {
  const known = new Set(others.map(canonical));
  return checks.find((check) => !known.has(canonical(check)));
}

/** The must clauses of the contract that a report neither proves nor shows broken, with what is beyond its evidence. */
export function unproven(
  { clauses }: Report,
  beyond: readonly Unproven[],
  register: Register,
): readonly Unproven[] {
  const reported = new Map(clauses.map((clause) => [clause.id, clause]));
  const beyondById = new Map(beyond.map((open) => [open.id, open]));
  return register.clauses
    .filter(({ level }) => level === 'must')
    .flatMap(({ id }) => {
      const clause = reported.get(id);
      if (!clause) return [{ id, why: 'the run did not test it' }];
      if (clause.verdict === 'pass' || clause.verdict === 'fail') return beyondById.get(id) ?? [];
      const check = clause.checks.find(({ verdict }) => verdict === clause.verdict);
      return [{ id, why: `${clause.verdict}: ${check?.reason ?? 'no check of it was run'}` }];
    });
}

/** What a report leaves open, a line each; nothing where it is complete. */
function openPoints(open: readonly Unproven[]): string {
  if (open.length === 0) return '';
  const clauses = `${counted(open.length, 'must clause')} ${open.length === 1 ? 'is' : 'are'}`;
  const lines = open.map(({ id, why }) => `  ${id}: ${printable(why)}`);
  return `${[`not complete: ${clauses} not proven`, ...lines].join('\n')}\n`;
}
