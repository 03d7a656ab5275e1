/**
 * Judges a run a second time: the oracle looks at all exchanges together, at no further request. What it finds is a
 * check of the clause that is broken, unless a check of the suites has found that fault. Pure.
 */
import { type Explanation, explain } from '../judge/oracle/explain.ts';
import { judgeHistory, type Violation } from '../judge/oracle/oracle.ts';
import type { Exchange } from '../model/exchange.ts';
import type { OracleCoverage } from '../model/report.ts';
import { defaultRetentionS, type Settings } from '../model/settings.ts';
import { atLevel, type CheckRecord, type Level } from '../model/verdict.ts';
import type { ProvisionerName } from '../provision/provisioner.ts';
import { everyExchange } from './attribution.ts';
import { titleOf } from './clause.ts';

/** The suite of the checks that the oracle adds. */
export const oracleSuite = 'oracle';

/** Whether a check was made from the exchanges of others: it was not planned. */
export const isDerived = ({ suite }: Pick<CheckRecord, 'suite'>): boolean =>
  suite === everyExchange || suite === oracleSuite;

export interface JudgedOnce {
  readonly exchanges: readonly Exchange[];
  /** What the suites came to. */
  readonly checks: readonly CheckRecord[];
  readonly settings: Pick<Settings, 'graceS' | 'settleS'>;
  readonly provisioner: ProvisionerName;
  /** Clauses whose failures are known. */
  readonly known: readonly string[];
  /** The level of a clause; undefined where the edition does not have it. */
  readonly levelOf: (clause: string) => Level | undefined;
}

export interface SecondJudgement {
  readonly checks: readonly CheckRecord[];
  readonly coverage: OracleCoverage;
}

/** @returns no checks where an exchange of the run is missing: what it did would be seen as the target's own doing */
export function judgeTwice(run: JudgedOnce): SecondJudgement {
  if (!isWhole(run.exchanges)) return { checks: [], coverage: { tasks: 0, undecided: 0, upheld: {} } };
  const broken = run.checks.filter(isBroken).map(({ clause }) => clause);
  const { violations, tasks, undecided, upheld } = judgeHistory(run.exchanges, {
    ...oracleSettings(run),
    waived: new Set([...run.known, ...broken]),
  });
  const isCharged = chargedBy(run.checks);
  const found = Map.groupBy(
    violations.filter((violation) => !isCharged(violation)),
    ({ clause }) => clause,
  );
  return {
    checks: causes(found).flatMap(([clause, all]) => {
      const level = run.levelOf(clause);
      return level === undefined || level === 'may' ? [] : [oracleCheck(clause, level, all)];
    }),
    coverage: { tasks, undecided: undecided.length, upheld: Object.fromEntries([...upheld].sort()) },
  };
}

/** What the oracle needs to know of a run. */
export const oracleSettings = ({
  settings: { graceS, settleS },
  provisioner,
}: Pick<JudgedOnce, 'settings' | 'provisioner'>) => ({
  settings: { graceMs: graceS * 1000, settleMs: settleS * 1000, defaultTtlS: defaultRetentionS },
  unknown: provisioner === 'control' ? ('absent' as const) : ('unseen' as const),
});

/** The ids of an operation's exchanges are numbered without a gap. */
function isWhole(exchanges: readonly Exchange[]): boolean {
  const byOperation = Map.groupBy(exchanges, ({ operation }) => operation);
  return [...byOperation].every(([operation, all]) => {
    const ids = new Set(all.map(({ id }) => id));
    return all.every((_, index) => ids.has(`${operation}-${index + 1}`));
  });
}

const isBroken = ({ verdict }: CheckRecord): boolean => verdict === 'fail' || verdict === 'warn';

/**
 * One cause is one finding: a violation is a check's where that check has failed on the same answer, where the answer is
 * of a check that failed itself, or was not judged because of a fault of another clause, and where a clause has failed
 * whose faults look so too.
 */
function chargedBy(checks: readonly CheckRecord[]): (violation: Violation) => boolean {
  const broken = checks.filter(isBroken);
  const seen = new Set(broken.flatMap(({ exchanges }) => exchanges));
  const clauses = new Set(broken.map(({ clause }) => clause));
  const explained = new Set(
    checks
      .filter((check) => isBroken(check) || (check.because !== undefined && clauses.has(check.because)))
      .map(titleOf),
  );
  return ({ clause, at: { exchange }, evidence }) =>
    seen.has(exchange.id) ||
    explained.has((exchange.sentFor ?? '').replace(/, try \d+$/, '')) ||
    (clauses.has('list.agrees-with-read') && evidence.some(({ action }) => action === 'list')) ||
    [...clauses].some((failed) => looksLike(failed, clause));
}

/** Violations by clause, the most frequent first; without clauses whose violations look like those of one before. */
function causes(
  found: ReadonlyMap<string, readonly Violation[]>,
): readonly (readonly [clause: string, violations: readonly Violation[]])[] {
  const kept: (readonly [string, readonly Violation[]])[] = [];
  for (const one of [...found].toSorted(([, a], [, b]) => b.length - a.length))
    if (!kept.some(([before]) => looksLike(before, one[0]))) kept.push(one);
  return kept;
}

/** Whether violations of a clause may come from the fault that broke another. */
const looksLike = (broken: string, clause: string): boolean =>
  looksAlike[topicOf(broken)]?.includes(topicOf(clause)) ?? false;

const topicOf = (clause: string): string => clause.slice(0, clause.indexOf('.'));

/** What the faults of a topic may look like, by the topics of clauses. */
const looksAlike: Readonly<Record<string, readonly string[]>> = {
  read: ['read', 'status', 'list', 'verbose', 'expiry', 'cancel'],
  status: ['read', 'status', 'list', 'verbose', 'cancel'],
  verbose: ['read', 'status', 'verbose'],
  expiry: ['expiry', 'list', 'cancel'],
  cancel: ['cancel', 'read', 'status', 'expiry'],
};

/** One check of a clause, by the shortest evidence. */
export function oracleCheck(clause: string, level: Level, violations: readonly Violation[]): CheckRecord {
  const [shortest] = violations.toSorted((a, b) => a.evidence.length - b.evidence.length);
  if (!shortest) throw new RangeError('no violation');
  const { reason, expected, seen }: Explanation = explain(shortest);
  const more = violations.length - 1;
  return {
    clause,
    name: `${phaseOf(shortest)}history of a task`,
    suite: oracleSuite,
    verdict: atLevel('fail', level),
    reason: more === 0 ? reason : `${reason} (and ${more} more such ${more === 1 ? 'task' : 'tasks'})`,
    expected,
    seen,
    exchanges: shortest.evidence.map(({ exchange }) => exchange.id),
  };
}

/** The phase of the task before the answer, where it is certain. */
function phaseOf({ before }: Violation): string {
  const [where, ...others] = new Set(before.map((task) => task.where));
  return where === undefined || others.length > 0 || where === 'nowhere' || where === 'gone'
    ? ''
    : `${where}, `;
}
