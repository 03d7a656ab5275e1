/** The second judgement of a run: it finds what no check looks at, says it once, and accuses no faithful server. */
import { describe, expect, test } from 'vitest';
import { judgeHistory } from '../judge/oracle/oracle.ts';
import type { Exchange } from '../model/exchange.ts';
import { random } from '../model/settings.ts';
import { isBroken } from '../model/verdict.ts';
import { contractBut, contractButWhen } from '../reference/contract.ts';
import { mutants } from '../reference/mutants.ts';
import type { RequestContext } from '../reference/rules.ts';
import { variants } from '../reference/variants.ts';
import { simulate, withoutNetwork } from '../simulate/simulation.ts';
import { created, historyOf, later, listed, wasCancelled, wasRead } from '../testing/history-samples.ts';
import { oracleSettings } from './oracle-settings.ts';
import { gather } from './report.ts';
import { type JudgedOnce, judgeTwice } from './second-judgement.ts';

const settings = { graceS: 2, settleS: 10 };
const run: Omit<JudgedOnce, 'exchanges' | 'checks'> = {
  settings,
  provisioner: 'control',
  known: [],
  levelOf: () => 'must',
};
const judged = (exchanges: readonly Exchange[], more: Partial<JudgedOnce> = {}) =>
  judgeTwice({ ...run, exchanges, checks: [], ...more });

const sentFor = (exchanges: readonly Exchange[], title: string) =>
  exchanges.map((exchange) => ({ ...exchange, sentFor: title }));
const faulty = sentFor(
  historyOf(created('running'), wasCancelled(200), wasRead('failed'), later(3, wasRead('started'))),
  'cancel.leaves (running), try 2',
);

describe('what the oracle finds is a check of the clause', () => {
  test('with its evidence', () => {
    expect(judged(faulty).checks).toEqual([
      {
        clause: 'cancel.stays-out',
        name: 'failed, history of a task',
        suite: 'oracle',
        verdict: 'fail',
        reason:
          'create running → 201; cancel → 200; read → 200 failed; 3.0 s later read → 200 started: expected status failed, because it ended as failed; seen status started',
        expected: 'status failed, because it ended as failed',
        seen: 'status started',
        exchanges: ['control-1', 'cancel-1', 'read-1', 'read-2'],
      },
    ]);
  });

  test('at the level of the clause', () => {
    const verdicts = (level: 'should' | 'may' | undefined) =>
      judged(faulty, { levelOf: () => level }).checks.map(({ verdict }) => verdict);
    expect([verdicts('should'), verdicts('may'), verdicts(undefined)]).toEqual([['warn'], [], []]);
  });

  test('unless its failure is known', () => {
    expect(judged(faulty, { known: ['cancel.stays-out'] }).checks).toEqual([]);
  });
});

describe('one cause is one finding', () => {
  const check = {
    clause: 'cancel.leaves',
    name: 'running',
    suite: 'cancel',
    verdict: 'fail',
    reason: 'it failed',
    exchanges: [],
  } as const;
  test.each([
    { says: 'the check failed itself', checks: [check] },
    {
      says: 'a check failed on the same answer',
      checks: [{ ...check, clause: 'auth.malformed', exchanges: ['read-2'] }],
    },
    {
      says: 'the check was not judged because of another clause',
      checks: [
        { ...check, verdict: 'inconclusive', because: 'auth.no-effect' } as const,
        { ...check, clause: 'auth.no-effect', name: 'other' },
      ],
    },
  ])('$says', ({ checks }) => expect(judged(faulty, { checks }).checks).toEqual([]));

  test('the task is of a check that failed, and another check saw it', () => {
    const [made, ...others] = faulty;
    const exchanges = [made, ...sentFor(others, 'list.holds-running (running)')].filter(
      (one) => one !== undefined,
    );
    expect(judged(exchanges, { checks: [check] }).checks).toEqual([]);
  });

  test('a failure elsewhere explains nothing', () => {
    const checks = [{ ...check, clause: 'auth.malformed', name: 'list' }];
    expect(judged(faulty, { checks }).checks).toHaveLength(1);
  });
});

describe('two faults are two findings, also where one could look like the other', () => {
  test.each([
    { suites: 'cancel-unknown-is-200', oracle: 'default-60', clause: 'expiry.default.kept' },
    { suites: 'read-ttl-ignored', oracle: 'cancels-in-commit', clause: 'cancel.commit-phase.refused' },
  ])('$suites and $oracle', async ({ suites, oracle, clause }) => {
    const [one, other] = [suites, oracle].map((name) => mutants.find(({ id }) => id === name));
    const rules = contractBut(...(one?.changes ?? []), ...(other?.changes ?? []));
    const events = await simulate((clock) => withoutNetwork({ clock, rules }), {
      selection: one?.killedBy ?? [],
      settings: { exploreS: 3, concurrency: 5 },
    });
    const failed = gather(events).checks.filter(isBroken);
    expect(failed.filter((check) => check.suite === 'oracle').map((check) => check.clause)).toEqual([clause]);
    expect(failed.map((check) => check.clause)).toEqual(
      expect.arrayContaining([...(one?.killedBy ?? ['none'])]),
    );
  });
});

test('an incomplete record proves nothing: what is missing may have had the effect', () => {
  const incomplete = faulty.filter(({ id }) => id !== 'read-1');
  expect(judged(incomplete).checks).toEqual([]);
});

test('a run says what its second judgement is based on', () => {
  const { coverage } = judged(historyOf(created('running'), wasRead('started'), listed('started')));
  expect(coverage).toEqual({
    tasks: 1,
    undecided: 0,
    upheld: { 'read.status.200': 1, 'status.started': 1 },
  });
});

test('a fault that no check looks for fails the clause that it breaks', async () => {
  const isAged = ({ task }: RequestContext): boolean => task !== undefined && task.agedMs > 0;
  const rules = contractButWhen(isAged, {
    read: { rewrite: (body) => ({ ...body, worker_name: 'another' }) },
  });
  const { checks } = gather(await simulate((clock) => withoutNetwork({ clock, rules })));
  const failed = checks.filter(({ verdict }) => verdict === 'fail');
  expect(failed.map(({ suite, clause }) => `${suite}: ${clause}`)).toEqual(['oracle: status.ended-stays']);
});

describe('clean evidence stays clean, however weak it becomes', () => {
  /** Wider brackets, lost answers, observations left out, another order of the records. */
  function weakened(exchanges: readonly Exchange[], seed: number): readonly Exchange[] {
    const draw = random(seed);
    const isObservation = ({ operation, request: { headers } }: Exchange) =>
      (operation === 'read' || operation === 'list') && headers['X-Result-TTL'] === undefined;
    return exchanges
      .filter((exchange) => !isObservation(exchange) || draw() > 0.4)
      .map((exchange) => ({
        ...exchange,
        sentAt: exchange.sentAt - 300 * draw(),
        receivedAt: exchange.receivedAt + 300 * draw(),
        ...(draw() < 0.15 ? { lost: 'given up' } : {}),
      }))
      .sort(() => draw() - 0.5);
  }

  test.each(variants.filter(({ onTheWire }) => !onTheWire).slice(0, 3))('$id', async ({ rules }) => {
    const { exchanges } = gather(await simulate((clock) => withoutNetwork({ clock, rules })));
    for (const seed of [1, 2]) {
      const { violations } = judgeHistory(
        weakened(exchanges, seed),
        oracleSettings({ ...run, settings: { graceS: 10, settleS: 30 } }),
      );
      expect(violations.map(({ clause, task }) => `${clause} ${task}`)).toEqual([]);
    }
  });
});
