/** A task of the run: its phases, and what is known about it. Plain data. */
import type { Bracket } from './bracket.ts';

export const phases = ['queued', 'running', 'committing', 'finished', 'failed'] as const;

export type Phase = (typeof phases)[number];

/** A task that the run made or was given, and the brackets in which it changed its phase. */
export interface TaskRecord {
  readonly id: string;
  /** Milliseconds since the start of the run: the change happened between `after` and `before`. */
  readonly phases: readonly { readonly phase: Phase; readonly after: number; readonly before: number }[];
}

/** A task that this run made or was given. */
export interface Task {
  readonly id: string;
  /** The database guid, if the provisioner gave it. */
  readonly guid?: string;
  /** It stays in its phase until it is moved or cancelled. A task that is not held moves by itself. */
  readonly held: boolean;
  /** Its phases, oldest first; `when` if the instant is known. */
  readonly history: readonly { readonly phase: Phase; readonly when?: Bracket }[];
  /** Its phase was derived from undocumented texts, so a contradiction proves nothing. */
  readonly uncertain?: boolean;
  /** It finishes by itself unless something is done to it. */
  readonly finishes?: true;
  /** By how many seconds it was aged. */
  readonly agedS: number;
}

/** What a check may require of a new task. */
export interface Wish {
  /** What `X-Result-TTL` at creation would be, in seconds. */
  readonly resultTtlS?: number;
  /** A cancel that would be accepted ends in 409. */
  readonly cancelFails?: boolean;
  /** Its id, a new one of the run. Only with the control protocol. */
  readonly id?: string;
  /** A task that moves by itself: it does not end for so many seconds at least, as far as that can be foreseen. */
  readonly unfinishedForS?: number;
}

/**
 * What a check was given when it asked for a task: by `crdbs`, `fixed` and `command` that can't be derived from its
 * exchanges, so the report records it.
 */
export interface Assignment {
  /** The check, as its exchanges name it. */
  readonly sentFor: string;
  readonly phase: Phase;
  /** The task is the check's own, or only read. */
  readonly use: 'own' | 'read';
  readonly given: AssignedTask;
}

/** The task, or why there was none: out of reach, or missed; `byChance`: another try may succeed. */
export type AssignedTask =
  | { readonly task: Task }
  | { readonly outOfReach: string }
  | { readonly missed: string; readonly byChance: boolean };
