/**
 * One cause is one finding: which violations that the oracle sees a failed check of the suites has seen already. What the
 * broken clauses themselves explain is waived before. Pure.
 */

import { operationsOf, type TaskOperation } from '../judge/oracle/operation.ts';
import type { Violation } from '../judge/oracle/oracle.ts';
import type { Exchange } from '../model/exchange.ts';
import { type CheckRecord, isBroken } from '../model/verdict.ts';
import { titleOf } from './clause.ts';

/**
 * A violation is a check's where that check has failed on the same answer, where the answer or the task is of a check that
 * failed itself, or was not judged because of a fault of another clause, and where it rests on an answer as only such
 * checks had.
 * @param exchanges all of the run
 */
export function chargedBy(
  checks: readonly CheckRecord[],
  exchanges: readonly Exchange[],
): (violation: Violation) => boolean {
  const broken = checks.filter(isBroken);
  const clauses = new Set(broken.map(({ clause }) => clause));
  if (clauses.size === 0) return () => false;
  const explained = checks.filter(
    (check) => isBroken(check) || (check.because !== undefined && clauses.has(check.because)),
  );
  const seen = new Set(broken.flatMap((check) => check.exchanges));
  const titles = new Set(explained.map(titleOf));
  const statesOf = statesIn(exchanges);
  const wrong = wrongAnswers(explained, checks, exchanges, statesOf);
  const isOfCheck = ({ sentFor = '' }: Exchange): boolean => titles.has(sentFor.replace(/, try \d+$/, ''));
  const areFields = [...clauses].some((clause) => aboutFields.includes(clause));
  return ({ clause, task, at: { exchange }, evidence }) =>
    seen.has(exchange.id) ||
    isOfCheck(exchange) ||
    evidence.some(({ action, exchange: made }) => action === 'create' && isOfCheck(made)) ||
    (areFields && aboutFields.includes(clause)) ||
    (clauses.has('list.agrees-with-read') && evidence.some(({ action }) => action === 'list')) ||
    evidence.some((operation) => looksOf(operation, task, statesOf).some((look) => wrong.has(look)));
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

/** What was done to a task before an operation. */
interface StateOfTask {
  /** In which phase it may be: where it was brought to, and `failed` where a cancel was accepted. */
  readonly phases: readonly string[];
  readonly agedS: number;
}

type States = (task: string, atMs: number) => StateOfTask;

function statesIn(exchanges: readonly Exchange[]): States {
  const changing = operationsOf(exchanges).filter(({ action }) => action !== 'read' && action !== 'list');
  const byTask = Map.groupBy(changing, ({ task }) => task);
  return (task, atMs) => {
    const before = (byTask.get(task) ?? []).filter(({ sentAt }) => sentAt < atMs);
    const phase = before.findLast((one) => one.phase !== undefined)?.phase ?? 'none';
    const isCancelled = before.some(({ action, answer }) => action === 'cancel' && answer?.status === 200);
    return {
      phases: isCancelled ? [phase, 'failed'] : [phase],
      agedS: before.reduce((sum, { agedS = 0 }) => sum + agedS, 0),
    };
  };
}

/** The answers of these checks, as they look, that no check had that passed. */
function wrongAnswers(
  explained: readonly CheckRecord[],
  checks: readonly CheckRecord[],
  exchanges: readonly Exchange[],
  statesOf: States,
): ReadonlySet<string> {
  const operations = new Map(operationsOf(exchanges).map((one) => [one.exchange.id, one]));
  const answersOf = (some: readonly CheckRecord[]) =>
    some.flatMap((check) => check.exchanges).flatMap((id) => operations.get(id) ?? []);
  const fair = new Set(
    answersOf(checks.filter(({ verdict }) => verdict === 'pass')).map((one) => inDetail(one, statesOf)),
  );
  const wrong = answersOf(explained).filter((one) => !fair.has(inDetail(one, statesOf)));
  return new Set(wrong.flatMap((one) => looksOf(one, one.task, statesOf)));
}

/** How the answer to a read, a list or a cancel looks: what it shows of a task in each phase in which it may be. */
function looksOf(operation: TaskOperation, task: string, statesOf: States): readonly string[] {
  const { action, answer, exchange, sentAt } = operation;
  if (!['read', 'list', 'cancel'].includes(action) || task === '') return [];
  const shown = answer?.rows?.get(task)?.[0] ?? answer?.shown;
  const what = `${action === 'cancel' ? action : 'seen'} ${exchange.response?.status} ${shown?.status}`;
  return statesOf(task, sentAt).phases.map((phase) => `${phase} ${what}`);
}

/** The same with all that was asked for. */
function inDetail(operation: TaskOperation, statesOf: States): string {
  const { task, sentAt, action, verbose, ttl, force, exchange } = operation;
  const { agedS } = statesOf(task, sentAt);
  const { credentials } = exchange.request;
  return [action, verbose, ttl, force, credentials, agedS, ...looksOf(operation, task, statesOf)].join('|');
}
