/**
 * Judges a run a second time: the oracle looks at all exchanges together, without further requests. What it finds is a
 * check of the clause that is broken, unless a check of the suites has found that fault. Pure.
 */
import { explain } from '../judge/oracle/explain.ts';
import { judgeHistory, type Violation } from '../judge/oracle/oracle.ts';
import type { Exchange } from '../model/exchange.ts';
import type { OracleCoverage } from '../model/report.ts';
import type { Settings } from '../model/settings.ts';
import { atLevel, type CheckRecord, isBroken, type Level } from '../model/verdict.ts';
import type { ProvisionerName } from '../provision/provisioner.ts';
import { alreadyReported } from './already-reported.ts';
import { everyExchange } from './attribution.ts';
import { type Exploration, replayText } from './explore.ts';
import { isOfExploration } from './explored-answers.ts';
import { explorationName, oracleSettings } from './oracle-settings.ts';

/** The name of a check that the oracle made of what the suites did. */
export const historyName = 'history of a task';

/** The suite of the checks that the oracle adds. */
export const oracleSuite = 'oracle';

/** Whether a check was made from the exchanges of others: it was not planned. */
export const isDerived = ({ suite }: Pick<CheckRecord, 'suite'>): boolean =>
  suite === everyExchange || suite === oracleSuite;

export interface JudgedOnce {
  readonly exchanges: readonly Exchange[];
  /** What the suites came to. */
  readonly checks: readonly CheckRecord[];
  readonly settings: Pick<Settings, 'graceS' | 'settleS' | 'replay'>;
  readonly provisioner: ProvisionerName;
  /** Clauses whose failures are known. */
  readonly known: readonly string[];
  /** What an exploration found: its exchanges are judged already. */
  readonly explored?: Exploration | undefined;
  /** The level of a clause; undefined where the edition does not have it. */
  readonly levelOf: (clause: string) => Level | undefined;
}

export interface SecondJudgement {
  readonly checks: readonly CheckRecord[];
  readonly coverage: OracleCoverage;
}

/** A clause that the oracle found broken. */
export interface BrokenClause {
  readonly clause: string;
  readonly violations: readonly Violation[];
  /** How many there were, where not all are held. */
  readonly count?: number;
  /** How the violation can be brought about again. */
  readonly again?: string;
}

/** @returns no checks where an exchange of the run is missing: what it did would be seen as the target's own doing */
export function judgeTwice(run: JudgedOnce): SecondJudgement {
  if (!isWhole(run.exchanges)) return { checks: [], coverage: { tasks: 0, undecided: 0, upheld: {} } };
  const { explored } = run;
  const broken = run.checks.filter(isBroken).map(({ clause }) => clause);
  const judged = judgeHistory(
    explored ? run.exchanges.filter((exchange) => !isOfExploration(exchange)) : run.exchanges,
    { ...oracleSettings(run), waived: new Set([...run.known, ...broken]) },
  );
  const isReported = alreadyReported(run.checks, run.exchanges, {
    ...oracleSettings(run),
    waived: new Set(run.known),
  });
  const found = Map.groupBy(
    judged.violations.filter((violation) => !isReported(violation)),
    ({ clause }) => clause,
  );
  const scripts = (explored?.found ?? []).filter(
    ({ violation }) => !isReported(violation) && !broken.includes(violation.clause),
  );
  const checks = oracleChecks(
    [
      ...scripts.map((one) => ({
        clause: one.violation.clause,
        violations: [one.violation],
        again: replayText(one),
      })),
      ...[...found].map(([clause, violations]) => ({ clause, violations })),
    ],
    run,
  );
  const upheld = new Map(judged.upheld);
  for (const [clause, count] of explored?.upheld ?? []) upheld.set(clause, (upheld.get(clause) ?? 0) + count);
  return {
    checks: run.settings.replay === undefined ? checks : [...checks, ...passes(upheld, checks, run)],
    coverage: {
      tasks: judged.tasks,
      undecided: judged.undecided.length,
      upheld: Object.fromEntries([...upheld].sort()),
      ...(explored
        ? {
            exploration: {
              scripts: explored.scripts,
              requests: explored.requests,
              clauses: new Set([
                ...explored.upheld.keys(),
                ...explored.found.map(({ violation }) => violation.clause),
              ]).size,
              pairs: explored.pairs,
            },
          }
        : {}),
    },
  };
}

/** The ids of an operation's exchanges are numbered without a gap. */
function isWhole(exchanges: readonly Exchange[]): boolean {
  const byOperation = Map.groupBy(exchanges, ({ operation }) => operation);
  return [...byOperation].every(([operation, all]) => {
    const ids = new Set(all.map(({ id }) => id));
    return all.every((_, index) => ids.has(`${operation}-${index + 1}`));
  });
}

/** A check of each clause that was found broken; those that may be the same fault again are named with it. */
export const oracleChecks = (
  found: readonly BrokenClause[],
  { levelOf }: Pick<JudgedOnce, 'levelOf'>,
): readonly CheckRecord[] =>
  causes(found).flatMap((one) => {
    const level = levelOf(one.clause);
    return level === undefined || level === 'may' ? [] : [oracleCheck(one, level)];
  });

/** What was confirmed by a script, then the most frequent; clauses that may be broken by the same fault with it. */
function causes(found: readonly BrokenClause[]): readonly Cause[] {
  const confirmed = ({ again }: BrokenClause): number => Number(again !== undefined);
  const kept: (Cause & { readonly also: Set<string> })[] = [];
  for (const one of found.toSorted(
    (a, b) => confirmed(b) - confirmed(a) || b.violations.length - a.violations.length,
  )) {
    const same = kept.find(({ clause }) => clause === one.clause || looksLike(clause, one.clause));
    if (!same) kept.push({ ...one, also: new Set() });
    else if (same.clause !== one.clause) same.also.add(one.clause);
  }
  return kept;
}

interface Cause extends BrokenClause {
  /** Clauses that may be broken by another fault, or by this one. */
  readonly also: ReadonlySet<string>;
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
function oracleCheck(
  { clause, violations, count = violations.length, again, also }: Cause,
  level: Level,
): CheckRecord {
  const [shortest] = violations.toSorted((a, b) => a.evidence.length - b.evidence.length);
  if (!shortest) throw new RangeError('no violation');
  const { reason, expected, seen } = explain(shortest);
  const more = count - 1;
  const others = more === 0 ? '' : ` (and ${more} more such ${more === 1 ? 'task' : 'tasks'})`;
  return {
    clause,
    name: `${phaseOf(shortest)}${again === undefined ? historyName : explorationName}`,
    suite: oracleSuite,
    verdict: atLevel('fail', level),
    reason: `${reason}${again === undefined ? others : `; ${again}`}${alsoSeen(also)}`,
    expected,
    seen,
    exchanges: shortest.evidence.map(({ exchange }) => exchange.id),
  };
}

const alsoSeen = (clauses: ReadonlySet<string>): string =>
  clauses.size === 0
    ? ''
    : `; perhaps for the same reason, other answers break ${[...clauses].join(', ')}: run again when this is corrected`;

/** The phase of the task before the answer, where it is certain. */
function phaseOf({ before }: Violation): string {
  const [where, ...others] = new Set(before.map((task) => task.where));
  return where === undefined || others.length > 0 || where === 'nowhere' || where === 'gone'
    ? ''
    : `${where}, `;
}

/** Where there are no other checks, each clause that could have been broken, and was not, passes. */
export const passes = (
  upheld: ReadonlyMap<string, number>,
  failed: readonly CheckRecord[],
  { levelOf }: Pick<JudgedOnce, 'levelOf'>,
): readonly CheckRecord[] =>
  [...upheld].flatMap(([clause, count]) => {
    const level = levelOf(clause);
    if (level === undefined || failed.some((check) => check.clause === clause)) return [];
    const answers = count === 1 ? 'answer' : 'answers';
    return {
      clause,
      name: historyName,
      suite: oracleSuite,
      verdict: atLevel('pass', level),
      reason: `${count} ${answers} could have broken it and did not`,
      exchanges: [],
    };
  });
