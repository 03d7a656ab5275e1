/** Judgement is pure: recorded exchanges in, a finding out. No clock, no network, no throw. Here: one exchange. */
import { type Bracket, later, type Retention, retained } from '../model/bracket.ts';
import { Unreachable } from '../model/errors.ts';
import { asked, type Exchange, when } from '../model/exchange.ts';
import type { Task } from '../model/task.ts';
import { type Finding, finding, lostDoubt } from '../model/verdict.ts';
import { shownStatus, unlessStatus } from './shown.ts';

/** Whether an answer's status is an expected one. A lost answer proves nothing. */
export function judgeStatus(exchange: Exchange, expected: readonly number[]): Finding {
  const doubt = lostDoubt(exchange);
  if (doubt) return doubt;
  const status = exchange.response?.status;
  const wanted = expected.join(' or ');
  const verdict = status !== undefined && expected.includes(status) ? 'pass' : 'fail';
  return finding(verdict, `${asked(exchange)} answered ${status}, expected ${wanted}`, exchange, {
    expected: wanted,
    seen: String(status),
  });
}

/**
 * Whether a cancel was answered as its task's phase asks for. A task that is not held may have moved on before
 * the cancel reached it: an answer that would be right for a later phase then proves nothing.
 */
export function judgeCancel(answer: Exchange, task: Task, expected: readonly number[]): Finding {
  const found = judgeStatus(answer, expected);
  const status = answer.response?.status;
  const mayHaveMoved = !task.held && (status === 404 || status === 406 || status === 409);
  if (found.verdict === 'fail' && mayHaveMoved)
    return finding(
      'inconclusive',
      `${found.reason}; the task moves by itself and may have left its phase`,
      answer,
    );
  return found.verdict === 'fail' && task.uncertain
    ? finding('inconclusive', `${found.reason}; that the task was in that phase is not certain`, answer)
    : found;
}

/**
 * Whether a cancel was refused because of the phase in which its task was seen. One that moves by itself must be seen
 * in it afterwards too, or the refusal may be that of a later phase.
 * @param after what was read of such a task after the answer
 */
export function judgeRefused(
  answer: Exchange,
  task: Task,
  expected: readonly number[],
  after: readonly Exchange[],
): Finding {
  const found = judgeCancel(answer, task, expected);
  const last = after.at(-1);
  if (found.verdict !== 'pass' || task.held || (last && shownStatus(last) === 'started')) return found;
  const reason = `${found.reason}; but the task moves by itself and may have ended before it was asked`;
  return finding('inconclusive', reason, [answer, ...after], { byChance: true });
}

/** Whether a task that is there is found. One that isn't held may have ended and expired: then 404 proves nothing. */
export function judgeFound(exchange: Exchange, task: Task): Finding {
  const found = judgeStatus(exchange, [200]);
  return found.verdict === 'fail' && !task.held && exchange.response?.status === 404
    ? finding('inconclusive', `${found.reason}; the task moves by itself and may have expired`, exchange)
    : found;
}

const dueStatus = { kept: 200, gone: 404 } as const;

/**
 * Whether a read of an ended task agrees with its retention.
 * @param due what the clause is about: that the status is still kept, or that it has gone
 * @param limits `ttlMs` from the end of the task; `graceMs` for second-granular clocks and reapers
 * @returns `inconclusive` when the read was lost, or fell where it can't show what is due
 * @see requests/crdb_tasks#get-crdb_task (500 s by default), #get-request (X-Result-TTL)
 */
export function judgeRetention(
  exchange: Exchange,
  ended: Bracket,
  due: 'kept' | 'gone',
  limits: Retention,
): Finding {
  const doubt = lostDoubt(exchange);
  if (doubt) return doubt;
  if (retained(when(exchange), ended, limits) !== due) {
    return finding(
      'inconclusive',
      `${asked(exchange)}: the read fell too near to the expiry to prove anything`,
      exchange,
      { byChance: true },
    );
  }
  const found = judgeStatus(exchange, [dueStatus[due]]);
  const ageMs = when(exchange).earliestMs - ended.latestMs;
  const words = `${found.reason}: ${(ageMs / 1000).toFixed(1)} s after the end of the task, which is kept for ${limits.ttlMs / 1000} s`;
  return { ...found, reason: words };
}

/**
 * Judges only what can be judged: with any doubt about what a check stands on, its doubts are all it says.
 * @param doubts of the answers that the judgement needs, undefined where there is none
 */
export function given(
  doubts: readonly (Finding | undefined)[],
  judge: () => readonly Finding[],
): readonly Finding[] {
  const found = doubts.filter((doubt) => doubt !== undefined);
  return found.length > 0 ? found : judge();
}

/** The doubt about an answer that a check stands on; another clause, which is charged, says what it must be. */
export const unless = (
  exchange: Exchange,
  expected: readonly number[],
  clause: string,
): Finding | undefined => lostDoubt(exchange) ?? unlessStatus(exchange, expected, clause, true);

/** The doubt that a finding about what a check stands on leaves: that fault is another clause's to show. */
export const standsOn = (found: Finding, clause: string): Finding | undefined =>
  found.verdict === 'pass' ? undefined : { ...found, verdict: 'inconclusive', because: clause };

/** What an answer's status was, for a clause that judges nothing. */
export const observeStatus = (exchange: Exchange): Finding =>
  lostDoubt(exchange) ??
  finding('observed', `${asked(exchange)} answered ${exchange.response?.status}`, exchange, {
    seen: String(exchange.response?.status),
  });

/** Whether an answer carries a header. */
export function judgeHeader(exchange: Exchange, name: string): Finding {
  const doubt = lostDoubt(exchange);
  if (doubt) return doubt;
  const value = exchange.response?.headers[name.toLowerCase()];
  const words = value === undefined ? `carries no ${name}` : `carries ${name}`;
  return finding(
    value === undefined ? 'fail' : 'pass',
    `${asked(exchange)}: the ${exchange.response?.status} ${words}`,
    exchange,
    {
      expected: `${name} in the answer`,
      seen: value ?? 'no such header',
    },
  );
}

// ===== harness/judge/ending.ts: Whether and when a task ended: by its provisioner, and by what a read shows. Pure.

/** Whether a read shows that the task no longer waits or runs; one that is not found doesn't either. */
export function hasLeft(exchange: Exchange): boolean {
  const status = shownStatus(exchange);
  return status === 'finished' || status === 'failed' || exchange.response?.status === 404;
}

/** When a task ended, by its provisioner, less the time by which it was aged. */
export function endOf(task: Task): Bracket {
  const { when } = task.history.at(-1) ?? {};
  if (when === undefined || !hasEnd(task)) throw new Unreachable('it is not known when this task ended');
  return later(when, -task.agedS * 1000);
}

/** Whether the provisioner brought the task to its end. */
export const hasEnd = ({ history }: Task): boolean =>
  ['finished', 'failed'].includes(history.at(-1)?.phase ?? '');
