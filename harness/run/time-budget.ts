/**
 * A broken server costs a bounded time in the profile quick: what takes too long there is left out, and is inconclusive
 * because of the clause that is broken. A server that is only slow gets the time that it needs.
 */
import type { Environment } from '../http/environment.ts';

/** The run was cut short during this check, or it was left out because of the clause that is named. */
export class CutShort extends Error {
  readonly details: { readonly because?: string };

  constructor(message = 'the run was cut short before this check was done', because?: string) {
    super(message);
    this.details = because === undefined ? {} : { because };
  }
}

/** The longest wait on a mock that keeps the contract takes four seconds. */
const waitedOneByOneMs = 20_000;

/** So much longer than nine of ten checks the others may take: the settle time, and half of it again. */
const stragglingMs = 15_000;

/** A run on a usual cluster that keeps the contract takes a third to a half of this time and so many operations more. */
const runLimit = { ms: 240_000, operations: 60 };

/** Such a share of the checks is no straggler. */
const mostChecks = 0.9;

/** The checks that go before all others take so long at most; on a slow server those that are left go with the others. */
export const firstChecksMs = 1500;

/** The most time that a run waits beyond what a server needs that keeps the contract. */
export class TimeBudget {
  /** Set where tasks disturb each other, and checks go one by one: the clause that this breaks. */
  #oneByOne: { readonly because: string; readonly first: readonly string[] } | undefined;
  #spentMs = 0;
  #decided = 0;
  #broken: string | undefined;
  /** Why nothing more is tried as soon as a clause is proven broken. */
  #late: () => string | undefined = () => undefined;

  /**
   * Limits what checks that go one by one wait for together: all their waits would take minutes.
   * @param because the broken clause for which they go so
   * @param first the clauses that wait first: that one with its controls, or its failure would have no proof
   */
  goOneByOne(because: string, first: readonly string[]): void {
    this.#oneByOne = { because, first };
  }

  /** The checks that wait first before all others. */
  inOrder<Check extends { readonly clause: string }>(checks: readonly Check[]): readonly Check[] {
    const first = this.#oneByOne?.first ?? [];
    const place = ({ clause }: Check): number => (first.includes(clause) ? 0 : 1);
    return checks.toSorted((a, b) => place(a) - place(b));
  }

  /**
   * Takes a wait off the budget. It counts what checks ask for, so that a run that is judged again leaves out the same.
   * @throws {CutShort} less is left
   */
  spend(ms: number): void {
    if (!this.#oneByOne) return;
    const { because } = this.#oneByOne;
    if (this.#spentMs + ms > waitedOneByOneMs) {
      const reason = `checks go one by one because ${because} is broken, and may wait for ${waitedOneByOneMs / 1000} s in all`;
      throw new CutShort(`left out: ${reason}`, because);
    }
    this.#spentMs += ms;
  }

  /**
   * Counts a check that is decided. As soon as most are, the others have a limit.
   * @param of so many checks the run has
   */
  async countDecided(of: number, { now, wait }: Environment, over: AbortSignal): Promise<void> {
    if (++this.#decided !== Math.ceil(of * mostChecks)) return;
    const dueMs = now().earliestMs + stragglingMs;
    await wait(stragglingMs, over);
    if (now().earliestMs < dueMs || dueMs === Number.POSITIVE_INFINITY) return; // no time passes in a recording
    this.#late = () => `this check took ${stragglingMs / 1000} s longer than nine of ten others`;
  }

  /**
   * Limits the whole run. On a broken cluster many checks wait for what never shows, each for minutes.
   * @param operationMs how long an operation takes that makes a task
   */
  limitRun(operationMs: () => number, { now }: Environment): void {
    const fromMs = now().earliestMs;
    this.#late = () => {
      const limitMs = runLimit.ms + runLimit.operations * operationMs();
      const isOver = now().earliestMs - fromMs >= limitMs;
      return isOver ? `the run has taken ${Math.round(limitMs / 60_000)} min` : undefined;
    };
  }

  /** The first clause that is proven broken explains what is left out. */
  proveBroken(clause: string): void {
    this.#broken ??= clause;
  }

  /** @throws {CutShort} the check that asks is to be left out */
  insist(): void {
    const why = this.#whyOver;
    if (why !== undefined)
      throw new CutShort(`left out: ${this.#broken} is broken, and ${why}`, this.#broken);
  }

  /** Whether nothing more is tried. */
  get isOver(): boolean {
    return this.#whyOver !== undefined;
  }

  get #whyOver(): string | undefined {
    return this.#broken === undefined ? undefined : this.#late();
  }
}
