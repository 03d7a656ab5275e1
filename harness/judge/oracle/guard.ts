/** What the rules are applied with: settings, guards, each of one clause, and clauses that are waived. */
import type { Bracket } from '../../model/bracket.ts';
import { defaultRetentionS, type Settings } from '../../model/settings.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { TaskOperation } from './operation.ts';

export interface OracleSettings {
  /** How late a status may expire. */
  readonly graceMs: number;
  /** How long an effect may take to show. */
  readonly settleMs: number;
  /** How long a status is kept where nobody gave a TTL. */
  readonly defaultTtlS: number;
}

/** The times by which the oracle judges, from those of a run in seconds. */
export const oracleTimes = ({ graceS, settleS }: Pick<Settings, 'graceS' | 'settleS'>): OracleSettings => ({
  graceMs: graceS * 1000,
  settleMs: settleS * 1000,
  defaultTtlS: defaultRetentionS,
});

/** What a guard says when it refuses an answer. */
export interface Refusal {
  readonly clause: string;
  readonly expected: string;
  readonly seen: string;
}

/** What happened to other tasks meanwhile: where it is waived that tasks leave each other alone, it counts here too. */
export interface Neighbours {
  /** The brackets of accepted cancels. */
  readonly cancels: readonly Bracket[];
  /** TTLs that were given, in seconds. */
  readonly ttlsS: readonly number[];
}

export interface Judging {
  readonly settings: OracleSettings;
  /** Clauses that guard nothing. One that says that something has no effect then lets it have that effect. */
  readonly waived: ReadonlySet<string>;
  readonly neighbours: Neighbours;
  /** Others, whose requests are not in the history, may make and cancel each task and set its retention at any time. */
  readonly othersAct?: true;
  /** A clause of this kind, whose effect is taken to happen whenever it could. */
  readonly always?: string;
  readonly onRefusal?: (refusal: Refusal) => void;
  /** Receives each clause that an answer could have broken, and did not. */
  readonly onUpheld?: (clause: string, operation: TaskOperation) => void;
}

/**
 * The only way to end a hypothesis, so that each refusal has a clause; several where the answer alone does not tell which.
 * @returns whether the hypothesis goes on
 */
export type Allow = (
  holds: boolean,
  clause: string | readonly string[],
  expected?: string,
  seen?: string,
) => boolean;

export const guardOf =
  ({ waived, onRefusal, onUpheld }: Judging, operation: TaskOperation): Allow =>
  (holds, clause, expected = '', seen = '') => {
    const clauses = typeof clause === 'string' ? [clause] : clause;
    if (holds) for (const one of clauses) onUpheld?.(one, operation);
    if (holds || clauses.some((one) => waived.has(one))) return true;
    for (const one of clauses) onRefusal?.({ clause: one, expected, seen });
    return false;
  };

/** One operation on one hypothesis. */
export interface Situation {
  readonly task: Hypothesis;
  readonly operation: TaskOperation;
  readonly judging: Judging;
  readonly allow: Allow;
}
