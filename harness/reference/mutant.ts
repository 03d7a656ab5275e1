/** A wrong server, as data: what it does, and what must be found. */
import type { RulesInTime } from './rules.ts';

export interface Mutant {
  readonly id: string;
  /** One line for people: what is wrong about it. */
  readonly breaks: string;
  readonly rules: RulesInTime;
  /** The least profile that convicts it, where that is not `quick`. */
  readonly profile?: 'full' | 'nightly';
  /** The clauses that each must end as `fail` (a `should`: as `warn`). */
  readonly killedBy: readonly string[];
  /** The clauses that may end so too: the same fault, seen elsewhere. */
  readonly mayFail: readonly string[];
}
