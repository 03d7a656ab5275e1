/**
 * Holds the outcome of a check against its prerequisites: its positive control must have passed, and no clause that it
 * depends on may be broken. One fault is one finding, that of the clause that it breaks.
 */
import { type CheckRecord, isDispensable } from '../model/verdict.ts';
import type { Check, CheckBook } from './clause.ts';
import { type CheckOutcome, wasLost } from './tries.ts';

/** What a check comes to. */
type Conclusion = Pick<
  CheckRecord,
  'verdict' | 'reason' | 'because' | 'expected' | 'seen' | 'suspicious' | 'sharpens'
>;

/** The conclusion, and whether chance alone took the proof away, from the check or from its prerequisite. */
type ChanceConclusion = Conclusion & { readonly lost?: boolean };

export class Prerequisites {
  readonly #book: CheckBook;
  readonly #outcomeOf: (check: Check) => Promise<CheckOutcome> | undefined;
  readonly #known = new Map<Check, Promise<ChanceConclusion | undefined>>();

  /** @param outcomeOf the outcome of a check, once it is there; undefined where the check is not part of the run */
  constructor(book: CheckBook, outcomeOf: (check: Check) => Promise<CheckOutcome> | undefined) {
    this.#book = book;
    this.#outcomeOf = outcomeOf;
  }

  /** What a check comes to where a prerequisite does not hold; undefined where all of them do. */
  async lacking(check: Check): Promise<Conclusion | undefined> {
    const found = await this.#lacking(check);
    if (!found) return undefined;
    const { lost: _, ...conclusion } = found;
    return conclusion;
  }

  /** The clauses of those checks that the fault of a prerequisite explains: nothing more is attributed to them. */
  async explained(checks: readonly Check[]): Promise<ReadonlySet<string>> {
    const clauses = await Promise.all(
      checks.map(async (check) => ((await this.#lacking(check))?.because ? check.clause : undefined)),
    );
    return new Set(clauses.filter((clause) => clause !== undefined));
  }

  #lacking(check: Check): Promise<ChanceConclusion | undefined> {
    const known = this.#known.get(check) ?? this.#find(check);
    this.#known.set(check, known);
    return known;
  }

  async #find(check: Check): Promise<ChanceConclusion | undefined> {
    const { positiveControl, dependsOn, sameFaultAs, phase } = check;
    const own = await this.#outcomeOf(check);
    const hasFailed =
      own?.verdict === 'fail' ||
      own?.verdict === 'warn' ||
      own?.findings.some(({ attributedTo }) => attributedTo !== undefined);
    for (const id of dependsOn) {
      const others = await this.#concluded(id, phase);
      // One of them may be inconclusive because of another, which was not seen to be broken in this phase.
      const broken = others.find(
        ({ verdict, because }) =>
          verdict === 'fail' ||
          (verdict === 'inconclusive' && because !== undefined && dependsOn.includes(because)),
      );
      if (broken) return unproven(id, broken);
      const lost = others.find((other) => other.lost); // it may be broken: then the fault is its own to show
      if (lost && hasFailed) return unproven(id, lost);
    }
    const same = own && sameFaultAs !== undefined ? await this.#sameFault(own, sameFaultAs) : undefined;
    if (same) return same;
    if (positiveControl === undefined) return undefined;
    const found = await this.#concluded(positiveControl, phase);
    const needed = found.filter((control) => !isDispensable(control));
    const controls = needed.length === 0 ? found : needed;
    const lacking = controls.find(({ verdict }) => verdict !== 'pass' && verdict !== 'skip');
    if (lacking) return unproven(positiveControl, lacking);
    if (controls.some(({ verdict }) => verdict === 'pass')) return undefined;
    const reason = controls[0]?.reason ?? `its positive control ${positiveControl} is out of reach`;
    return { verdict: 'skip', reason };
  }

  /** What a failed check comes to where everything known of `clause` failed on the same answer. */
  async #sameFault(own: CheckOutcome, clause: string): Promise<ChanceConclusion | undefined> {
    if (own.verdict !== 'fail') return undefined;
    const { seen } = conclusionOf(own);
    const known = (await this.#concluded(clause, undefined)).filter(({ lost }) => !lost);
    const [first] = known;
    return first && known.every((other) => other.verdict === 'fail' && other.seen === seen)
      ? unproven(clause, first)
      : undefined;
  }

  /** What the checks of a clause come to by their prerequisites; with a phase that one has a row for, that row alone. */
  async #concluded(clause: string, phase: string | undefined): Promise<readonly ChanceConclusion[]> {
    const checks = this.#book.get(clause) ?? [];
    const conclusions = (some: readonly Check[]) =>
      Promise.all(
        some.map(async (check): Promise<ChanceConclusion> => {
          const outcome = await this.#outcomeOf(check);
          const own = outcome
            ? { ...conclusionOf(outcome), lost: wasLost(outcome) }
            : { verdict: 'skip' as const, reason: 'it is not part of this run' };
          const concluded = (await this.#lacking(check)) ?? own;
          return check.sharpens ? { ...concluded, sharpens: true } : concluded;
        }),
      );
    const samePhase = phase === undefined ? [] : checks.filter((check) => check.phase === phase);
    const known = await conclusions(samePhase);
    return known.every(({ verdict }) => verdict === 'skip') ? conclusions(checks) : known;
  }
}

const unproven = (clause: string, { reason, lost }: ChanceConclusion): ChanceConclusion => ({
  verdict: 'inconclusive',
  reason: `not judged: prerequisite ${clause} did not pass: ${reason}`,
  because: clause,
  ...(lost ? { lost } : {}),
});

/** What a check comes to by itself, in the words of the finding that decides it. */
export function conclusionOf({ verdict, findings }: CheckOutcome): Conclusion {
  const deciding = findings.find((found) => found.verdict === verdict);
  if (!deciding) return { verdict, reason: 'nothing was looked at' };
  const { reason, because, expected, seen, suspect } = deciding;
  return {
    verdict,
    reason,
    ...(suspect ? { suspicious: true } : {}),
    ...(because === undefined ? {} : { because }),
    ...(expected === undefined ? {} : { expected }),
    ...(seen === undefined ? {} : { seen }),
  };
}
