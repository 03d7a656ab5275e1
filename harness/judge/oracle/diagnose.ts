/**
 * Which clause is broken: each clause that, waived alone, explains a violation is suspected; of all violations together
 * the clause is named that goes along with most of them and with least of what went well (Ochiai's measure).
 */
import { canAlwaysHappen, effectClauses } from './effects.ts';
import { type BrokenHistory, type TaskHistory, waiving } from './histories.ts';
import { linearize } from './linearize.ts';

/** Clauses that say what a cancel leads to: their breach may show only later. */
const outcomes = ['cancel.leaves', 'cancel.stays-out', 'cancel.not-finished', 'cancel.still-readable'];

const locality = ['cancel.that-task-alone', 'expiry.that-task-alone'];

/** How much a clause weighs: one that only describes what is seen, or that nothing can refute, is named last. */
function weightOf(clause: string): number {
  if (clause === 'list.holds-running') return 0.5; // nearly every effect explains a row that is missing
  if (/^status\.(queued|started|finished|failed)$/.test(clause) || clause === 'list.agrees-with-read')
    return 0.7;
  return locality.includes(clause) ? 0.6 : 1;
}

/** The clauses each of which, waived alone, makes a history fair; those that refused, where none does. */
export function suspectsOf(
  { operations, initial, judging }: TaskHistory,
  { refusals, at }: BrokenHistory['course'],
): readonly string[] {
  const refusing = refusals.map(({ clause }) => clause);
  // An effect explains why; what a guard says only describes what is seen.
  const possible = [
    ...effectClauses,
    ...refusing,
    ...(at.verbose === 'true' ? ['verbose.keeps-fields'] : []),
    ...outcomes,
    'expiry.unfinished',
  ];
  const explaining = [...new Set(possible)].filter(
    (clause) => linearize(operations, initial, waiving(judging, [clause])).verdict === 'fair',
  );
  return explaining.length > 0 ? explaining : [...new Set(refusing)];
}

/** What is known of the clauses from other histories. */
export interface Elsewhere {
  readonly upheld: ReadonlyMap<string, number>;
  readonly fair: readonly TaskHistory[];
}

/**
 * The clause of each violation.
 * @param suspected the suspects of each
 * @param elsewhere what speaks for the clauses: how often each was upheld, and the histories that are fair
 */
export function named(
  suspected: readonly (readonly string[])[],
  elsewhere: Elsewhere,
): readonly (string | undefined)[] {
  const clauses = new Map<number, string>();
  const known = new Map<string, number>();
  const speaking = (clause: string): number => {
    const count = known.get(clause) ?? speaksFor(clause, elsewhere);
    known.set(clause, count);
    return count;
  };
  let left = suspected.map((suspects, index) => ({ suspects, index }));
  while (left.length > 0) {
    const all = [...new Set(left.flatMap(({ suspects }) => suspects))];
    const scored = all.map((clause) => {
      const explained = left.filter(({ suspects }) => suspects.includes(clause)).length;
      const score = explained / Math.sqrt(left.length * (explained + speaking(clause)));
      return { clause, score: score * weightOf(clause) };
    });
    const [best] = scored.toSorted((a, b) => b.score - a.score);
    if (!best) break;
    for (const { suspects, index } of left)
      if (suspects.includes(best.clause)) clauses.set(index, best.clause);
    left = left.filter(({ index }) => !clauses.has(index));
  }
  return suspected.map((_, index) => clauses.get(index));
}

/** What speaks for a clause: answers that could have broken it; for an effect, histories that it would make impossible. */
function speaksFor(clause: string, { upheld, fair }: Elsewhere): number {
  if (!canAlwaysHappen(clause)) return upheld.get(clause) ?? 0;
  return fair.filter(({ operations, initial, judging }) => {
    const happening = { ...waiving(judging, [clause]), always: clause };
    return linearize(operations, initial, happening).verdict === 'violation';
  }).length;
}
