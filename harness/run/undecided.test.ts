import { describe, expect, test } from 'vitest';
import type { RunEvent, Started } from '../model/events.ts';
import type { CheckRecord, Verdict } from '../model/verdict.ts';
import { killed, undecided } from './undecided.ts';

const planned = (clause: string, name: string, suite = 'list') => ({ clause, name, suite });
const everyAnswer = (clause: string) => planned(clause, 'every exchange', 'every exchange');

const started: Started = {
  type: 'started',
  schema: 'crdb-conformance/journal@1',
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
  checks: [planned('a', 'one'), planned('a', 'two'), everyAnswer('list.schema')],
};

const told = (check: Partial<CheckRecord>, verdict: Verdict = 'pass'): RunEvent => ({
  type: 'check',
  check: { ...planned('a', 'one'), verdict, reason: '', exchanges: [], ...check },
});
const charge = (clause: string): RunEvent => ({
  type: 'charge',
  charge: { clause, name: 'seen in a (one)', reason: 'it answered 500', exchanges: ['list-1'] },
});
const all = [told({}), told({ name: 'two' }), told(everyAnswer('list.schema'))];
const closed: RunEvent = { type: 'closed', durationMs: 1, accidents: [] };

describe('what was not decided is inconclusive, and never nothing', () => {
  test.each<{ events: readonly RunEvent[]; missing: readonly string[]; why: string }>([
    { events: [], missing: ['a one', 'a two', 'list.schema every exchange'], why: 'nothing was told' },
    {
      events: [told({}, 'fail')],
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
      events: [...all.slice(0, 2), charge('list.schema')],
      missing: ['list.schema seen in a (one)'],
      why: 'a charge stands in the place of the sum that it spoils',
    },
    {
      events: [...all, charge('a')],
      missing: ['a seen in a (one)'],
      why: 'a charge against a clause that seems to have passed',
    },
    {
      events: [charge('a'), ...all, told({ name: 'seen in a (one)', suite: 'every exchange' }, 'fail')],
      missing: [],
      why: 'the charge was settled',
    },
    {
      events: [charge('a'), ...all, { type: 'end' }],
      missing: [],
      why: 'something else explained the charge',
    },
  ])('$why', ({ events, missing }) => {
    const found = undecided(started, events);
    expect(found.map(({ clause, name }) => `${clause} ${name}`)).toEqual(missing);
    expect(found.every(({ verdict }) => verdict === 'inconclusive')).toBe(true);
  });

  test('a charge keeps its reason and its evidence', () => {
    const [found] = undecided(started, [...all, charge('a')]);
    expect(found).toMatchObject({ suite: 'every exchange', exchanges: ['list-1'] });
    expect(found?.reason).toContain('it answered 500');
  });
});

describe('a run was killed where it never said that it ended', () => {
  test('it says how far it had come, without what was added up', () => {
    expect(killed(started, [])).toContain('when 0 of 2 checks were decided');
    expect(killed(started, [...all, { type: 'end' }])).toContain('when 2 of 2 checks were decided');
  });
  test('it was not where it did', () => expect(killed(started, [...all, closed])).toBeUndefined());
});

test('says of each whether it was never decided, never added up, or never settled', () => {
  const words = (events: readonly RunEvent[]) =>
    undecided(started, events).map(({ clause, verdict, reason, exchanges }) =>
      [clause, verdict, reason, exchanges.join(' ')].join(': '),
    );
  expect(words([told({}), charge('list.schema')])).toEqual([
    'a: inconclusive: the run ended before this was decided: ',
    'list.schema: inconclusive: the run ended before it was known whether something else explains this: it answered 500: list-1',
  ]);
  expect(words([told({}), told({ name: 'two' })])).toEqual([
    'list.schema: inconclusive: the run ended before its exchanges were added up: ',
  ]);
});
