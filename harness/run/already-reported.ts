/**
 * One cause is one finding: which violations that the oracle sees are reported already, by a failed check of the suites.
 * What the broken clauses themselves explain is waived before. Pure.
 */
import type { OracleOptions } from '../judge/oracle/histories.ts';
import { operationsOf, type TaskOperation } from '../judge/oracle/operation.ts';
import { fairTasks, type Violation } from '../judge/oracle/oracle.ts';
import type { Exchange } from '../model/exchange.ts';
import { type CheckRecord, isBroken } from '../model/verdict.ts';
import { titleOf } from './clause.ts';

/**
 * A violation is reported already where
 * - a check has failed on the same answer, or on fields that the violated clause compares too;
 * - its answer, or the creation of its task, is of a check that failed, or that was not judged because of a failed clause;
 * - a failed clause breaks the violated one as well;
 * - its evidence holds a wrong answer that looks like one that such a check received.
 * @param exchanges all of the run
 */
export function alreadyReported(
  checks: readonly CheckRecord[],
  exchanges: readonly Exchange[],
  options: OracleOptions,
): (violation: Violation) => boolean {
  const failed = checks.filter(isBroken);
  if (failed.length === 0) return () => false;
  const clauses = new Set(failed.map(({ clause }) => clause));
  const explained = explainedBy(clauses, checks);
  const seen = new Set(failed.flatMap((check) => check.exchanges));
  const titles = new Set(explained.map(titleOf));
  const isOfCheck = ({ sentFor = '' }: Exchange): boolean => titles.has(sentFor.replace(/, try \d+$/, ''));
  const areFields = [...clauses].some((clause) => aboutFields.includes(clause));
  let wrong: WrongAnswers | undefined;
  return ({ clause, task, at: { exchange }, evidence }) => {
    if (seen.has(exchange.id) || isOfCheck(exchange)) return true;
    if (areFields && aboutFields.includes(clause)) return true;
    if ([...clauses].some((broken) => alsoBreaks[broken]?.includes(clause))) return true;
    if (evidence.some(({ action, exchange: made }) => action === 'create' && isOfCheck(made))) return true;
    if (clauses.has('list.agrees-with-read') && evidence.some(({ action }) => action === 'list')) return true;
    wrong ??= new WrongAnswers(explained, exchanges, options);
    return wrong.haveOneOf(evidence, task);
  };
}

/** The checks that failed, and those that were not judged because of them, or because of one of these. */
function explainedBy(clauses: ReadonlySet<string>, checks: readonly CheckRecord[]): readonly CheckRecord[] {
  const causes = new Set(clauses);
  const isExplained = ({ because }: CheckRecord): boolean => because !== undefined && causes.has(because);
  for (let before = 0; before < causes.size; ) {
    before = causes.size;
    for (const check of checks) if (isExplained(check)) causes.add(check.clause);
  }
  return checks.filter((check) => isBroken(check) || isExplained(check));
}

/** Clauses that compare the fields of answers: one field that changes breaks any of them. */
const aboutFields: readonly string[] = [
  'read.named-guid',
  'read.changes-nothing',
  'status.ended-stays',
  'verbose.keeps-fields',
  'verbose.false-is-plain',
  'list.agrees-with-read',
];

const kept = ['expiry.at-creation.kept', 'expiry.on-read.kept', 'expiry.default.kept', 'expiry.failed.kept'];

/** What the fault of a clause breaks as well, as the history of a task shows it: a task that was removed, or went back. */
const alsoBreaks: Readonly<Record<string, readonly string[]>> = {
  'read.changes-nothing': [...kept, 'expiry.plain-read-keeps'],
  'cancel.that-task-alone': kept,
  'status.forward-only': ['cancel.stays-out', 'status.ended-stays'],
  'cancel.stays-out': ['status.ended-stays'],
};

/** The answers that checks had, as they look, without those that tasks had on which nothing is wrong. */
class WrongAnswers {
  readonly #changes: ReadonlyMap<string, readonly TaskOperation[]>;
  readonly #looks: ReadonlySet<string>;

  constructor(checks: readonly CheckRecord[], exchanges: readonly Exchange[], options: OracleOptions) {
    const operations = operationsOf(exchanges);
    this.#changes = Map.groupBy(
      operations.filter(({ action }) => action !== 'read' && action !== 'list'),
      ({ task }) => task,
    );
    const tasks = fairTasks(exchanges, options);
    const fair = new Set(operations.filter(({ task }) => tasks.has(task)).map((one) => this.#inDetail(one)));
    const had = new Set(checks.flatMap((check) => check.exchanges));
    const wrong = operations.filter((one) => had.has(one.exchange.id) && !fair.has(this.#inDetail(one)));
    this.#looks = new Set(wrong.flatMap((one) => this.#looksOf(one, one.task)));
  }

  haveOneOf(evidence: readonly TaskOperation[], task: string): boolean {
    return evidence.some((one) => this.#looksOf(one, task).some((look) => this.#looks.has(look)));
  }

  /** What an answer shows of a task, in each phase in which it may be: `finished 404`. */
  #looksOf(operation: TaskOperation, task: string): readonly string[] {
    const { action, answer, exchange, sentAt } = operation;
    if (!['read', 'list', 'cancel'].includes(action) || task === '') return [];
    const shown = answer?.rows?.get(task)?.[0] ?? answer?.shown;
    const status = exchange.response?.status;
    const what =
      status === 404 ? `${status}` : `${action === 'cancel' ? action : 'seen'} ${status} ${shown?.status}`;
    return this.#phasesOf(task, sentAt).map((phase) => `${phase} ${what}`);
  }

  /** In which phase a task may be: where it was brought to, and `failed` where a cancel was accepted. */
  #phasesOf(task: string, atMs: number): readonly string[] {
    const before = this.#before(task, atMs).filter(
      ({ answer }) => answer === undefined || answer.status < 300,
    );
    const phase = before.findLast((one) => one.phase !== undefined)?.phase ?? 'none';
    return before.some(({ action }) => action === 'cancel') ? [phase, 'failed'] : [phase];
  }

  #before(task: string, atMs: number): readonly TaskOperation[] {
    return (this.#changes.get(task) ?? []).filter(({ sentAt }) => sentAt < atMs);
  }

  /** The same with all that was asked for. */
  #inDetail(operation: TaskOperation): string {
    const { task, sentAt, action, verbose, ttl, force, exchange } = operation;
    const agedS = this.#before(task, sentAt).reduce((sum, { agedS: more = 0 }) => sum + more, 0);
    const { credentials } = exchange.request;
    return [action, verbose, ttl, force, credentials, agedS, ...this.#looksOf(operation, task)].join('|');
  }
}
