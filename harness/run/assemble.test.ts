import { describe, expect, test } from 'vitest';
import type { Clause, Register } from '../../spec/register.ts';
import { loadRegister } from '../../spec/register.ts';
import type { RunEvent } from '../model/events.ts';
import type { CheckRecord, Level, Verdict } from '../model/verdict.ts';
import { readOf } from '../testing/exchange-samples.ts';
import { endedEarly, gather, judgeRun, missingChecks } from './assemble.ts';

const check = (clause: string, verdict: Verdict, suite = 'list'): CheckRecord => ({
  clause,
  name: 'once',
  suite,
  verdict,
  reason: '',
  exchanges: [],
});
const told = (record: CheckRecord): RunEvent => ({ type: 'check', check: record });

describe('what the events hold', () => {
  test('of one task the newest counts, and the longest stall', () => {
    const exchange = readOf();
    const task = (id: string, phase: 'queued' | 'finished') =>
      ({ type: 'task', task: { id, phases: [{ phase, after: 0, before: 1 }] } }) as const;
    const gathered = gather([
      task('7', 'queued'),
      task('8', 'queued'),
      { type: 'exchange', exchange },
      task('7', 'finished'),
      told(check('a', 'pass')),
      { type: 'stall', stallMs: 3 },
      { type: 'stall', stallMs: 2 },
    ]);
    expect(gathered.tasks.map(({ id, phases }) => [id, phases[0]?.phase])).toEqual([
      ['7', 'finished'],
      ['8', 'queued'],
    ]);
    expect([gathered.stallMs, gathered.exchanges, gathered.checks.length]).toEqual([3, [exchange], 1]);
  });

  test('no events are no stall', () => expect(gather([]).stallMs).toBe(0));

  test('of what cut a run short the first counts', () => {
    const cut = { type: 'cut-short', reason: 'a', fault: 'time' } as const;
    expect(endedEarly([cut, { ...cut, reason: 'b' }])?.reason).toBe('a');
    expect(endedEarly([{ type: 'end' }])).toBeUndefined();
  });
});

describe('every check that was planned has a verdict', () => {
  const planned = (checks: number): RunEvent => ({ type: 'planned', checks });
  test.each<{ events: RunEvent[]; says: string | undefined; why: string }>([
    { events: [planned(1), told(check('a', 'pass'))], says: undefined, why: 'it has' },
    { events: [planned(0)], says: undefined, why: 'none was planned' },
    { events: [], says: undefined, why: 'nothing was told' },
    {
      events: [planned(2), told(check('a', 'pass'))],
      says: '2 checks were planned and 1 have a verdict',
      why: 'one is missing',
    },
    {
      events: [planned(2), told(check('a', 'pass')), told(check('a', 'fail', 'every exchange'))],
      says: '2 checks were planned and 1 have a verdict',
      why: 'a charge was not planned, and makes up for none',
    },
    {
      events: [planned(1), told(check('a', 'pass')), told(check('a', 'fail', 'every exchange'))],
      says: undefined,
      why: 'nor is it one too many',
    },
  ])('$why: $says', ({ events, says }) => expect(missingChecks(events)).toBe(says));
});

describe('a run is judged', () => {
  const [sample] = loadRegister().clauses;
  const levels: Readonly<Record<string, Level>> = { a: 'must', b: 'must', c: 'should', d: 'may' };
  const clauses = Object.entries(levels).flatMap(([id, level]): Clause[] =>
    sample ? [{ ...sample, id, level }] : [],
  );
  const register: Register = {
    clauses,
    byId: new Map(clauses.map((clause) => [clause.id, clause])),
    notTestable: [],
    edition: '7.8',
    notAsked: [],
  };
  const lenient = { strict: false };

  test.each<{ checks: CheckRecord[]; selection: string[]; verdict: string; must: object; why: string }>([
    {
      checks: [check('a', 'pass'), check('b', 'pass')],
      selection: ['a', 'b'],
      verdict: 'conformant',
      must: { proven: 2, total: 2 },
      why: 'all of the selection passes',
    },
    {
      checks: [check('a', 'pass')],
      selection: ['a'],
      verdict: 'conformant',
      must: { proven: 1, total: 1 },
      why: 'what is not selected counts for nothing',
    },
    {
      checks: [check('a', 'pass'), check('b', 'fail', 'every exchange')],
      selection: ['a'],
      verdict: 'non-conformant',
      must: { proven: 1, broken: 1, total: 2 },
      why: 'but for what was charged outside of it',
    },
    {
      checks: [check('a', 'pass')],
      selection: ['a', 'b'],
      verdict: 'incomplete',
      must: { proven: 1, reachable: 1, total: 2 },
      why: 'a clause without a check was not looked at',
    },
    {
      checks: [check('a', 'pass'), check('a', 'inconclusive')],
      selection: ['a'],
      verdict: 'incomplete',
      must: { proven: 0, reachable: 1, total: 1 },
      why: 'the worst of its checks is the clause’s verdict',
    },
  ])('$verdict: $why', ({ checks, selection, verdict, must }) => {
    const judged = judgeRun(checks, selection, register, lenient);
    expect(judged.verdict).toBe(verdict);
    expect(judged.summary.must).toMatchObject(must);
    expect([...judged.clauseVerdicts.keys()].length).toBe(judged.summary.must.total);
  });

  test('a warning is broken under --strict alone', () => {
    const checks = [check('a', 'pass'), check('c', 'warn')];
    expect(judgeRun(checks, ['a', 'c'], register, lenient).verdict).toBe('conformant');
    expect(judgeRun(checks, ['a', 'c'], register, { strict: true }).verdict).toBe('non-conformant');
  });
});
