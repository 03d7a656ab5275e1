/** What a run tells while it goes: the one stream that progress and reports are made from. Plain data. */
import type { Exchange } from './exchange.ts';
import type { Expected, ReportedClause, RunRecord } from './report.ts';
import type { TaskRecord } from './task.ts';
import type { CheckRecord } from './verdict.ts';

export const journalSchema = 'crdb-conformance/journal@1';

/** What was known before the first check: a journal begins with it, so that a report needs nothing but the journal. */
export interface Started {
  readonly type: 'started';
  readonly schema: typeof journalSchema;
  readonly target: RunRecord['target'];
  readonly run: Omit<RunRecord['run'], 'durationMs' | 'stallMs' | 'cutShort'>;
  /** Ids of the clauses that the run is about, with their positive controls. */
  readonly clauses: readonly string[];
  /** Every clause there is: something may be charged to any of them. */
  readonly register: readonly StartedClause[];
  /** Every check that is to get a verdict. */
  readonly checks: readonly Pick<CheckRecord, 'clause' | 'name' | 'suite'>[];
  /** The failures that are to be expected of this target, where any were named. */
  readonly expected?: Expected;
}

/** A clause as the reports show it. */
export type StartedClause = ReportedClause & { readonly source: { readonly url: string } };

/** What seems to be wrong with a clause, before all is known that may explain it. */
export type Charge = Pick<CheckRecord, 'clause' | 'name' | 'reason' | 'exchanges'>;

export type RunEvent =
  | Started
  /** How many checks will be run: at the end every one of them has its record. */
  | { readonly type: 'planned'; readonly checks: number }
  | { readonly type: 'begun'; readonly clause: string; readonly name: string }
  | {
      readonly type: 'waiting';
      readonly clause: string;
      readonly name: string;
      readonly waitMs: number;
      readonly why: string;
    }
  | { readonly type: 'exchange'; readonly exchange: Exchange }
  /** The newest of one id counts. */
  | { readonly type: 'task'; readonly task: TaskRecord }
  | { readonly type: 'check'; readonly check: CheckRecord }
  /** What comes of the charges is told at the end, as checks; a run that is killed before only has these. */
  | { readonly type: 'charge'; readonly charge: Charge }
  | {
      readonly type: 'cut-short';
      readonly reason: string;
      readonly fault: 'interrupted' | 'target' | 'harness' | 'time';
    }
  | { readonly type: 'stall'; readonly stallMs: number }
  /** Every check has been told. */
  | { readonly type: 'end' }
  /** The last of all: the reports are made of what stands before it. */
  | {
      readonly type: 'closed';
      readonly durationMs: number;
      /** What broke in the harness itself, one line each. */
      readonly accidents: readonly string[];
    };

export type Recorder = (event: RunEvent) => void;
