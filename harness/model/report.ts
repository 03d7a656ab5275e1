/**
 * report.json: what one run on one target found, as plain data. This file only lays out what it is given:
 * it judges nothing, counts nothing, and reads neither a clock nor a file.
 */
import type { Exchange } from './exchange.ts';
import type { Assignment, TaskRecord } from './task.ts';
import type { CheckRecord, CutShortBy, Level, RunVerdict, Summary, Verdict } from './verdict.ts';

export const reportSchema = 'crdb-conformance/report@1';

export interface Report {
  readonly schema: typeof reportSchema;
  readonly verdict: RunVerdict;
  readonly target: RunRecord['target'];
  readonly run: RunRecord['run'];
  readonly summary: Summary;
  /** The clauses that the run was about, in the register's order. */
  readonly clauses: readonly ClauseResult[];
  readonly tasks: readonly TaskRecord[];
  /** Which check was given which task; absent where that follows from the exchanges. */
  readonly assignments?: readonly Assignment[];
  readonly exchanges: readonly Exchange[];
  /** Present if the run has a list of known failures. */
  readonly expectations?: Expectations;
}

export interface ClauseResult extends ReportedClause {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/** A recorded check, under its clause. */
export type CheckResult = Omit<CheckRecord, 'clause'>;

/** How the findings add up, by harness/model/verdict.ts. */
export interface Judgement {
  readonly verdict: RunVerdict;
  readonly summary: Summary;
  /** By clause id; one for each clause of the report. */
  readonly clauseVerdicts: ReadonlyMap<string, Verdict>;
}

/**
 * @param clauses the clauses that the run was about; with a selection, the selected ones alone
 * @throws {RangeError} a check's clause is not among them, or one of them has no verdict: nothing is left out silently
 */
export function buildReport(
  record: RunRecord,
  clauses: readonly ReportedClause[],
  judgement: Judgement,
): Report {
  const checks = Map.groupBy(record.checks, ({ clause }) => clause);
  const known = new Set(clauses.map(({ id }) => id));
  for (const id of checks.keys()) {
    if (!known.has(id))
      throw new RangeError(`there are checks of clause ${id}, and the report is not about it`);
  }
  return {
    schema: reportSchema,
    verdict: judgement.verdict,
    target: record.target,
    run: record.run,
    summary: judgement.summary,
    clauses: clauses.map((clause) => ({
      ...clause,
      verdict: verdictOf(clause.id, judgement),
      checks: (checks.get(clause.id) ?? []).map(({ clause: _, ...check }) => check),
    })),
    tasks: record.tasks,
    ...(record.assignments ? { assignments: record.assignments } : {}),
    exchanges: record.exchanges,
  };
}

function verdictOf(id: string, { clauseVerdicts }: Judgement): Verdict {
  const verdict = clauseVerdicts.get(id);
  if (verdict === undefined) throw new RangeError(`clause ${id} has no verdict`);
  return verdict;
}

export interface RunRecord {
  readonly target: {
    /** The name that the user gave; the host by default. */
    readonly name: string;
    /** Without credentials. */
    readonly url: string;
    /** The `Server` header of its first answer, or null. */
    readonly server: string | null;
    readonly provisioner: string;
    /** Phases within reach and optional powers, in words: `running`, `age`, `cancel_failure`. */
    readonly capabilities: readonly string[];
  };
  readonly run: {
    readonly id: string;
    /** RFC 3339. */
    readonly startedAt: string;
    readonly durationMs: number;
    readonly profile: 'quick' | 'full' | 'nightly';
    readonly seed: number;
    /** Each setting with its unit in the name: `timeoutS`, `graceS`. */
    readonly settings: Readonly<Record<string, number | boolean | string>>;
    /** The longest that the harness's own event loop stood still. */
    readonly stallMs: number;
    /** Why the run ended early, or null. */
    readonly cutShort: string | null;
    /** What the oracle looked at; absent where the run did not come to its end. */
    readonly oracle?: OracleCoverage;
    /** Whose requests were judged, where they were others' and not the run's own. */
    readonly traffic?: TrafficCoverage;
    readonly harnessVersion: string;
    readonly docsVersion: string;
    readonly hashes: { readonly suites: string; readonly openapi: string; readonly clauses: string };
  };
  readonly checks: readonly CheckRecord[];
  readonly tasks: readonly TaskRecord[];
  readonly assignments?: readonly Assignment[];
  readonly exchanges: readonly Exchange[];
}

/** What the second judgement of a run is based on. */
export interface OracleCoverage {
  /** How many tasks were judged by all that was done to them. */
  readonly tasks: number;
  /** Of so many, too much was possible at once for a decision. */
  readonly undecided: number;
  /** By clause: how many answers could have broken it, and did not. */
  readonly upheld: Readonly<Record<string, number>>;
  /** What random scripts tried, where the run explored. */
  readonly exploration?: ExplorationCoverage;
}

/** What was seen of the traffic of others. */
export interface TrafficCoverage {
  readonly exchanges: number;
  /** What could not be judged: how many, by the reason in words. */
  readonly unused: Readonly<Record<string, number>>;
  /** The kinds of requests and their answers, and how many there were. */
  readonly exercised: Readonly<Record<string, number>>;
  /** What the docs warn of, a line each: no verdicts. */
  readonly observations: readonly string[];
  /** By clause that an answer could have broken: how many upheld it, and how many broke it. */
  readonly clauses: Readonly<Record<string, ClauseCounts>>;
}

export interface ClauseCounts {
  readonly upheld: number;
  readonly broken: number;
}

export interface ExplorationCoverage {
  readonly scripts: number;
  readonly requests: number;
  /** Clauses that a response to one could have broken, or broke; older reports do not have it. */
  readonly clauses?: number;
  /** Pairs of a state and a request, and of two requests to one task. */
  readonly pairs: number;
}

/** What a report shows of a clause. */
export interface ReportedClause {
  readonly id: string;
  readonly level: Level;
  readonly basis: 'stated' | 'implied';
  /** `any`: all three operations. */
  readonly operation: 'list' | 'read' | 'cancel' | 'any';
  readonly statement: string;
  readonly reason: string;
  /** Page and heading of the docs, and their address. */
  readonly source: { readonly page: string; readonly anchor: string; readonly url: string };
}

/** A known failure of a target, and why it is accepted: with a list of these, a gate reports new failures only. */
export interface Expectation {
  readonly clause: string;
  /** The target's name or one of its labels; undefined: any target. */
  readonly target?: string;
  /** The kind of the failure, as `crdb-conformance expectations` writes it. */
  readonly fingerprint: string;
  readonly reason: string;
  readonly link?: string;
  readonly owner?: string;
  /** The last day on which it is accepted: `2026-12-31`. */
  readonly expires?: string;
  /** The failure does not occur in every run, so a run without it proves nothing. */
  readonly flaky?: boolean;
}

/** A known failure with its lines in the file, so that messages can name them. */
export interface PlacedExpectation extends Expectation {
  /** First and last line, from 1 on. */
  readonly lines: readonly [first: number, last: number];
}

/** The entries that are about one target. */
export interface Expected {
  readonly file: string;
  readonly entries: readonly PlacedExpectation[];
}

/** The known failures of a report: which occurred, which other failures did, and which entries are outdated. */
export interface Expectations {
  readonly file: string;
  /** Known failures that occurred. */
  readonly met: readonly MetExpectation[];
  /** Failures without an entry. */
  readonly unexpected: readonly Unexpected[];
  /** Entries that no longer apply. Each fails the gate until it is deleted or corrected. */
  readonly outdated: readonly OutdatedExpectation[];
}

export interface MetExpectation extends PlacedExpectation {
  /** The names of the clause's checks that failed in this way. */
  readonly checks: readonly string[];
}

export interface Unexpected {
  readonly clause: string;
  readonly fingerprint: string;
  readonly checks: readonly string[];
}

export interface OutdatedExpectation extends PlacedExpectation {
  readonly problem: 'passes again' | 'not seen any more' | 'past its date';
}

export const journalSchema = 'crdb-conformance/journal@2';

/** What is known before the first check. A journal begins with it, so a report needs only the journal. */
export interface Started {
  readonly type: 'started';
  readonly schema: typeof journalSchema;
  readonly target: RunRecord['target'];
  readonly run: Omit<RunRecord['run'], 'durationMs' | 'stallMs' | 'cutShort' | 'oracle'>;
  /** Ids of the selected clauses and their positive controls. */
  readonly clauses: readonly string[];
  /** Every clause: a failure may be attributed to any of them. */
  readonly register: readonly ReportedClause[];
  /** Every check that will get a verdict. */
  readonly checks: readonly Pick<CheckRecord, 'clause' | 'name' | 'suite' | 'sharpens'>[];
  /** The known failures of this target, if any are configured. */
  readonly expected?: Expected;
}

/** A fault that may break a clause, before the attribution at the end of the run. */
export type AttributedFault = Pick<CheckRecord, 'clause' | 'name' | 'reason' | 'exchanges'>;

export type RunEvent =
  | Started
  /** How many checks will be run, and how many clauses are judged by every exchange: each has a record at the end. */
  | { readonly type: 'planned'; readonly checks: number; readonly everyExchange?: number }
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
  | { readonly type: 'assigned'; readonly assignment: Assignment }
  | { readonly type: 'check'; readonly check: CheckRecord }
  /** The attribution is recorded at the end, as checks; a killed run has only these. */
  | { readonly type: 'fault'; readonly fault: AttributedFault }
  | {
      readonly type: 'cut-short';
      readonly reason: string;
      readonly fault: CutShortBy;
    }
  | { readonly type: 'stall'; readonly stallMs: number }
  | { readonly type: 'oracle'; readonly coverage: OracleCoverage }
  /** Every check has its record. */
  | { readonly type: 'end' }
  /** The last event: reports are made from the events before it. */
  | {
      readonly type: 'closed';
      readonly durationMs: number;
      /** What broke in the harness itself, one line each. */
      readonly accidents: readonly string[];
    };

export type Recorder = (event: RunEvent) => void;
