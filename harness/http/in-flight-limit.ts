/**
 * How many requests may be in flight. On a mock the limit adapts: it grows while more at once do not make reads slower, as
 * with a server that is far away, and shrinks where answers are lost or the server asks for less.
 */
import type { Exchange } from '../model/exchange.ts';

export interface InFlightLimit {
  /** At this moment. */
  readonly width: number;
  /** Is given every exchange, and how many requests were in flight when it was sent, itself too. */
  observe(exchange: Exchange, inFlight: number): void;
}

/** @param most at any time */
export const fixedLimit = (most: number): InFlightLimit => ({ width: most, observe: () => {} });

/** A mean latency up to this multiple of the best one shows no queue: the latencies of some servers differ widely. */
const latencyTolerance = 1.5;
const jitterMs = 2;
const growth = 1.5;
/** So many answers give a mean. */
const fewestAnswers = 16;
/** Below this, only a server that asks for less brings the limit. */
const fewestAfterLosses = 8;
const asksForLess = [429, 503];

/**
 * It grows by half after as many answers as may be in flight that took no longer than at the best time of the run, and is
 * halved by a loss (multiplicative decrease as in RFC 5681).
 * @param start what any server bears
 * @param most the upper bound
 */
export function adaptiveLimit(start: number, most: number): InFlightLimit {
  const least = Math.min(start, most);
  let width = least;
  let bestMs = Number.POSITIVE_INFINITY;
  let latenciesMs: number[] = [];
  /** Of those, so many were measured while the limit was nearly reached. */
  let crowded = 0;
  let sinceMs = 0;
  /** What was sent before a change says nothing about it. */
  const change = (to: number, atMs: number): void => {
    width = to;
    latenciesMs = [];
    crowded = 0;
    sinceMs = atMs;
  };
  return {
    get width() {
      return width;
    },
    observe({ operation, sentAt, receivedAt, lost, response }, inFlight) {
      if (sentAt < sinceMs) return;
      if (lost !== undefined) {
        const isAsked = response !== undefined && asksForLess.includes(response.status);
        change(Math.max(Math.min(isAsked ? 1 : fewestAfterLosses, width), Math.floor(width / 2)), receivedAt);
        return;
      }
      if (operation === 'list') return; // a long one takes longer
      latenciesMs.push(receivedAt - sentAt);
      if (inFlight >= width / 2) crowded++;
      if (latenciesMs.length < Math.max(width, fewestAnswers)) return;
      const meanMs = latenciesMs.reduce((sum, ms) => sum + ms, 0) / latenciesMs.length;
      bestMs = Math.min(bestMs, meanMs);
      const isNear = meanMs <= bestMs * latencyTolerance + jitterMs;
      const isUsed = crowded >= latenciesMs.length / 2;
      if (isNear && isUsed) change(Math.min(most, Math.ceil(width * growth)), receivedAt);
      else change(isNear ? width : Math.max(Math.min(least, width + 1), width - 1), receivedAt);
    },
  };
}
