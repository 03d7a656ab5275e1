/**
 * Which clause is broken: each clause that, waived alone, explains a violation is suspected; of all violations together
 * the clause is named that goes along with most of them and with least of what went well (Ochiai's measure).
 */

import { statusOf } from '../shown.ts';
import { canAlwaysHappen, effectClauses } from './effects.ts';
import { type BrokenHistory, type TaskHistory, waiving } from './histories.ts';
import { isPhase } from './hypothesis.ts';
import { type BrokenCourse, linearize } from './linearize.ts';

/** Clauses that say what a cancel leads to: their breach may show only later. */
const outcomes = ['cancel.leaves', 'cancel.stays-out', 'cancel.not-finished', 'cancel.still-readable'];

/** Clauses that an old status breaks before it is known whether the new one ever shows. */
const lateSigns = ['status.change-shows-at-once', 'status.forward-only'];

const ttlAlone = 'expiry.that-task-alone';
const locality = ['cancel.that-task-alone', ttlAlone];

/**
 * A row that is missing, or fields that differ beside the right status, are weak signs: nearly every effect explains
 * them. They name only the clause that refuses them, unless a stronger sign names another. A status that is shown
 * after its expiry is a strong sign.
 */
function isWeakSign({ at, before, refusals }: Suspected, clause: string): boolean {
  if (at.action === 'list' && clause.startsWith('status.')) return true; // a list tells of lists first
  if (refusals.some((one) => one.clause === clause || one.clause.startsWith('expiry.'))) return false;
  const { status, rows, shown = rows?.get(at.task)?.[0] } = at.answer ?? {};
  if (status !== 200 || (at.action !== 'list' && at.action !== 'read')) return false;
  return (
    shown === undefined || before.some(({ where }) => isPhase(where) && statusOf[where] === shown.status)
  );
}

/** How much a clause weighs: one that only describes what is seen, or that nothing can refute, is named last. */
function weightOf(clause: string): number {
  if (clause === 'list.holds-running') return 0.5;
  if (/^status\.(queued|started|finished|failed)$/.test(clause) || clause === 'list.agrees-with-read')
    return 0.7;
  return locality.includes(clause) ? 0.6 : 1;
}

/** Whether a history is fair where a clause is waived. */
export const isFairWith = (clause: string, { operations, initial, judging }: TaskHistory): boolean =>
  linearize(operations, initial, waiving(judging, [clause])).verdict === 'fair';

/** The clauses each of which, waived alone, makes a history fair; those that refused, where none does. */
export function suspectsOf(
  history: TaskHistory,
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
    // What shows late may never show.
    ...(refusing.some((one) => lateSigns.includes(one)) ? ['status.change-shows'] : []),
  ];
  const explaining = [...new Set(possible)].filter((clause) => isFairWith(clause, history));
  return explaining.length > 0 ? explaining : [...new Set(refusing)];
}

/** What breaks a history. */
export interface Suspected extends Pick<BrokenCourse, 'at' | 'before' | 'refusals'> {
  /** Each of these clauses, if it were waived alone, would explain what was seen. */
  readonly suspects: readonly string[];
}

/** A history that breaks nothing is evidence for the clauses that it could have broken. */
export interface FairHistory {
  readonly history: TaskHistory;
  readonly upheld: ReadonlySet<string>;
}

/** The clause of each violation. */
export function named(
  suspected: readonly Suspected[],
  fair: readonly FairHistory[],
): readonly (string | undefined)[] {
  const clauses = new Map<number, string>();
  const known = new Map<string, number>();
  const speaking = (clause: string): number => {
    const count = known.get(clause) ?? speaksFor(clause, fair);
    known.set(clause, count);
    return count;
  };
  let left = suspected.map((one, index) => ({ ...one, index }));
  while (left.length > 0) {
    const all = [...new Set(left.flatMap(({ suspects }) => suspects))];
    const scored = all.map((clause) => {
      const explained = left.filter(({ suspects }) => suspects.includes(clause));
      const share = explained.length / left.length;
      const score =
        share * (explained.length / Math.sqrt(left.length * (explained.length + speaking(clause))));
      const isWeak = explained.every((one) => isWeakSign(one, clause));
      return { clause, score: score * weightOf(clause), isWeak };
    });
    const [best] = scored.toSorted((a, b) => Number(a.isWeak) - Number(b.isWeak) || b.score - a.score);
    if (!best) break;
    for (const { suspects, index } of left)
      if (suspects.includes(best.clause)) clauses.set(index, best.clause);
    left = left.filter(({ index }) => !clauses.has(index));
  }
  return suspected.map((_, index) => clauses.get(index));
}

/** How many histories are evidence for a clause: they could have broken it; an effect would make them impossible. */
export const speaksFor = (clause: string, fair: readonly FairHistory[]): number =>
  fair.filter(({ history: { operations, initial, judging }, upheld }) => {
    // Any answer that depends on a retention would be another, had another task's TTL counted.
    if (clause === ttlAlone) return [...upheld].some((one) => one.startsWith('expiry.'));
    if (!canAlwaysHappen(clause)) return upheld.has(clause);
    const happening = { ...waiving(judging, [clause]), always: clause };
    return linearize(operations, initial, happening).verdict === 'violation';
  }).length;
