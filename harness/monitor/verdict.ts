/** What traffic came to, in the form of every run: the log from which all reports are made. Pure. */

import type { Exchange } from '../model/exchange.ts';
import { journalSchema, type RunEvent, type RunRecord, type Started } from '../model/report.ts';
import { atLevel, type CheckRecord, type Level } from '../model/verdict.ts';
import { cleanRecord, faultRecord } from '../run/attribution.ts';
import { type Contract, judgedBy, reportedContract } from '../run/contract.ts';
import type { RunLog } from '../run/journal.ts';
import { historyName, oracleChecks, oracleSuite, passes } from '../run/second-judgement.ts';
import { clauseCounts, type Structural } from './proofs.ts';
import type { TrafficOptions, TrafficVerdict } from './traffic-judge.ts';

export interface TrafficSource {
  readonly id: string;
  readonly target: Pick<RunRecord['target'], 'name' | 'url'>;
  readonly options: TrafficOptions;
  readonly requireComplete: boolean;
  /** Of instant 0 of the exchanges, in milliseconds since 1970. */
  readonly epochMs: number;
}

/** @returns the log of traffic as of a run that made these exchanges; only those that show something are in it */
export function trafficLog(verdict: TrafficVerdict, recorded: TrafficSource, contract: Contract): RunLog {
  const { register } = contract;
  const clauses = register.clauses.map(({ id }) => id);
  const levelOf = (clause: string): Level | undefined => register.byId.get(clause)?.level;
  const checks = checksOf(verdict, clauses, levelOf);
  const evidence = evidenceOf(verdict);
  const { firstMs, lastMs } = verdict;
  const reach = { provisioner: 'traffic', capabilities: [], allowForce: false, profile: 'quick' } as const;
  const started: Started = {
    type: 'started',
    schema: journalSchema,
    target: {
      ...recorded.target,
      server: verdict.server ?? null,
      provisioner: 'traffic',
      capabilities: [
        ...(recorded.options.soleClient ? ['sole-client'] : []),
        ...(recorded.options.control ? ['control'] : []),
      ],
    },
    run: {
      id: recorded.id,
      startedAt: new Date(recorded.epochMs + firstMs).toISOString(),
      profile: 'quick',
      seed: 0,
      settings: {
        graceS: recorded.options.settings.graceMs / 1000,
        settleS: recorded.options.settings.settleMs / 1000,
        requireComplete: recorded.requireComplete,
      },
      traffic: {
        exchanges: verdict.exchanges,
        unused: Object.fromEntries(verdict.unused),
        exercised: Object.fromEntries(verdict.use.exercised),
        observations: verdict.use.observations,
        clauses: Object.fromEntries(clauseCounts(verdict)),
      },
      ...judgedBy(contract),
    },
    clauses,
    ...reportedContract([], reach, contract),
  };
  const events: RunEvent[] = [
    ...evidence.map((exchange): RunEvent => ({ type: 'exchange', exchange: shifted(exchange, firstMs) })),
    ...checks.map((check): RunEvent => ({ type: 'check', check })),
    {
      type: 'oracle',
      coverage: {
        tasks: verdict.tasks,
        undecided: verdict.undecided,
        upheld: Object.fromEntries([...verdict.upheld].toSorted()),
      },
    },
    { type: 'end' },
    { type: 'closed', durationMs: Math.max(0, lastMs - firstMs), accidents: [] },
  ];
  return { started, events };
}

const shifted = (exchange: Exchange, byMs: number): Exchange => ({
  ...exchange,
  sentAt: exchange.sentAt - byMs,
  receivedAt: exchange.receivedAt - byMs,
});

function evidenceOf({ violations, structural }: TrafficVerdict): readonly Exchange[] {
  const all = [
    ...[...violations.values()].flatMap(({ first }) =>
      first.flatMap(({ evidence }) => evidence.map(({ exchange }) => exchange)),
    ),
    ...[...structural.values()].flatMap(({ findings }) => findings.flatMap(({ exchanges }) => exchanges)),
  ];
  return [...new Map(all.map((exchange) => [exchange.id, exchange])).values()].toSorted(
    (a, b) => a.sentAt - b.sentAt,
  );
}

function checksOf(
  verdict: TrafficVerdict,
  clauses: readonly string[],
  levelOf: (clause: string) => Level | undefined,
): readonly CheckRecord[] {
  const structural = [...verdict.structural].flatMap(([clause, found]) => {
    const level = levelOf(clause);
    return level === undefined ? [] : answersChecks(clause, found, level);
  });
  const found = [...verdict.violations].map(([clause, { first, count }]) => ({
    clause,
    violations: first,
    count,
  }));
  const broken = oracleChecks(found, { levelOf });
  const upheld = passes(verdict.upheld, [...structural, ...broken], { levelOf });
  const judged = new Set([...structural, ...broken, ...upheld].map(({ clause }) => clause));
  const idle = clauses
    .filter((clause) => !judged.has(clause))
    .map(
      (clause): CheckRecord => ({
        clause,
        name: historyName,
        suite: oracleSuite,
        verdict: 'skip',
        reason: 'never exercised: no answer of this traffic could have broken it',
        exchanges: [],
      }),
    );
  return [...structural, ...broken, ...upheld, ...idle];
}

/** What one structural clause came to: a check of each of the first faults, or one of all answers. */
function answersChecks(
  clause: string,
  { answers, faults, findings }: Structural,
  level: Level,
): readonly CheckRecord[] {
  const records =
    findings.length === 0
      ? [cleanRecord(clause, answers)]
      : findings.map((finding, index) =>
          faultRecord(
            clause,
            finding,
            `answer ${index + 1} of ${faults}`,
            index === 0 ? faults - findings.length : 0,
          ),
        );
  return records.map((record) => ({ ...record, verdict: atLevel(record.verdict, level) }));
}
