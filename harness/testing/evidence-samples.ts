/** A run of the reference as its report would name it, and how two judgements of it differ: for own tests and proofs. */
import type { CheckRecord } from '../model/verdict.ts';
import { everyExchange } from '../run/attribution.ts';
import type { RunEvidence } from '../run/judge-again.ts';

const everything = ['queued', 'running', 'committing', 'finished', 'failed', 'age', 'cancel_failure'];

export const run: RunEvidence['run'] = {
  id: '20260101T000000000Z-simulation',
  startedAt: '2026-01-01T00:00:00Z',
  durationMs: 0,
  profile: 'quick',
  seed: 1,
  settings: {},
  stallMs: 0,
  cutShort: null,
  harnessVersion: '0',
  docsVersion: '7.8',
  hashes: { suites: '', openapi: '', clauses: '' },
};
export const target = (provisioner: string): RunEvidence['target'] => ({
  name: 'reference',
  url: 'http://reference.invalid',
  server: null,
  provisioner,
  capabilities:
    provisioner === 'control' ? everything : provisioner === 'crdbs' ? everything.slice(0, 5) : [],
});

/** The clauses that were run. */
export const clausesOf = (checks: readonly CheckRecord[]): readonly string[] => [
  ...new Set(checks.filter(({ suite }) => suite !== everyExchange).map(({ clause }) => clause)),
];

/** Records that one of the two has alone. */
export function differences(
  before: readonly CheckRecord[],
  after: readonly CheckRecord[],
): readonly string[] {
  const [told, retold] = [before, after].map(
    (checks) => new Set(checks.map((check) => JSON.stringify(check))),
  );
  const alone = (one: typeof told, other: typeof told) =>
    [...(one ?? [])].filter((record) => !other?.has(record));
  return [...alone(told, retold), ...alone(retold, told)];
}
