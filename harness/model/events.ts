/** The events of a run: progress, journal and reports are made from this stream. Plain data. */
import type { Exchange } from './exchange.ts';
import type { Expected, ReportedClause, RunRecord } from './report.ts';
import type { TaskRecord } from './task.ts';
import type { CheckRecord } from './verdict.ts';

export const journalSchema = 'crdb-conformance/journal@2';

/** What is known before the first check. A journal begins with it, so that a report needs the journal only. */
export interface Started {
  readonly type: 'started';
  readonly schema: typeof journalSchema;
  readonly target: RunRecord['target'];
  readonly run: Omit<RunRecord['run'], 'durationMs' | 'stallMs' | 'cutShort'>;
  /** Ids of the clauses that the run is about, with their positive controls. */
  readonly clauses: readonly string[];
  /** Every clause: a failure may be attributed to any of them. */
  readonly register: readonly StartedClause[];
  /** Every check that will get a verdict. */
  readonly checks: readonly Pick<CheckRecord, 'clause' | 'name' | 'suite'>[];
  /** The known failures of this target, if any are configured. */
  readonly expected?: Expected;
}

/** A clause as the reports show it. */
export type StartedClause = ReportedClause & { readonly source: { readonly url: string } };

/** A fault that seems to break a clause, before everything is known that may explain it. */
export type AttributedFault = Pick<CheckRecord, 'clause' | 'name' | 'reason' | 'exchanges'>;

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
  /** The attribution is recorded at the end, as checks; a run that is killed before has only these. */
  | { readonly type: 'fault'; readonly fault: AttributedFault }
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
