/** fleet.json: the results of many targets that were tested together. Plain data; each target's report is beside it. */
import type { RunRecord } from '../harness/model/report.ts';
import type { RunVerdict, Summary } from '../harness/model/verdict.ts';
import type { Shard } from '../harness/run/fleet.ts';

export const fleetSchema = 'crdb-conformance/fleet@1';

export interface Fleet {
  readonly schema: typeof fleetSchema;
  /** `non-conformant` where any target is, `conformant` where all are. */
  readonly verdict: RunVerdict;
  /** The worst of the targets'. */
  readonly exitCode: number;
  /** The part of the whole that this is, or null where it is the whole. */
  readonly shard: Shard | null;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly harnessVersion: string;
  readonly docsVersion: string;
  readonly hashes: RunRecord['run']['hashes'] & { readonly config: string };
  /** The names of all targets of the configuration, those of other parts too. */
  readonly planned: readonly string[];
  readonly targets: readonly FleetEntry[];
}

export interface FleetEntry {
  /** Also that of its folder, which holds its report. */
  readonly name: string;
  readonly labels: readonly string[];
  /** Without credentials; `docker://` and an image where it was booted for the test. */
  readonly url: string;
  readonly exitCode: number;
  /** What its report says; null where it has none. */
  readonly result: FleetResult | null;
  /** Why it has no report, in two lines, or null. */
  readonly problem: string | null;
}

export interface FleetResult {
  readonly verdict: RunVerdict;
  readonly headline: string;
  readonly run: string;
  readonly must: Summary['must'];
}

/** The verdict of some targets together; without any it is `incomplete`, because nothing was tested. */
export function fleetVerdict(targets: readonly Pick<FleetEntry, 'result'>[]): RunVerdict {
  if (targets.some(({ result }) => result?.verdict === 'non-conformant')) return 'non-conformant';
  const all = targets.length > 0 && targets.every(({ result }) => result?.verdict === 'conformant');
  return all ? 'conformant' : 'incomplete';
}
