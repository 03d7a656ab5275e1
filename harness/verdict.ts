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
