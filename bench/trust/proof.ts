/** What a reader of a verdict must be able to trust, as a claim that is tried so many times with a seed. */
export interface Proof {
  /** Its file's name: `bad-networks`. */
  readonly id: string;
  /** What holds, in one line. */
  readonly claims: string;
  /** How many tries `npm test` makes, and `npm run trust`. */
  readonly sizes: { readonly quick: number; readonly long: number };
  readonly seed: number;
  /** Tries it. Rejects only where the trial itself breaks. */
  readonly prove: (size: number, seed: number) => Promise<Proven>;
}

export interface Proven {
  /** What was measured, in one line with its numbers. */
  readonly measured: string;
  /** What speaks against the claim, a line each; none: it holds. */
  readonly against: readonly string[];
}
