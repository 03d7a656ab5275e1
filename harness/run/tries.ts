/** A check may be tried several times in a run: to find a fault that shows rarely, and where a try was lost. Pure. */
import { notInEvidence } from '../http/recording.ts';
import type { Profile } from '../model/settings.ts';
import { type Finding, isBroken, judgeLost, type Verdict, worst } from '../model/verdict.ts';
import type { CheckContext } from './check-context.ts';

/** Every check is tried `times` times at once, no earlier than `afterS` after the start of the run. */
export interface Wave {
  readonly afterS: number;
  readonly times: number;
}

const twice: Wave = { afterS: 0, times: 2 }; // more at once would make every list long

/**
 * `full` finds a fault in one of twenty answers: most clauses look at six answers or more in a try, and ninety clauses
 * miss such a fault once in a hundred runs. `nightly` comes back later, for faults that show only after a minute.
 */
const sixteenTimes: readonly Wave[] = Array.from({ length: 8 }, () => twice);
export const wavesOf: Readonly<Record<Profile, readonly Wave[]>> = {
  quick: [{ afterS: 0, times: 1 }],
  full: sixteenTimes,
  nightly: [...sixteenTimes, { afterS: 60, times: 2 }],
};

/**
 * A check that was lost in all its tries is tried again as a whole, after each of these pauses in milliseconds. They
 * outlast a network failure of some seconds, and bring a check of ten requests through a network that loses every fifth.
 */
export const pausesMs: readonly number[] = [1000, 2000, 4000, 4000, 4000, 4000];

/** Limit of the time that all tries of a check wait for answers that never come, in milliseconds. */
const mostWaitedMs = 15_000;
/** Limit of the time that they wait for any answers: a server may be very slow. */
const mostAnsweringMs = 12_000;

/** So many tries in a row that look like the same fault are no race: they are a proof. */
const enoughSuspects = 3;

/**
 * Whether another try shall follow: only if all were lost, and not at the cost of one long timeout after another; or if
 * one looked like a fault and none refuted it.
 */
export function isWorthAnother(tries: readonly CheckOutcome[]): boolean {
  const outcome = decided(tries);
  if (tries.at(-1)?.findings.some(({ reason }) => reason.endsWith(notInEvidence))) return false; // nor will it be
  if (waitedInVainMs(tries) >= mostWaitedMs || answeringMs(tries) >= mostAnsweringMs) return false;
  return wasLost(outcome) || isSuspect(outcome);
}

const isSuspect = ({ verdict, findings }: CheckOutcome): boolean =>
  verdict === 'inconclusive' && findings.some(({ suspect }) => suspect === 'once');

/** Tries that look like the same fault, as one that is proven; undefined where they are too few, or another try refutes them. */
function provenByRepetition(tries: readonly CheckOutcome[]): CheckOutcome | undefined {
  const suspects = tries.filter(isSuspect);
  if (suspects.length < enoughSuspects || tries.some(({ verdict }) => verdict !== 'inconclusive'))
    return undefined;
  const found = suspects.flatMap(({ findings }) => findings.filter(({ suspect }) => suspect === 'once'));
  const [first] = found;
  if (!first) return undefined;
  const { suspect: _, ...proof } = first;
  const reason = `${suspects.length} times in a row, on ${suspects.length} tasks: ${proof.reason}`;
  const exchanges = found.flatMap((one) => one.exchanges);
  return {
    verdict: 'fail',
    findings: [{ ...proof, verdict: 'fail', reason, exchanges }],
    sent: sentIn(tries),
  };
}

const sentIn = (tries: readonly CheckOutcome[]) => tries.flatMap(({ sent }) => sent);

const waitedInVainMs = (tries: readonly CheckOutcome[]): number =>
  tries.flatMap(lostExchanges).reduce((sum, { sentAt, receivedAt }) => sum + receivedAt - sentAt, 0);

/** How long a request that was answered was in flight, or several. */
function answeringMs(tries: readonly CheckOutcome[]): number {
  let untilMs = 0;
  let sumMs = 0;
  const answered = sentIn(tries).flatMap(({ exchange }) => (exchange.lost === undefined ? exchange : []));
  for (const { sentAt, receivedAt } of answered.toSorted((a, b) => a.sentAt - b.sentAt)) {
    sumMs += Math.max(0, receivedAt - Math.max(sentAt, untilMs));
    untilMs = Math.max(untilMs, receivedAt);
  }
  return sumMs;
}

/** What a check comes to, before it is held against its prerequisites. */
export interface CheckOutcome {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly sent: CheckContext['sent'];
}

/** One proof is enough, whichever way; a try that was lost to the network or a race counts only where no other does. */
const decisive: readonly Verdict[] = ['fail', 'warn', 'observed', 'pass', 'inconclusive', 'skip'];

/**
 * Whether a try is inconclusive only by chance: because of the network, a race or the clock. Where a broken clause made it
 * inconclusive, the finding names that clause.
 */
export const wasLost = ({ verdict, findings }: CheckOutcome): boolean =>
  verdict === 'inconclusive' &&
  findings.every((found) => found.verdict !== 'inconclusive' || (found.byChance && !found.because));

/**
 * What several tries of one check come to: the first try that decides, the faults that any try attributes to other
 * clauses, and everything that was sent.
 */
export function decided(tries: readonly CheckOutcome[]): CheckOutcome {
  const proven = provenByRepetition(tries);
  if (proven) return proven;
  const verdict = decisive.find((one) => tries.some((tried) => tried.verdict === one)) ?? 'skip';
  const alike = tries.filter((tried) => tried.verdict === verdict);
  const lost = tries.filter(wasLost);
  const rare = isBroken({ verdict }) && alike.length < tries.length - lost.length;
  const deciding = alike[0]?.findings ?? [];
  const attributing = tries.flatMap((tried) =>
    tried === alike[0] ? [] : tried.findings.filter(({ attributedTo }) => attributedTo !== undefined),
  );
  const words = [
    ...(rare ? [`in ${alike.length} of ${tries.length - lost.length} tries`] : []),
    ...(lost.length > 0 && tries.length > 1 ? [lostWords(lost, tries.length, verdict)] : []),
  ];
  return {
    verdict,
    findings: [
      ...(words.length === 0 ? deciding : deciding.map((found) => withTries(found, verdict, words, lost))),
      ...attributing,
    ],
    sent: sentIn(tries),
  };
}

function lostWords(lost: readonly CheckOutcome[], of: number, verdict: Verdict): string {
  if (verdict === 'inconclusive') return `tried ${of} times`;
  const why = lost[0]?.findings.find((found) => found.byChance)?.reason ?? 'lost';
  return `${lost.length} of ${of} tries were lost: ${why}`;
}

/** A deciding finding with the outcome of the other tries, and the lost exchanges that show it. */
function withTries(
  found: Finding,
  verdict: Verdict,
  words: readonly string[],
  lost: readonly CheckOutcome[],
): Finding {
  if (found.verdict !== verdict) return found;
  const shown = new Set([...found.exchanges, ...lost.flatMap(lostExchanges)]);
  return { ...found, reason: `${found.reason} (${words.join('; ')})`, exchanges: [...shown] };
}

const lostExchanges = ({ sent, findings }: CheckOutcome) =>
  [
    ...new Set([...sent.map(({ exchange }) => exchange), ...findings.flatMap(({ exchanges }) => exchanges)]),
  ].filter(({ lost }) => lost !== undefined);

/**
 * The findings of a try, with its lost exchanges: a request that may never have reached the server proves nothing.
 */
export function withLosses(findings: readonly Finding[], sent: CheckContext['sent']): readonly Finding[] {
  if (worst(findings.map(({ verdict }) => verdict)) !== 'pass') return findings;
  return [...findings, ...sent.flatMap(({ exchange }) => judgeLost(exchange) ?? [])];
}
