import { describe, expect, test } from 'vitest';
import { type Clause, loadRegister, type Register } from '../../spec/register.ts';
import type { RunEvent, Started } from '../model/report.ts';
import type { CheckRecord, Level, Verdict } from '../model/verdict.ts';
import { readOf } from '../testing/exchange-samples.ts';
import { endedEarly, gather, judgeRun, killed, missingChecks, undecided } from './report.ts';

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
      why: 'a fault was not planned, and makes up for none',
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

const plannedCheck = (clause: string, name: string, suite = 'list') => ({ clause, name, suite });
const everyAnswer = (clause: string) => plannedCheck(clause, 'every exchange', 'every exchange');

const started: Started = {
  type: 'started',
  schema: 'crdb-conformance/journal@2',
  target: { name: 'a', url: 'http://a/', server: null, provisioner: 'none', capabilities: [] },
  run: {
    id: '1',
    startedAt: '2026-11-24T03:12:45.123Z',
    profile: 'quick',
    seed: 1,
    settings: {},
    harnessVersion: '0.1.0',
    docsVersion: '7.8',
    hashes: { suites: 'a', openapi: 'b', clauses: 'c' },
  },
  clauses: ['a', 'list.schema'],
  register: [],
  checks: [plannedCheck('a', 'one'), plannedCheck('a', 'two'), everyAnswer('list.schema')],
};

const record = (check: Partial<CheckRecord>, verdict: Verdict = 'pass'): RunEvent => ({
  type: 'check',
  check: { ...plannedCheck('a', 'one'), verdict, reason: '', exchanges: [], ...check },
});
const fault = (clause: string): RunEvent => ({
  type: 'fault',
  fault: { clause, name: 'seen in a (one)', reason: 'it answered 500', exchanges: ['list-1'] },
});
const all = [record({}), record({ name: 'two' }), record(everyAnswer('list.schema'))];
const closed: RunEvent = { type: 'closed', durationMs: 1, accidents: [] };

describe('what was not decided is inconclusive, and never nothing', () => {
  test.each<{ events: readonly RunEvent[]; missing: readonly string[]; why: string }>([
    { events: [], missing: ['a one', 'a two', 'list.schema every exchange'], why: 'nothing was told' },
    {
      events: [record({}, 'fail')],
      missing: ['a two', 'list.schema every exchange'],
      why: 'what was decided is decided',
    },
    { events: all.slice(0, 2), missing: ['list.schema every exchange'], why: 'no answer was added up' },
    { events: all, missing: [], why: 'everything was told' },
    {
      events: [...all.slice(0, 2), { type: 'end' }],
      missing: [],
      why: 'the end was reached without an answer to add up',
    },
    {
      events: [...all.slice(0, 2), fault('list.schema')],
      missing: ['list.schema seen in a (one)'],
      why: 'a fault stands in the place of the sum that it spoils',
    },
    {
      events: [...all, fault('a')],
      missing: ['a seen in a (one)'],
      why: 'a fault against a clause that seems to have passed',
    },
    {
      events: [fault('a'), ...all, record({ name: 'seen in a (one)', suite: 'every exchange' }, 'fail')],
      missing: [],
      why: 'the fault was settled',
    },
    {
      events: [fault('a'), ...all, { type: 'end' }],
      missing: [],
      why: 'something else explained the fault',
    },
  ])('$why', ({ events, missing }) => {
    const found = undecided(started, events);
    expect(found.map(({ clause, name }) => `${clause} ${name}`)).toEqual(missing);
    expect(found.every(({ verdict }) => verdict === 'inconclusive')).toBe(true);
  });

  test('a fault keeps its reason and its evidence', () => {
    const [found] = undecided(started, [...all, fault('a')]);
    expect(found).toMatchObject({ suite: 'every exchange', exchanges: ['list-1'] });
    expect(found?.reason).toContain('it answered 500');
  });
});

describe('a run was killed where it never said that it ended', () => {
  test('it says how far it had come, without what was added up', () => {
    expect(killed(started, [])).toContain('its journal ends after 0 of 2 checks');
    expect(killed(started, [...all, { type: 'end' }])).toContain('its journal ends after 2 of 2 checks');
  });
  test('it was not where it did', () => expect(killed(started, [...all, closed])).toBeUndefined());
});

test('says of each whether it was never decided, never added up, or never settled', () => {
  const words = (events: readonly RunEvent[]) =>
    undecided(started, events).map(({ clause, verdict, reason, exchanges }) =>
      [clause, verdict, reason, exchanges.join(' ')].join(': '),
    );
  expect(words([record({}), fault('list.schema')])).toEqual([
    'a: inconclusive: the run ended before this check had a verdict: ',
    'list.schema: inconclusive: the run ended before other explanations of this failure were ruled out: it answered 500: list-1',
  ]);
  expect(words([record({}), record({ name: 'two' })])).toEqual([
    'list.schema: inconclusive: the run ended before all exchanges were counted: ',
  ]);
});
