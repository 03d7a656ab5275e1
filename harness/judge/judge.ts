/** Judges one exchange. Pure: recorded exchanges in, a finding out; no clock, no network, no throw. */
import { field } from '../../spec/record.ts';
import { type Bracket, either, later, type Retention, retained } from '../model/bracket.ts';
import { Unreachable } from '../model/errors.ts';
import { type Exchange, json, requestLine, when } from '../model/exchange.ts';
import type { Task } from '../model/task.ts';
import { type Finding, finding, judgeLost } from '../model/verdict.ts';
import { prerequisiteStatus, shownStatus } from './shown.ts';

/** Whether the response has an expected status. A lost response proves nothing. */
export function judgeStatus(exchange: Exchange, expected: readonly number[]): Finding {
  const inconclusive = judgeLost(exchange);
  if (inconclusive) return inconclusive;
  const status = exchange.response?.status;
  const wanted = expected.join(' or ');
  const verdict = status !== undefined && expected.includes(status) ? 'pass' : 'fail';
  return finding(verdict, `${requestLine(exchange)} answered ${status}, expected ${wanted}`, exchange, {
    expected: wanted,
    seen: String(status),
  });
}

/**
 * Whether a cancel got the response that its task's phase requires. A task that is not held may have left the phase
 * before the cancel arrived: a response that is right for a later phase is then inconclusive.
 * @param after reads of such a task after the response: one that still shows it proves a 404 wrong, and a queued one that
 *   is still queued was not too late
 */
export function judgeCancel(
  answer: Exchange,
  task: Task,
  expected: readonly number[],
  after: readonly Exchange[] = [],
): Finding {
  const found = judgeStatus(answer, expected);
  if (found.verdict !== 'fail' || task.held) return found;
  const shown = after.map(shownStatus).find((status) => status !== undefined);
  const status = answer.response?.status;
  const isProven = status === 404 ? shown !== undefined : shown === 'queued';
  if (!isProven && (status === 404 || status === 406 || status === 409)) {
    const reason = `${found.reason}; ${mayHaveLeft}`;
    const { expected: wanted = '', seen = '' } = found;
    const suspect = shown === 'started' ? ({ suspect: 'however often' } as const) : {}; // it may be in its commit phase
    const details = { expected: wanted, seen, byChance: true as const, ...suspect };
    return finding('inconclusive', reason, [answer, ...after], details);
  }
  if (!task.uncertain) return { ...found, exchanges: [answer, ...after] };
  // An accepted cancel says that the task was not in its commit phase, and then the task must not finish.
  const finished = status === 200 && after.some((one) => shownStatus(one) === 'finished');
  const doubt = finished
    ? 'and the task finished all the same'
    : 'it is not certain that the task was in that phase';
  return finding('inconclusive', `${found.reason}; ${doubt}`, [answer, ...after], {
    expected: found.expected ?? '',
    seen: found.seen ?? '',
    suspect: finished ? 'once' : 'however often',
  });
}

const mayHaveLeft = 'the task is not held and may have left its phase';

/** The prerequisite that a cancel was accepted. A task that is not held may have left its phase: another try may decide. */
export function prerequisiteAccepted(answer: Exchange, task: Task, clause: string): Finding | undefined {
  const found = prerequisite(answer, [200], clause);
  const mayBeLate = !task.held && [404, 406, 409].includes(answer.response?.status ?? 0);
  return found && mayBeLate && answer.lost === undefined
    ? finding('inconclusive', `${found.reason}; ${mayHaveLeft}`, answer, { byChance: true })
    : found;
}

/**
 * Whether a cancel was refused because of its task's phase. A task that is not held must be seen in that phase again
 * afterwards: the refusal could belong to a later phase.
 * @param after the reads of such a task after the response
 */
export function judgeRefused(
  answer: Exchange,
  task: Task,
  expected: readonly number[],
  after: readonly Exchange[],
): Finding {
  const found = judgeCancel(answer, task, expected, after);
  const last = after.at(-1);
  if (found.verdict !== 'pass' || task.held || (last && shownStatus(last) === 'started')) return found;
  const reason = `${found.reason}; but the task is not held and may have ended before the cancel arrived`;
  return finding('inconclusive', reason, [answer, ...after], { byChance: true });
}

/** Whether an existing task is found. One that is not held may have ended and expired: 404 then proves nothing. */
export function judgeFound(exchange: Exchange, task: Task): Finding {
  const found = judgeStatus(exchange, [200]);
  return found.verdict === 'fail' && !task.held && exchange.response?.status === 404
    ? finding('inconclusive', `${found.reason}; the task is not held and may have expired`, exchange)
    : found;
}

/** Whether the answer to a request that names no task shows none, and is no server error; a list is fair. */
export function judgeShowsNone(exchange: Exchange): Finding {
  const inconclusive = judgeLost(exchange);
  if (inconclusive) return inconclusive;
  const { status = 0 } = exchange.response ?? {};
  const id = status === 200 ? field(json(exchange)?.value, 'id') : undefined;
  const seen = status >= 500 ? `${status}` : id === undefined ? 'no task' : `the task ${String(id)}`;
  const verdict = seen === 'no task' ? 'pass' : 'fail';
  const reason = `${requestLine(exchange)} answered ${status}, which shows ${seen}`;
  return finding(verdict, reason, exchange, { expected: 'no task', seen });
}

const dueStatus = { kept: 200, gone: 404 } as const;

/**
 * Whether a read of an ended task agrees with its retention.
 * @param due what the clause requires: the status is still kept, or it is gone
 * @param limits `ttlMs` from the end of the task; `graceMs` for second-granular clocks and reapers
 * @returns `inconclusive` when the read was lost, or fell outside the time in which it could prove `due`
 * @see requests/crdb_tasks#get-crdb_task (500 s by default), #get-request (X-Result-TTL)
 */
export function judgeRetention(
  exchange: Exchange,
  ended: Bracket,
  due: 'kept' | 'gone',
  limits: Retention,
): Finding {
  const inconclusive = judgeLost(exchange);
  if (inconclusive) return inconclusive;
  if (retained(when(exchange), ended, limits) !== due) {
    return finding(
      'inconclusive',
      `${requestLine(exchange)}: the read was too close to the expiry to prove anything`,
      exchange,
      { byChance: true },
    );
  }
  const found = judgeStatus(exchange, [dueStatus[due]]);
  const ageMs = when(exchange).earliestMs - ended.latestMs;
  const words = `${found.reason}: at an age of ${(ageMs / 1000).toFixed(1)} s, ageing included; the status is kept for ${limits.ttlMs / 1000} s`;
  return { ...found, reason: words };
}

/**
 * Whether a task that moves by itself outlived its TTL unfinished, and was found until it ended and right after it.
 * @param reads until the task ended; whenever that was, a read soon after one that shows it unfinished must find it
 * @param limits the TTL that was set when the task was made or first read
 */
export function judgeOutlived(reads: readonly Exchange[], task: Task, limits: Retention): Finding {
  const [before, last] = reads.slice(-2);
  if (!before || !last || !hasLeft(last))
    return finding('inconclusive', 'the task was not seen to end', reads, { byChance: true });
  const found = judgeRetention(last, either(when(before), when(last)), 'kept', limits);
  const first = task.history[0]?.when ?? when(before);
  const outlived = when(before).earliestMs > first.latestMs + limits.ttlMs + limits.graceMs;
  const reason = 'the task ended before its TTL was over';
  return outlived || found.verdict === 'fail'
    ? found
    : finding('inconclusive', reason, reads, { byChance: true });
}

/**
 * Judges only where every prerequisite is proven.
 * @param prerequisites a finding for each that is not proven, undefined for each that is
 * @returns the findings of the unproven prerequisites, or what `judge` finds where there are none
 */
export function requires(
  prerequisites: readonly (Finding | undefined)[],
  judge: () => readonly Finding[],
): readonly Finding[] {
  const unproven = prerequisites.filter((finding) => finding !== undefined);
  return unproven.length > 0 ? unproven : judge();
}

/** The prerequisite that a response has an expected status. Where it is not proven, the failure is attributed to `clause`. */
export const prerequisite = (
  exchange: Exchange,
  expected: readonly number[],
  clause: string,
): Finding | undefined => judgeLost(exchange) ?? prerequisiteStatus(exchange, expected, clause, true);

/** The prerequisite that `found` passed. Where it did not, the check is inconclusive because of `clause`. */
export const prerequisiteFinding = (found: Finding, clause: string): Finding | undefined =>
  found.verdict === 'pass' ? undefined : { ...found, verdict: 'inconclusive', because: clause };

/** Records a response's status, for a clause that judges nothing. */
export const observeStatus = (exchange: Exchange): Finding =>
  judgeLost(exchange) ??
  finding('observed', `${requestLine(exchange)} answered ${exchange.response?.status}`, exchange, {
    seen: String(exchange.response?.status),
  });

/** Whether a response has a header. */
export function judgeHeader(exchange: Exchange, name: string): Finding {
  const inconclusive = judgeLost(exchange);
  if (inconclusive) return inconclusive;
  const value = exchange.response?.headers[name.toLowerCase()];
  const words = value === undefined ? `without ${name}` : `with ${name}`;
  return finding(
    value === undefined ? 'fail' : 'pass',
    `${requestLine(exchange)} answered ${exchange.response?.status} ${words}`,
    exchange,
    {
      expected: `${name} in the response`,
      seen: value ?? 'no such header',
    },
  );
}

/** Whether a read shows that the task is no longer queued or started. A task that is not found isn't either. */
export function hasLeft(exchange: Exchange): boolean {
  const status = shownStatus(exchange);
  return status === 'finished' || status === 'failed' || exchange.response?.status === 404;
}

/** When its provisioner ended the task, less the time by which the task was aged. @throws {Unreachable} not known */
export function endOf(task: Task): Bracket {
  const { when } = task.history.at(-1) ?? {};
  if (when === undefined || !hasEnd(task)) throw new Unreachable('the end time of this task is not known');
  return later(when, -task.agedS * 1000);
}

/** Whether the provisioner ended the task. */
export const hasEnd = ({ history }: Task): boolean =>
  ['finished', 'failed'].includes(history.at(-1)?.phase ?? '');
