/** What a fault of the second server is. */
import type { Counters, Rules } from './rules.ts';

export type Kind = 'plain' | 'two at once' | 'later' | 'which one' | 'same time' | 'time' | 'login' | 'ids';

export interface Fault {
  readonly id: string;
  readonly kind: Kind;
  readonly says: string;
  /** The row of the stance table that it breaks. */
  readonly breaks: string;
  /** Why it does not count: it was found out, after it was written, that it breaks no `must`. */
  readonly uncounted?: string;
  change(own: Rules): Partial<Rules>;
}

/** Faults of one kind, by their ids. */
export const faultsOf = (
  kind: Kind,
  faults: Readonly<Record<string, Omit<Fault, 'id' | 'kind'>>>,
): readonly Fault[] => Object.entries(faults).map(([id, fault]) => ({ id, kind, ...fault }));

/** Counts an event and returns how often it has happened, this time included. */
export function nth(notes: Counters, event: string): number {
  notes[event] = (notes[event] ?? 0) + 1;
  return notes[event];
}
