/** Time is a bracket: an event that a request caused happened between its send and its receipt. Pure. */

/** An instant known only to lie in [earliestMs, latestMs] on the monotonic clock. */
export interface Bracket {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** @throws {RangeError} the instants are out of order */
export function bracket(earliestMs: number, latestMs: number): Bracket {
  if (!(earliestMs <= latestMs)) {
    throw new RangeError(`bracket runs backwards: ${earliestMs} ms > ${latestMs} ms`);
  }
  return { earliestMs, latestMs };
}

/** The same event, had it happened `ms` milliseconds later. */
export const later = (at: Bracket, ms: number): Bracket => bracket(at.earliestMs + ms, at.latestMs + ms);

/** The smallest bracket that holds both: for an event that one of the two requests caused. */
export const either = (a: Bracket, b: Bracket): Bracket =>
  bracket(Math.min(a.earliestMs, b.earliestMs), Math.max(a.latestMs, b.latestMs));

/** Whether `a` certainly happened before `b`. */
export const surelyBefore = (a: Bracket, b: Bracket): boolean => a.latestMs < b.earliestMs;

/** How long a status is kept (a bound of the contract), and how late it may expire. */
export interface Retention {
  readonly ttlMs: number;
  readonly graceMs: number;
}

const wholeSecondMs = 1000;

/** Whether a status read during `read` must still be kept for a task that ended during `ended`. */
export function retained(
  read: Bracket,
  ended: Bracket,
  { ttlMs, graceMs }: Retention,
): 'kept' | 'gone' | 'unknown' {
  const expiry = later(ended, ttlMs);
  if (surelyBefore(read, later(expiry, -wholeSecondMs))) return 'kept'; // a server may count whole seconds
  if (surelyBefore(later(expiry, graceMs), read)) return 'gone';
  return 'unknown';
}
