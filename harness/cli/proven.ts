/** What a report's evidence proves of it: whether it comes to the same again, and what it leaves open. */
import { printable } from '../../reports/escape.ts';
import { counted } from '../../reports/headline.ts';
import type { CheckResult, ClauseResult, Report } from '../../reports/report.ts';
import { loadRegister } from '../../spec/register.ts';
import { judged } from './judge.ts';
import { reportOf } from './reports.ts';

/**
 * Judges the evidence again, and compares every clause and every check, word for word.
 * @returns what the report says otherwise than its evidence, a line each
 * @throws {UserError} exit 2: by its provisioner it can't be judged again
 */
export async function contradictions(report: Report): Promise<readonly string[]> {
  const { cutShort } = report.run;
  if (cutShort !== null)
    return [`the run was cut short (${cutShort}): what it left open can’t be judged again`];
  const again = reportOf(await judged(report));
  const told = new Map(report.clauses.map((clause) => [clause.id, clause]));
  const due = new Map(again.clauses.map((clause) => [clause.id, clause]));
  const clauses = [...new Set([...told.keys(), ...due.keys()])].flatMap(
    (id) => differenceOf(told.get(id), due.get(id)) ?? [],
  );
  return clauses.map((line) => `${line}${bySameSuites(report, again) ? '' : byOthers(report, again)}`);
}

const bySameSuites = (report: Report, again: Report): boolean =>
  canonical(report.run.hashes) === canonical(again.run.hashes);

const byOthers = ({ run }: Report, again: Report): string =>
  ` (by other suites than those of the run: they were those of harness ${run.harnessVersion}, this is ${again.run.harnessVersion})`;

function differenceOf(told: ClauseResult | undefined, due: ClauseResult | undefined): string | undefined {
  if (!told || !due)
    return `${told?.id ?? due?.id} is ${told ? 'told' : 'not told'}, and the evidence ${due ? 'speaks' : 'does not speak'} of it`;
  if (told.verdict !== due.verdict) {
    const reason =
      due.checks.find(({ verdict }) => verdict === due.verdict)?.reason ?? 'no check of it was run';
    return `${due.id} is told as ${told.verdict}, and its evidence comes to ${due.verdict}: ${reason}`;
  }
  const { checks: checksTold, ...clauseTold } = told;
  const { checks: checksDue, ...clauseDue } = due;
  if (canonical(clauseTold) !== canonical(clauseDue))
    return `${due.id} is told otherwise than it stands in the register`;
  const alone = oneSided(checksTold, checksDue) ?? oneSided(checksDue, checksTold);
  return alone && `${due.id}: the check "${alone.name}" is told otherwise than its evidence comes to`;
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

export interface Unproven {
  readonly id: string;
  readonly why: string;
}

/** The must clauses of the contract that a report neither proves nor shows broken. */
export function unproven({ clauses }: Report): readonly Unproven[] {
  const told = new Map(clauses.map((clause) => [clause.id, clause]));
  return loadRegister()
    .clauses.filter(({ level }) => level === 'must')
    .flatMap(({ id }) => {
      const clause = told.get(id);
      if (!clause) return [{ id, why: 'the run was not about it' }];
      if (clause.verdict === 'pass' || clause.verdict === 'fail') return [];
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
