/** What a check found: a verdict, one line of reason, and the exchanges that show it. */
import { asked, type Exchange } from './exchange.ts';

/** What was found out, and how findings add up: check → clause → run. Pure: data in, data out. */
export const verdicts = ['pass', 'fail', 'warn', 'skip', 'inconclusive', 'observed'] as const;
export type Verdict = (typeof verdicts)[number];

export const levels = ['must', 'should', 'may'] as const;
export type Level = (typeof levels)[number];

export const runVerdicts = ['conformant', 'non-conformant', 'incomplete'] as const;
export type RunVerdict = (typeof runVerdicts)[number];

/** One check of one clause, as it is journalled and reported. */
export interface CheckRecord {
  /** The clause that the verdict is about. */
  readonly clause: string;
  /** The case, in words that are unique within the clause: `running, force=false`. */
  readonly name: string;
  /** The suite file's name without its ending: `cancel`. */
  readonly suite: string;
  readonly verdict: Verdict;
  /** One line: asked, got, expected. */
  readonly reason: string;
  /** The clause whose own failure took the proof away. */
  readonly because?: string;
  readonly expected?: string;
  readonly seen?: string;
  /** Ids of the exchanges that show it. */
  readonly exchanges: readonly string[];
}

/** Proof before doubt; `pass` means all of it. */
const severity: readonly Verdict[] = ['fail', 'warn', 'inconclusive', 'observed', 'skip', 'pass'];

/** The worst of some verdicts. Without any it is `skip`: nothing was looked at. */
export const worst = (found: readonly Verdict[]): Verdict =>
  severity.find((verdict) => found.includes(verdict)) ?? 'skip';

const lowered: Readonly<Record<Level, Partial<Record<Verdict, Verdict>>>> = {
  must: {},
  should: { fail: 'warn' },
  may: { fail: 'observed', warn: 'observed', pass: 'observed' },
};

/** What a finding counts for at its clause's level: a broken `should` is a warning, a `may` is only observed. */
export const atLevel = (verdict: Verdict, level: Level): Verdict => lowered[level][verdict] ?? verdict;

/** A clause's verdict: the worst of its checks. */
export const clauseVerdict = (checks: readonly Pick<CheckRecord, 'verdict'>[]): Verdict =>
  worst(checks.map(({ verdict }) => verdict));

/** A clause with what became of it. */
export interface Judged {
  readonly level: Level;
  readonly verdict: Verdict;
}

export interface Summary extends Readonly<Record<Verdict, number>> {
  readonly must: {
    readonly proven: number;
    readonly broken: number;
    /** Not out of this provisioner's reach: every verdict but `skip`. */
    readonly reachable: number;
    readonly total: number;
  };
}

/** Counts clauses by verdict, and what became of the `must` ones. */
export function summarize(clauses: readonly Judged[]): Summary {
  const count = (verdict: Verdict, among = clauses): number =>
    among.filter((clause) => clause.verdict === verdict).length;
  const must = clauses.filter(({ level }) => level === 'must');
  return {
    pass: count('pass'),
    fail: count('fail'),
    warn: count('warn'),
    skip: count('skip'),
    inconclusive: count('inconclusive'),
    observed: count('observed'),
    must: {
      proven: count('pass', must),
      broken: count('fail', must),
      reachable: must.length - count('skip', must),
      total: must.length,
    },
  };
}

/** The verdict of a run. With `strict` a warning counts as broken too. */
export function runVerdict({ warn, must }: Summary, { strict }: { readonly strict: boolean }): RunVerdict {
  if (must.broken > 0 || (strict && warn > 0)) return 'non-conformant';
  return must.proven === must.total && must.total > 0 ? 'conformant' : 'incomplete';
}

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
