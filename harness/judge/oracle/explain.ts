/** A violation in words: what was done, what the contract allows after that, what was seen, what else would explain it. */

import type { TaskOperation } from './operation.ts';
import type { Violation } from './oracle.ts';

export interface Explanation {
  /** One line. */
  readonly reason: string;
  readonly expected: string;
  readonly seen: string;
}

/** So many alternatives are named. */
const mostNamed = 3;

/** `create finished → 201; read X-Result-TTL: -1 → 400; read → 404; expected 200, because …; seen 404` */
export function explain({ evidence, refusals, clause, suspects }: Violation): Explanation {
  const own = refusals.filter((refusal) => refusal.clause === clause);
  const said = own.length > 0 ? own : refusals;
  const expected = distinct(said.map((refusal) => refusal.expected)).join(', or ');
  const seen = distinct(said.map((refusal) => refusal.seen)).join(', or ');
  const steps = evidence.map(
    (operation, index) => `${pause(evidence[index - 1], operation)}${inWords(operation)}`,
  );
  const others = suspects.filter((suspect) => suspect !== clause).slice(0, mostNamed);
  const also = others.length === 0 ? '' : `; would also be explained by ${others.join(', ')}`;
  return { reason: `${steps.join('; ')}: expected ${expected}; seen ${seen}${also}`, expected, seen };
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].slice(0, mostNamed);

/** A pause of a second or more is part of what was done. */
function pause(before: TaskOperation | undefined, { sentAt }: TaskOperation): string {
  const pausedMs = before && before.receivedAt < Number.POSITIVE_INFINITY ? sentAt - before.receivedAt : 0;
  return pausedMs < 1000 ? '' : `${(pausedMs / 1000).toFixed(1)} s later `;
}

/** `cancel force=true → 200`, `read verbose=true → 200 finished`, `list → a row, started` */
export function inWords(operation: TaskOperation): string {
  const { action, phase, ttlS, cancelFails, agedS, verbose, ttl, force, authorized, exchange } = operation;
  const said = [
    action === 'get-cancel' ? 'GET on the cancel path' : action,
    phase,
    ttlS === undefined ? undefined : `ttl=${ttlS}`,
    cancelFails ? 'cancel_fails' : undefined,
    agedS === undefined ? undefined : `${agedS} s`,
    verbose === undefined ? undefined : `verbose=${verbose}`,
    ttl === undefined ? undefined : `X-Result-TTL: ${ttl}`,
    force === undefined ? undefined : `force=${force}`,
    authorized ? undefined : `credentials=${exchange.request.credentials}`,
  ];
  return `${said.filter((word) => word !== undefined).join(' ')} → ${answerInWords(operation)}`;
}

function answerInWords({ action, answer, exchange, task }: TaskOperation): string {
  if (exchange.lost !== undefined) return 'no answer';
  if (action === 'list' && answer) {
    const [row] = answer.rows?.get(task) ?? [];
    return row ? `a row of it, ${row.status}` : 'no row of it';
  }
  const status = String(exchange.response?.status ?? 'no answer');
  return answer?.shown ? `${status} ${answer.shown.status}` : status;
}
