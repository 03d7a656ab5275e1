/** Failures that somebody has said will come, and why: what a gate needs on its first day. Plain data. */
export interface Expectation {
  readonly clause: string;
  /** The target's name or one of its labels; left out: any target. */
  readonly target?: string;
  /** The kind of the failure, as `--update-expectations` writes it. */
  readonly fingerprint: string;
  readonly reason: string;
  readonly link?: string;
  readonly owner?: string;
  /** The last day on which it counts, as `2026-12-31`. */
  readonly expires?: string;
  /** The failure comes now and then: a run without it proves nothing. */
  readonly flaky?: boolean;
}

/** An entry with where it stands in its file, so that a person can be told what to delete. */
export interface PlacedExpectation extends Expectation {
  /** First and last line, from 1 on. */
  readonly lines: readonly [first: number, last: number];
}

/** The entries that are about one target. */
export interface Expected {
  readonly file: string;
  readonly entries: readonly PlacedExpectation[];
}

/** The section of a report that tells what was expected, and what came. */
export interface Expectations {
  readonly file: string;
  /** The failures that were expected and came. */
  readonly met: readonly MetExpectation[];
  /** The failures that nobody has said would come. */
  readonly unexpected: readonly Unexpected[];
  /** Entries that don't hold any more. Each fails the gate until it is deleted or mended. */
  readonly outdated: readonly OutdatedExpectation[];
}

export interface MetExpectation extends PlacedExpectation {
  /** The names of the clause's checks that failed in this way. */
  readonly checks: readonly string[];
}

export interface Unexpected {
  readonly clause: string;
  readonly fingerprint: string;
  readonly checks: readonly string[];
}

export interface OutdatedExpectation extends PlacedExpectation {
  readonly problem: 'passes again' | 'not seen any more' | 'past its date';
}
