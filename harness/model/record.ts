/** Everything that a run left behind: what the reports are made from. Plain data. */

import type { Exchange } from './exchange.ts';
import type { CheckRecord } from './verdict.ts';

export const phases = ['queued', 'running', 'committing', 'finished', 'failed'] as const;
export type Phase = (typeof phases)[number];

/** A task that the run made or was given, and the brackets in which it changed its phase. */
export interface TaskRecord {
  readonly id: string;
  /** Milliseconds since the start of the run: the change happened between `after` and `before`. */
  readonly phases: readonly { readonly phase: Phase; readonly after: number; readonly before: number }[];
}

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
