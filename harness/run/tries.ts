/** A check may be tried several times in a run: for a fault that shows now and then, and where a try was lost. Pure. */

import type { Profile } from '../model/settings.ts';
import { type Finding, judgeLost, type Verdict, worst } from '../model/verdict.ts';
import type { CheckContext } from './check-context.ts';

/** Every check is tried so many times side by side, not before so long after the start of the run. */
export interface Wave {
  readonly afterS: number;
  readonly times: number;
}

const twice: Wave = { afterS: 0, times: 2 }; // more at once would make every list long

/**
 * `full` shows a fault in one of twenty answers: most clauses look at six answers or more in a round, and ninety of
 * them miss it once in a hundred runs. `nightly` comes back later, for what a server does only while it is young.
 */
const sixteenTimes: readonly Wave[] = Array.from({ length: 8 }, () => twice);
export const wavesOf: Readonly<Record<Profile, readonly Wave[]>> = {
  quick: [{ afterS: 0, times: 1 }],
  full: sixteenTimes,
  nightly: [...sixteenTimes, { afterS: 60, times: 2 }],
};

/**
 * A check that was lost in all its tries is tried again as a whole, after each of these pauses in milliseconds. A
 * network that is away for some seconds is outlived, and a check of ten requests gets through one that loses every
 * fifth; one that never comes back costs no more than this.
 */
export const pausesMs: readonly number[] = [1000, 2000, 4000, 4000, 4000, 4000];

/** Patience with answers that never came, in milliseconds and all tries of a check together. */
const mostWaitedMs = 15_000;

/** Whether tries that were all lost are to be followed by another: not where each costs all the patience there is. */
export const isWorthAnother = (tries: readonly Outcome[]): boolean =>
  wasLost(decided(tries)) && waitedInVainMs(tries) < mostWaitedMs;

const waitedInVainMs = (tries: readonly Outcome[]): number =>
  tries.flatMap(lostExchanges).reduce((sum, { sentAt, receivedAt }) => sum + receivedAt - sentAt, 0);

/** What a check came to before it is held against what it stands on. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly sent: CheckContext['sent'];
}

/** One proof is enough, whichever way; a try that the network or a race took away speaks only where no other does. */
const decisive: readonly Verdict[] = ['fail', 'warn', 'observed', 'pass', 'inconclusive', 'skip'];

/**
 * Whether a try came to nothing only because the network, a race or the clock took the proof away. A server that is
 * at fault is no such chance: where a clause is to blame, the doubt says so.
 */
export const wasLost = ({ verdict, findings }: Outcome): boolean =>
  verdict === 'inconclusive' &&
  findings.every((found) => found.verdict !== 'inconclusive' || (found.byChance && !found.because));

/**
 * What several tries of one check come to: the first of those that decide, what any of them attributedTo another clause for,
 * and what was sent in all of them.
 */
export function decided(tries: readonly Outcome[]): Outcome {
  const verdict = decisive.find((one) => tries.some((tried) => tried.verdict === one)) ?? 'skip';
  const alike = tries.filter((tried) => tried.verdict === verdict);
  const lost = tries.filter(wasLost);
  const rare = (verdict === 'fail' || verdict === 'warn') && alike.length < tries.length - lost.length;
  const deciding = alike[0]?.findings ?? [];
  const blaming = tries.flatMap((tried) =>
    tried === alike[0] ? [] : tried.findings.filter(({ attributedTo }) => attributedTo !== undefined),
  );
  const words = [
    ...(rare ? [`in ${alike.length} of ${tries.length - lost.length} tries`] : []),
    ...(lost.length > 0 && tries.length > 1 ? [lostWords(lost, tries.length, verdict)] : []),
  ];
  return {
    verdict,
    findings: [
      ...(words.length === 0 ? deciding : deciding.map((found) => told(found, verdict, words, lost))),
      ...blaming,
    ],
    sent: tries.flatMap(({ sent }) => sent),
  };
}

function lostWords(lost: readonly Outcome[], of: number, verdict: Verdict): string {
  if (verdict === 'inconclusive') return `tried ${of} times`;
  const why = lost[0]?.findings.find((found) => found.byChance)?.reason ?? 'lost';
  return `${lost.length} of ${of} tries came to nothing: ${why}`;
}

/** A deciding finding with what became of the other tries, and the lost exchanges that show it. */
function told(found: Finding, verdict: Verdict, words: readonly string[], lost: readonly Outcome[]): Finding {
  if (found.verdict !== verdict) return found;
  const shown = new Set([...found.exchanges, ...lost.flatMap(lostExchanges)]);
  return { ...found, reason: `${found.reason} (${words.join('; ')})`, exchanges: [...shown] };
}

const lostExchanges = ({ sent, findings }: Outcome) =>
  [
    ...new Set([...sent.map(({ exchange }) => exchange), ...findings.flatMap(({ exchanges }) => exchanges)]),
  ].filter(({ lost }) => lost !== undefined);

/**
 * What a try found, and what was lost to it: with a request that may never have reached the server, nothing that is
 * said of it is proven.
 */
export function withLosses(findings: readonly Finding[], sent: CheckContext['sent']): readonly Finding[] {
  if (worst(findings.map(({ verdict }) => verdict)) !== 'pass') return findings;
  const doubts = sent.map(({ exchange }) => judgeLost(exchange)).filter((doubt) => doubt !== undefined);
  return [...findings, ...doubts];
}
