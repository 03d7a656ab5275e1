/** What a run that was made many times adds up to: per clause how often each verdict came. Pure. */

import type { Repeats } from '../model/report.ts';
import type { Level, RunVerdict, Summary, Verdict } from '../model/verdict.ts';

/** One of the runs, as far as it has to be remembered. */
export interface Repetition {
  readonly verdict: RunVerdict;
  readonly summary: Pick<Summary, 'must'>;
  readonly clauses: readonly { readonly id: string; readonly level: Level; readonly verdict: Verdict }[];
  readonly cutShort: boolean;
  /** The exit code that it would have had alone. */
  readonly code: number;
}

export interface Tally {
  /** Takes the next run in; it keeps counts of it alone. */
  add(run: Repetition): void;
  /** What all runs so far come to; undefined before the first. */
  sum(planned: number, firstSeed: number): Repeats | undefined;
}

/** Exit codes, the worst first; an interrupted run shows less than what broke, and more than one that was whole. */
const byWeight: readonly number[] = [2, 1, 3, 130, 4, 0];

/** The worst of some exit codes, by the order that the command line promises. */
export const worstCode = (codes: readonly number[]): number =>
  byWeight.find((code) => codes.includes(code)) ?? 0;

/** What was not decided because the run ended is no second verdict. */
const undecided: readonly Verdict[] = ['inconclusive', 'skip'];

interface Counted {
  readonly level: Level;
  readonly times: Map<Verdict, number>;
  readonly firstIn: Map<Verdict, number>;
  /** The verdicts that speak of the target, and not of a run that was cut short. */
  readonly told: Set<Verdict>;
}

export function tally(): Tally {
  const counted = new Map<string, Counted>();
  let times = 0;
  let worst: { readonly shown: number; readonly run: Omit<Repetition, 'clauses'> } | undefined;

  const count = (of: Counted, verdict: Verdict, run: number, told: boolean): void => {
    of.times.set(verdict, (of.times.get(verdict) ?? 0) + 1);
    if (!of.firstIn.has(verdict)) of.firstIn.set(verdict, run);
    if (told) of.told.add(verdict);
  };

  return {
    add({ clauses, ...run }) {
      times++;
      for (const { id, level, verdict } of clauses) {
        const of = counted.get(id) ?? neverLookedAt(level, times - 1);
        counted.set(id, of);
        count(of, verdict, times, !(run.cutShort && undecided.includes(verdict)));
      }
      // A clause that nothing was charged to this time was not looked at this time.
      const ids = new Set(clauses.map(({ id }) => id));
      for (const [id, of] of counted) if (!ids.has(id)) count(of, 'skip', times, !run.cutShort);
      if (!worst || isWorse(run, worst.run)) worst = { shown: times, run };
    },
    sum(planned, firstSeed) {
      if (!worst) return undefined;
      return {
        times,
        planned,
        shown: worst.shown,
        firstSeed,
        clauses: [...counted].map(([id, of]) => ({
          id,
          verdicts: Object.fromEntries(of.times),
          ...(of.times.size > 1 ? { firstIn: Object.fromEntries(of.firstIn) } : {}),
        })),
        unstable: [...counted]
          .filter(([, { level, told }]) => level === 'must' && told.size > 1)
          .map(([id]) => id),
      };
    },
  };
}

function neverLookedAt(level: Level, runs: number): Counted {
  const skips: readonly (readonly [Verdict, number])[] = runs === 0 ? [] : [['skip', runs]];
  return {
    level,
    times: new Map(skips),
    firstIn: new Map(runs === 0 ? [] : [['skip', 1]]),
    told: new Set(runs === 0 ? [] : ['skip']),
  };
}

/** By exit code; where that is the same, by what broke and by what was not proven. */
function isWorse(one: Omit<Repetition, 'clauses'>, other: Omit<Repetition, 'clauses'>): boolean {
  const [a, b] = [badness(one), badness(other)];
  const differs = a.findIndex((part, place) => part !== b[place]);
  return differs !== -1 && (a[differs] ?? 0) > (b[differs] ?? 0);
}

const badness = ({ code, verdict, summary: { must } }: Omit<Repetition, 'clauses'>): readonly number[] => [
  -byWeight.indexOf(code),
  verdict === 'conformant' ? 0 : 1,
  must.broken,
  -must.proven,
];
