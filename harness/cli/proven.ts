/** What a report's evidence proves of it: whether it comes to the same again, and what it leaves open. */
import { isDeepStrictEqual } from 'node:util';
import { printable } from '../../reports/escape.ts';
import { counted } from '../../reports/headline.ts';
import { loadRegister, type Register } from '../../spec/register.ts';
import type { CheckResult, ClauseResult, Report } from '../model/report.ts';
import { loadContract } from '../run/contract.ts';
import { judgeReportAgain } from '../run/judge-again.ts';
import { reportOf } from '../run/report.ts';

export interface Unproven {
  readonly id: string;
  readonly why: string;
}

export interface Proof {
  /** What the report says otherwise than its evidence, a line each: it is not to be believed. */
  readonly against: readonly string[];
  /** What hangs on bodies of which the beginning alone is recorded: it may be so. */
  readonly beyond: readonly Unproven[];
  /** Where the run was judged by other suites, which may be why. */
  readonly otherSuites?: string;
}

/**
 * Judges the evidence again, and compares every clause and every check, word for word.
 * @throws {UserError} exit 2: by its provisioner it can't be judged again
 */
export async function proof(report: Report): Promise<Proof> {
  const { cutShort, hashes, harnessVersion } = report.run;
  if (cutShort !== null)
    return {
      against: [`the run was cut short (${cutShort}): what it left open can’t be judged again`],
      beyond: [],
    };
  const again = reportOf(await judgeReportAgain(report, await loadContract(report.run.docsVersion)));
  const short = report.exchanges.filter(({ response }) => response?.shortened).length;
  const told = new Map(report.clauses.map((clause) => [clause.id, clause]));
  const due = new Map(again.clauses.map((clause) => [clause.id, clause]));
  const against: string[] = [];
  const beyond: Unproven[] = [];
  for (const id of new Set([...told.keys(), ...due.keys()])) {
    const pair = { told: told.get(id), due: due.get(id) };
    const difference = differenceOf(id, pair);
    if (difference === undefined) continue;
    if (short > 0 && saysLess(pair))
      beyond.push({ id, why: `only the beginning of ${counted(short, 'answer')} is recorded` });
    else against.push(difference);
  }
  if (isDeepStrictEqual(hashes, again.run.hashes)) return { against, beyond };
  const otherSuites = `the run was judged by other suites (harness ${harnessVersion}, this is ${again.run.harnessVersion}): that may be why; those can tell`;
  return { against, beyond, otherSuites };
}

interface Pair {
  readonly told: ClauseResult | undefined;
  readonly due: ClauseResult | undefined;
}

function differenceOf(id: string, { told, due }: Pair): string | undefined {
  if (!told) return `${id} is not told, and the evidence speaks of it`;
  if (!due) return `${id} is told, and the evidence does not speak of it`;
  if (told.verdict !== due.verdict) {
    const reason = due.checks.find(({ verdict }) => verdict === due.verdict)?.reason;
    return `${id} is told as ${told.verdict}, and its evidence comes to ${due.verdict}: ${reason ?? 'no check of it was run'}`;
  }
  if (canonical(statementOf(told)) !== canonical(statementOf(due)))
    return `${id} is told otherwise than it stands in the register`;
  const alone = oneSided(told.checks, due.checks) ?? oneSided(due.checks, told.checks);
  return alone && `${id}: the check "${alone.name}" is told otherwise than its evidence comes to`;
}

const statementOf = ({ checks: _, verdict: __, ...statement }: ClauseResult) => statement;

/** Whether the evidence contradicts nothing of a clause, and is only in doubt where the report was not. */
function saysLess({ told, due }: Pair): boolean {
  if (!told || !due || canonical(statementOf(told)) !== canonical(statementOf(due))) return false;
  const verdicts = new Map(told.checks.map(({ name, verdict }) => [name, verdict]));
  return due.checks.every(
    ({ name, verdict }) => verdict === 'inconclusive' || verdict === verdicts.get(name),
  );
}

function oneSided(checks: readonly CheckResult[], others: readonly CheckResult[]): CheckResult | undefined {
  const known = new Set(others.map(canonical));
  return checks.find((check) => !known.has(canonical(check)));
}

/** The same text for the same data, in whatever order its parts stand. */
const canonical = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/** The must clauses of the contract that a report neither proves nor shows broken, with what is beyond its evidence. */
export function unproven(
  { clauses }: Report,
  beyond: readonly Unproven[],
  register: Register = loadRegister(),
): readonly Unproven[] {
  const told = new Map(clauses.map((clause) => [clause.id, clause]));
  const hanging = new Map(beyond.map((open) => [open.id, open]));
  return register.clauses
    .filter(({ level }) => level === 'must')
    .flatMap(({ id }) => {
      const clause = told.get(id);
      if (!clause) return [{ id, why: 'the run was not about it' }];
      if (clause.verdict === 'pass' || clause.verdict === 'fail') return hanging.get(id) ?? [];
      const check = clause.checks.find(({ verdict }) => verdict === clause.verdict);
      return [{ id, why: `${clause.verdict}: ${check?.reason ?? 'no check of it was run'}` }];
    });
}

/** What a report leaves open, a line each; nothing where it is complete. */
export function openPoints(open: readonly Unproven[]): string {
  if (open.length === 0) return '';
  const clauses = `${counted(open.length, 'must clause')} ${open.length === 1 ? 'is' : 'are'}`;
  const lines = open.map(({ id, why }) => `  ${id}: ${printable(why)}`);
  return `${[`not complete: ${clauses} not proven`, ...lines].join('\n')}\n`;
}
