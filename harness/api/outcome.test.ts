import { describe, expect, test } from 'vitest';
import type { Report } from '../model/report.ts';
import { exchange, sampleReport } from '../testing/reports/sample.ts';
import { outcomeOf, troubleOf } from './outcome.ts';

const lax = { requireComplete: false, strict: false };
const report = sampleReport({
  clauses: [
    { id: 'a.passes', verdict: 'pass' },
    {
      id: 'a.fails',
      verdict: 'fail',
      checks: [
        {
          name: 'one',
          verdict: 'fail',
          reason: 'answered 200,\u001b[31m expected 406',
          exchanges: ['read-1'],
        },
        { name: 'two', verdict: 'fail', reason: 'answered 201, expected 406', exchanges: ['read-1'] },
      ],
    },
    { id: 'a.warns', level: 'should', verdict: 'warn', checks: [{ verdict: 'warn', reason: 'late' }] },
    {
      id: 'a.observed',
      level: 'may',
      verdict: 'observed',
      checks: [{ verdict: 'observed', reason: 'both' }],
    },
    { id: 'a.skipped', verdict: 'skip', checks: [{ verdict: 'skip', reason: 'none: no task' }] },
    { id: 'a.may-skip', level: 'may', verdict: 'skip', checks: [{ verdict: 'skip', reason: 'no task' }] },
    { id: 'a.open', verdict: 'inconclusive', checks: [{ verdict: 'inconclusive', reason: 'lost' }] },
    {
      id: 'a.victim',
      verdict: 'inconclusive',
      checks: [{ verdict: 'inconclusive', reason: 'a.fails is broken', because: 'a.fails' }],
    },
    {
      id: 'a.half-victim',
      verdict: 'inconclusive',
      checks: [
        { name: 'one', verdict: 'inconclusive', reason: 'a.fails is broken', because: 'a.fails' },
        { name: 'two', verdict: 'inconclusive', reason: 'a.passes did not pass', because: 'a.passes' },
      ],
    },
  ],
  exchanges: [exchange('read-1')],
});

test.each([
  { id: 'a.passes', gate: lax, becomes: { result: 'pass' } },
  { id: 'a.warns', gate: lax, becomes: { result: 'pass', note: 'warning: late' } },
  { id: 'a.observed', gate: lax, becomes: { result: 'pass', note: 'observed: both' } },
  { id: 'a.skipped', gate: lax, becomes: { result: 'skip', words: 'none: no task' } },
  { id: 'a.open', gate: lax, becomes: { result: 'skip', words: 'inconclusive: lost' } },
  { id: 'a.unknown', gate: lax, becomes: { result: 'skip', words: expect.stringContaining('ended before') } },
  {
    id: 'a.skipped',
    gate: { ...lax, requireComplete: true },
    becomes: { result: 'fail', words: expect.stringMatching(/^not proven, .*: none: no task$/) },
  },
  {
    id: 'a.open',
    gate: { ...lax, requireComplete: true },
    becomes: { result: 'fail', words: expect.stringMatching(/^not proven, .*: inconclusive: lost$/) },
  },
  {
    id: 'a.victim',
    gate: { ...lax, requireComplete: true },
    becomes: { result: 'skip', words: 'inconclusive: a.fails is broken' },
  },
  {
    id: 'a.half-victim',
    gate: { ...lax, requireComplete: true },
    becomes: { result: 'fail', words: expect.stringMatching(/^not proven/) },
  },
  {
    id: 'a.may-skip',
    gate: { ...lax, requireComplete: true },
    becomes: { result: 'skip', words: 'no task' },
  },
  {
    id: 'a.warns',
    gate: { ...lax, strict: true },
    becomes: { result: 'fail', words: expect.stringMatching(/^late\n\nWARN a\.warns/) },
  },
])('$id is $becomes.result with $gate', ({ id, gate, becomes }) => {
  expect(outcomeOf(report, id, gate)).toEqual(becomes);
});

test('a failure tells what was asked, got and expected first, then the proof; and nothing that a target could do harm with', () => {
  const outcome = outcomeOf(report, 'a.fails', lax);
  const words = outcome.result === 'fail' ? outcome.words : '';
  expect(words).toMatch(
    /^answered 200,\\u\{1b\}\[31m expected 406\n\nFAIL a\.fails \(must; 2 of 2 checks\)\n/,
  );
  for (const part of ['curl -isSg', 'evidence  read-1', 'answered 201, expected 406', 'CRDB_PASSWORD'])
    expect(words).toContain(part);
  expect(words).not.toContain('\u001b');
});

describe('expected failures', () => {
  const entry = {
    fingerprint: 'read: seen 200',
    reason: 'fixed in 2.4',
    owner: 'ops',
    lines: [1, 6] as const,
  };
  const held = (checks: readonly string[]): Report => ({
    ...report,
    expectations: {
      file: 'e.yaml',
      met: [{ clause: 'a.fails', ...entry, checks }],
      unexpected: [],
      outdated: [{ clause: 'a.passes', ...entry, problem: 'passes again' }],
    },
  });

  test('a clause of which every failure is expected is skipped, with the reason', () => {
    expect(outcomeOf(held(['one', 'two']), 'a.fails', lax)).toEqual({
      result: 'skip',
      words: 'known failure: fixed in 2.4 (ops)',
    });
  });

  test('a clause fails by what was not expected alone', () => {
    const outcome = outcomeOf(held(['one']), 'a.fails', lax);
    expect(outcome).toMatchObject({ result: 'fail', words: expect.stringMatching(/^answered 201/) });
    expect(outcome).not.toMatchObject({ words: expect.stringContaining('answered 200') });
  });

  test('one that is over is reported by the test of the run', () => {
    const trouble = troubleOf({ report: held(['one', 'two']), broken: [] }, ['a.fails']);
    expect(trouble).toContain('e.yaml: a.passes passes again: delete lines 1 to 6');
  });
});

describe('the run itself', () => {
  const declared = report.clauses.map(({ id }) => id);
  const changed = (change: Partial<Report['run']>): Report => ({
    ...report,
    run: { ...report.run, ...change },
  });
  const unproven = sampleReport({ clauses: [{ id: 'a.skipped', verdict: 'skip' }] });

  test.each([
    { what: 'whole', conformed: { report, broken: [] }, clauses: declared, says: /^$/ },
    {
      what: 'broken',
      conformed: { report, broken: ['a thread broke'] },
      clauses: declared,
      says: /^The program itself failed: a thread broke$/,
    },
    {
      what: 'cut short',
      conformed: { report: changed({ cutShort: 'interrupted' }), broken: [] },
      clauses: declared,
      says: /^The run was cut short: interrupted$/,
    },
    {
      what: 'without any proof',
      conformed: { report: unproven, broken: [] },
      clauses: ['a.skipped'],
      says: /^No must clause was proven\.$/,
    },
    {
      what: 'broken where no test looks',
      conformed: { report, broken: [] },
      clauses: ['a.passes'],
      says: /^FAIL a\.fails/,
    },
  ])('$what is reported: $says', ({ conformed, clauses, says }) => {
    expect(troubleOf(conformed, clauses)).toMatch(says);
  });
});
