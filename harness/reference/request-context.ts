/** When, for whom and of what an answer is made: what a rule may depend on, and a wrong server be wrong in alone. */
import type { Operation } from './rules.ts';
import type { Task } from './task.ts';

export interface Moment {
  readonly operation: Operation;
  /** How many requests of this operation came before this one. */
  readonly turn: number;
  /** Milliseconds since the cluster started. */
  readonly upMs: number;
  /** Milliseconds since the request of this operation before; infinite for the first. */
  readonly sinceMs: number;
  /** Drawn anew for each request by the cluster's seed: at least 0, less than 1. */
  readonly luck: number;
  readonly query: URLSearchParams;
  /** The value of `X-Result-TTL`. */
  readonly resultTtl: string | undefined;
  /** The task that the path names to the letter, expired or not. */
  readonly task: Task | undefined;
}
