/** What a report's evidence proves: whether the report follows from it, and which must clauses it leaves open. */
import { printable } from '../../reports/escape.ts';
import { counted } from '../../reports/sentences.ts';
import type { Register } from '../../spec/register.ts';
import type { CheckResult, ClauseResult, Report } from '../model/report.ts';

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
  return { against, beyond };
}

interface Pair {
  readonly told: ClauseResult | undefined;
  readonly due: ClauseResult | undefined;
}

function differenceOf(id: string, { told, due }: Pair): string | undefined {
  if (!told) return `${id} is missing, and the evidence has checks of it`;
  if (!due) return `${id} is reported, and the evidence has no checks of it`;
  if (told.verdict !== due.verdict) {
    const reason = due.checks.find(({ verdict }) => verdict === due.verdict)?.reason;
    return `${id} is reported as ${told.verdict}, and its evidence comes to ${due.verdict}: ${reason ?? 'no check of it was run'}`;
  }
  if (canonical(statementOf(told)) !== canonical(statementOf(due)))
    return `${id} is not worded as in the register`;
  const alone = oneSided(told.checks, due.checks) ?? oneSided(due.checks, told.checks);
  return alone && `${id}: the check "${alone.name}" is not what its evidence comes to`;
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
  register: Register,
): readonly Unproven[] {
  const told = new Map(clauses.map((clause) => [clause.id, clause]));
  const hanging = new Map(beyond.map((open) => [open.id, open]));
  return register.clauses
    .filter(({ level }) => level === 'must')
    .flatMap(({ id }) => {
      const clause = told.get(id);
      if (!clause) return [{ id, why: 'the run did not test it' }];
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
