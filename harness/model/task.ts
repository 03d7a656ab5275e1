/** A task of the run: the phases that it goes through, and what is known of it. Plain data. */
import type { Bracket } from './bracket.ts';

export const phases = ['queued', 'running', 'committing', 'finished', 'failed'] as const;

export type Phase = (typeof phases)[number];

/** A task that the run made or was given, and the brackets in which it changed its phase. */
export interface TaskRecord {
  readonly id: string;
  /** Milliseconds since the start of the run: the change happened between `after` and `before`. */
  readonly phases: readonly { readonly phase: Phase; readonly after: number; readonly before: number }[];
}

/** A task that this run made, or was given for the purpose. */
export interface Task {
  readonly id: string;
  /** The database guid that the provisioner named, if it did. */
  readonly guid?: string;
  /** It stays in its phase until it is moved or cancelled; others move by themselves. */
  readonly held: boolean;
  /** The phases that it was brought into, the last one last; `when` where that is known. */
  readonly history: readonly { readonly phase: Phase; readonly when?: Bracket }[];
  /** Its phase was made out from words that no document defines: what speaks against it proves nothing. */
  readonly uncertain?: boolean;
  /** By how many seconds it was aged. */
  readonly agedS: number;
}

/** What a check may ask of a task at its creation. */
export interface Wish {
  /** What `X-Result-TTL` at creation would be, in seconds. */
  readonly resultTtlS?: number;
  /** A cancel that would be accepted ends in 409. */
  readonly cancelFails?: boolean;
}
