/** Everything that a run left behind: what the reports are made from. Plain data. */
import type { Exchange } from './exchange.ts';
import type { TaskRecord } from './task.ts';
import type { CheckRecord, Level } from './verdict.ts';

export interface RunRecord {
  readonly target: {
    /** What the user calls it; the host where they gave no name. */
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
    readonly harnessVersion: string;
    readonly docsVersion: string;
    readonly hashes: { readonly suites: string; readonly openapi: string; readonly clauses: string };
  };
  readonly checks: readonly CheckRecord[];
  readonly tasks: readonly TaskRecord[];
  readonly exchanges: readonly Exchange[];
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
  /** Page and heading of the docs. */
  readonly source: { readonly page: string; readonly anchor: string };
}
