/** What is remembered of a run, the same whether it comes from a report or from a history: enough to compare two. */

import type { ClauseResult, Report } from '../../harness/model/report.ts';
import type { Level, RunVerdict, Verdict } from '../../harness/model/verdict.ts';
import { tally } from '../headline.ts';

export interface PastRun {
  readonly id: string;
  /** Names the server under test across runs. */
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly durationMs: number;
  readonly verdict: RunVerdict;
  /** `31 of 48 must clauses proven, none broken` */
  readonly tally: string;
  readonly cutShort: string | null;
  readonly conditions: Conditions;
  readonly clauses: ReadonlyMap<string, PastVerdict>;
}

export interface PastVerdict {
  readonly level: Level;
  readonly verdict: Verdict;
  /** Of the first check with that verdict; null for a pass. */
  readonly reason: string | null;
  /** From its first request to its last answer. */
  readonly tookMs: number;
}

/** What may explain that a verdict is another one than before: who was asked, by what, on what ground, and how. */
export interface Conditions {
  readonly target: Fields;
  readonly suites: Fields;
  readonly docs: Fields;
  readonly settings: Fields;
}
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** Settings that have no say in what a clause's verdict is. */
const idle = new Set([
  'repeat',
  'repetition',
  'strict',
  'requireComplete',
  'maxDurationS',
  'ca',
  'insecure',
  'cert',
  'proxy',
  'nodes',
  'key',
]);

export const conditionsOf = ({ target, run }: Report): Conditions => ({
  target: { server: target.server }, // its URL may be another one each time, as that of a mock on a free port is
  suites: { harness: run.harnessVersion, suites: run.hashes.suites, clauses: run.hashes.clauses },
  docs: { edition: run.docsVersion, openapi: run.hashes.openapi },
  settings: {
    profile: run.profile,
    provisioner: target.provisioner,
    capabilities: target.capabilities.toSorted().join(', '),
    ...Object.fromEntries(Object.entries(run.settings).filter(([name]) => !idle.has(name))),
  },
});

export function pastRun(report: Report): PastRun {
  const { run, verdict, clauses } = report;
  const spans = new Map(report.exchanges.map(({ id, ...span }) => [id, span]));
  return {
    id: run.id,
    target: targetName(report),
    startedMs: Date.parse(run.startedAt),
    durationMs: Math.round(run.durationMs),
    verdict,
    tally: tally(report),
    cutShort: run.cutShort,
    conditions: conditionsOf(report),
    clauses: new Map(
      clauses.map((clause) => [
        clause.id,
        {
          level: clause.level,
          verdict: clause.verdict,
          reason: reasonOf(clause),
          tookMs: tookMs(clause, spans),
        },
      ]),
    ),
  };
}

/** The name that the user gave; where they gave none it is the host, and the path tells servers on one host apart. */
function targetName({ target: { name, url } }: Report): string {
  const { host, pathname } = new URL(url);
  return name === host ? name + pathname.replace(/\/+$/, '') : name;
}

const reasonOf = ({ verdict, checks }: ClauseResult): string | null =>
  verdict === 'pass' ? null : (checks.find((check) => check.verdict === verdict)?.reason ?? null);

function tookMs(
  { checks }: ClauseResult,
  spans: ReadonlyMap<string, { readonly sentAt: number; readonly receivedAt: number }>,
): number {
  const own = checks.flatMap(({ exchanges }) => exchanges).flatMap((id) => spans.get(id) ?? []);
  const first = Math.min(...own.map(({ sentAt }) => sentAt));
  const last = Math.max(...own.map(({ receivedAt }) => receivedAt));
  return own.length === 0 ? 0 : Math.round(last - first);
}
