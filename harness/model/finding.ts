/** What a check found: a verdict, one line of reason, and the exchanges that show it. */
import { asked, type Exchange } from './exchange.ts';
import type { Verdict } from './verdict.ts';

export interface Finding {
  readonly verdict: Verdict;
  /** One line: asked, got, expected. */
  readonly reason: string;
  /** The clause whose failure took the proof away. */
  readonly because?: string;
  /** The exchange shows that this other clause is broken: it is charged there. */
  readonly blames?: string;
  readonly expected?: string;
  readonly seen?: string;
  /** The network, a race or the clock took the proof away: another try may have it. */
  readonly byChance?: true;
  readonly exchanges: readonly Exchange[];
}

type Details = Pick<Finding, 'because' | 'blames' | 'expected' | 'seen' | 'byChance'>;

/** A finding; `reason` is one line, and what is longer than 2,000 characters is cut. */
export const finding = (
  verdict: Verdict,
  reason: string,
  exchanges: Exchange | readonly Exchange[],
  details: Details = {},
): Finding => ({
  verdict,
  reason: bounded(reason),
  exchanges: 'id' in exchanges ? [exchanges] : exchanges,
  ...details,
  ...(details.expected === undefined ? {} : { expected: bounded(details.expected) }),
  ...(details.seen === undefined ? {} : { seen: bounded(details.seen) }),
});

const longestWords = 2000;

/** What a target said may be very long, and is in the evidence. The copy shares no memory with the whole. */
const bounded = (text: string): string =>
  text.length <= longestWords
    ? text
    : `${Buffer.from(text.slice(0, longestWords), 'utf16le').toString('utf16le')}…`;

/** The doubt that a lost answer leaves, or undefined where there is an answer to judge. */
export function lostDoubt(exchange: Exchange): Finding | undefined {
  if (exchange.lost !== undefined) {
    const tries = exchange.attempt > 1 ? ` at try ${exchange.attempt}` : '';
    return finding('inconclusive', `${asked(exchange)}: ${exchange.lost}${tries}`, exchange, {
      byChance: true,
    });
  }
  return exchange.response
    ? undefined
    : finding('inconclusive', `${asked(exchange)}: no answer`, exchange, { byChance: true });
}
