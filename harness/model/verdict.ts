/** What a check found: a verdict, one line of reason, and the exchanges that show it. */
import { type Exchange, requestLine } from './exchange.ts';

/** Findings and verdicts, and how they add up: finding → check → clause → run. Pure. */
export const verdicts = ['pass', 'fail', 'warn', 'skip', 'inconclusive', 'observed'] as const;
export type Verdict = (typeof verdicts)[number];

/** Whether it speaks against the server: a `fail`, or the `warn` of a `should` clause. */
export const isBroken = ({ verdict }: { readonly verdict: Verdict }): boolean =>
  verdict === 'fail' || verdict === 'warn';

export const levels = ['must', 'should', 'may'] as const;
export type Level = (typeof levels)[number];

export const runVerdicts = ['conformant', 'non-conformant', 'incomplete'] as const;
export type RunVerdict = (typeof runVerdicts)[number];

/** One check of one clause, as journals and reports hold it. */
export interface CheckRecord {
  /** The clause that the verdict is about. */
  readonly clause: string;
  /** The case, unique within the clause: `running, force=false`. */
  readonly name: string;
  /** The suite file's name without its ending: `cancel`. */
  readonly suite: string;
  /** The clause is proven without it: as `skip` it does not count. */
  readonly sharpens?: true;
  /** Inconclusive, and what was seen looks like a fault. */
  readonly suspicious?: true;
  readonly verdict: Verdict;
  /** One line: requestLine, got, expected. */
  readonly reason: string;
  /** The failed clause that makes this check inconclusive. */
  readonly because?: string;
  readonly expected?: string;
  readonly seen?: string;
  /** Ids of the exchanges that show it. */
  readonly exchanges: readonly string[];
}

/** A proven failure ranks before an inconclusive check; `pass` needs every check to pass. */
const severity: readonly Verdict[] = ['fail', 'warn', 'inconclusive', 'observed', 'skip', 'pass'];

/** The worst of some verdicts; `skip` without any: nothing was checked. */
export const worst = (found: readonly Verdict[]): Verdict =>
  severity.find((verdict) => found.includes(verdict)) ?? 'skip';

const lowered: Readonly<Record<Level, Partial<Record<Verdict, Verdict>>>> = {
  must: {},
  should: { fail: 'warn' },
  may: { fail: 'observed', warn: 'observed', pass: 'observed' },
};

/** The verdict at its clause's level: a broken `should` is a warning, a `may` is only observed. */
export const atLevel = (verdict: Verdict, level: Level): Verdict => lowered[level][verdict] ?? verdict;

type Counted = Pick<CheckRecord, 'verdict' | 'sharpens' | 'because' | 'suspicious'>;

/** Whether a check only sharpens the proof, and was out of reach or lost without a suspicion. */
export const isDispensable = ({ verdict, sharpens, because, suspicious }: Counted): boolean =>
  sharpens === true &&
  (verdict === 'skip' || (verdict === 'inconclusive' && because === undefined && !suspicious));

/** A clause's verdict: the worst of its checks, without those that its proof does not need. */
export function clauseVerdict(checks: readonly Counted[]): Verdict {
  const needed = checks.filter((check) => !isDispensable(check));
  return worst((needed.length === 0 ? checks : needed).map(({ verdict }) => verdict));
}

/** A clause's level and verdict. */
export interface Judged {
  readonly level: Level;
  readonly verdict: Verdict;
}

export interface Summary extends Readonly<Record<Verdict, number>> {
  readonly must: {
    readonly proven: number;
    readonly broken: number;
    /** Every verdict but `skip`. */
    readonly reachable: number;
    readonly total: number;
  };
}

/** Counts clauses by verdict, and the `must` clauses by result. */
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
  /** One line: requestLine, got, expected. */
  readonly reason: string;
  /** The failed clause that makes this finding inconclusive. */
  readonly because?: string;
  /** The exchange proves that this other clause is broken. */
  readonly attributedTo?: string;
  /** The clause that asks for another status than the response had: see `attributedStatus`. */
  readonly statusClause?: string;
  readonly expected?: string;
  readonly seen?: string;
  /** Inconclusive by chance (network, race, clock): another try may decide it. */
  readonly byChance?: true;
  /** Inconclusive, and it looks like a fault. Says how often in a row it can have another explanation, such as a race. */
  readonly suspect?: 'once' | 'however often';
  readonly exchanges: readonly Exchange[];
}

type Details = Pick<
  Finding,
  'because' | 'attributedTo' | 'statusClause' | 'expected' | 'seen' | 'byChance' | 'suspect'
>;

/** Makes a finding. `reason` is one line; texts are cut at 2,000 characters. */
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

/** Responses may be very long, and the evidence has them. The copy keeps no reference to the whole text. */
const bounded = (text: string): string =>
  text.length <= longestWords
    ? text
    : `${Buffer.from(text.slice(0, longestWords), 'utf16le').toString('utf16le')}…`;

/** An inconclusive finding where there is no response to judge; undefined where there is one. */
export function judgeLost(exchange: Exchange): Finding | undefined {
  if (exchange.lost !== undefined) {
    const tries = exchange.attempt > 1 ? ` at try ${exchange.attempt}` : '';
    return finding('inconclusive', `${requestLine(exchange)}: ${exchange.lost}${tries}`, exchange, {
      byChance: true,
    });
  }
  return exchange.response
    ? undefined
    : finding('inconclusive', `${requestLine(exchange)}: no response`, exchange, { byChance: true });
}

/** What cut a run short. */
export type CutShortBy = 'interrupted' | 'target' | 'harness' | 'time';

export interface RunEnding {
  readonly verdict: RunVerdict;
  /** `must` clauses that were proven. */
  readonly proven: number;
  readonly requireComplete: boolean;
  /** What cut the run short, if anything did. */
  readonly cutShort: CutShortBy | 'killed' | undefined;
  readonly harnessBroke: boolean;
}

/** 0 nothing broken · 1 non-conformant · 3 target lost, or the harness failed · 4 incomplete · 130 interrupted */
export function exitCode({ verdict, proven, requireComplete, cutShort, harnessBroke }: RunEnding): number {
  if (cutShort === 'interrupted') return 130;
  if (verdict === 'non-conformant') return 1;
  if (harnessBroke || cutShort === 'harness' || cutShort === 'target') return 3;
  if (cutShort === 'time' || cutShort === 'killed' || proven === 0) return 4;
  return verdict === 'incomplete' && requireComplete ? 4 : 0;
}

/** Exit codes, the worst first; an interrupted run shows less than a broken one, and more than an incomplete one. */
const bySeverity: readonly number[] = [2, 1, 3, 130, 4, 0];

/** The worst of the exit codes of several runs. */
export const worstCode = (codes: readonly number[]): number =>
  bySeverity.find((code) => codes.includes(code)) ?? 0;
