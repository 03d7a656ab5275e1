import { describe, expect, test } from 'vitest';
import { type Level, type RunVerdict, summarize, type Verdict } from '../model/verdict.ts';
import { type Repetition, tally, worstCode } from './repeats.ts';

/** A run that gave some clauses their verdicts; those that begin with `may` or `should` are of that level. */
function repetition(
  verdicts: Readonly<Record<string, Verdict>>,
  told: Partial<Pick<Repetition, 'verdict' | 'cutShort' | 'code'>> = {},
): Repetition {
  const clauses = Object.entries(verdicts).map(([id, verdict]) => ({ id, level: levelOf(id), verdict }));
  const summary = summarize(clauses);
  const implied: RunVerdict =
    summary.must.broken > 0
      ? 'non-conformant'
      : summary.must.proven === summary.must.total
        ? 'conformant'
        : 'incomplete';
  return {
    clauses,
    summary,
    verdict: implied,
    cutShort: false,
    code: implied === 'non-conformant' ? 1 : 0,
    ...told,
  };
}

const levelOf = (id: string): Level => (id === 'may' || id === 'should' ? id : 'must');

function sumOf(...runs: readonly Repetition[]) {
  const counts = tally();
  for (const run of runs) counts.add(run);
  return counts.sum(100, 7);
}

test('before the first run there is nothing to tell', () => expect(sumOf()).toBeUndefined());

test('runs that agree: every verdict is counted, and nothing is unstable', () => {
  const same = repetition({ a: 'pass', may: 'observed' });
  expect(sumOf(same, same, same)).toEqual({
    times: 3,
    planned: 100,
    shown: 1,
    firstSeed: 7,
    clauses: [
      { id: 'a', verdicts: { pass: 3 } },
      { id: 'may', verdicts: { observed: 3 } },
    ],
    unstable: [],
  });
});

test('a must clause with two verdicts is unstable; a should or may is only counted', () => {
  const sum = sumOf(
    repetition({ a: 'pass', b: 'pass', should: 'pass', may: 'observed' }),
    repetition({ a: 'fail', b: 'pass', should: 'warn', may: 'skip' }),
    repetition({ a: 'pass', b: 'inconclusive', should: 'pass', may: 'observed' }),
  );
  expect(sum?.unstable).toEqual(['a', 'b']);
  expect(sum?.clauses).toEqual([
    { id: 'a', verdicts: { pass: 2, fail: 1 }, firstIn: { pass: 1, fail: 2 } },
    { id: 'b', verdicts: { pass: 2, inconclusive: 1 }, firstIn: { pass: 1, inconclusive: 3 } },
    { id: 'should', verdicts: { pass: 2, warn: 1 }, firstIn: { pass: 1, warn: 2 } },
    { id: 'may', verdicts: { observed: 2, skip: 1 }, firstIn: { observed: 1, skip: 2 } },
  ]);
});

test('a clause that something was charged to in one run alone counts as skipped in the others', () => {
  const sum = sumOf(
    repetition({ a: 'pass' }),
    repetition({ a: 'pass', b: 'fail' }),
    repetition({ a: 'pass' }),
  );
  expect(sum?.clauses[1]).toEqual({
    id: 'b',
    verdicts: { skip: 2, fail: 1 },
    firstIn: { skip: 1, fail: 2 },
  });
  expect(sum?.unstable).toEqual(['b']);
});

test('a clause that is skipped where it was not looked at, and skipped where it was, is stable', () => {
  const [without, skipped] = [repetition({ a: 'pass' }), repetition({ a: 'pass', b: 'skip' })];
  expect(sumOf(without, skipped, without)?.clauses[1]).toEqual({ id: 'b', verdicts: { skip: 3 } });
  expect(sumOf(without, skipped, without)?.unstable).toEqual([]);
  expect(sumOf(skipped, skipped)?.clauses[1]).toEqual({ id: 'b', verdicts: { skip: 2 } });
});

describe('a run that was cut short', () => {
  const whole = repetition({ a: 'pass', b: 'pass' });
  test('makes nothing unstable by what it never came to', () => {
    const cut = repetition({ a: 'pass' }, { cutShort: true, code: 4 });
    expect(sumOf(whole, cut)?.unstable).toEqual([]);
    expect(sumOf(whole, repetition({ a: 'pass' }))?.unstable).toEqual(['b']);
  });
  test('makes nothing unstable by what it did not decide', () => {
    const cut = repetition({ a: 'pass', b: 'inconclusive' }, { cutShort: true, code: 4 });
    const sum = sumOf(whole, cut);
    expect(sum?.unstable).toEqual([]);
    expect(sum?.clauses[1]?.verdicts).toEqual({ pass: 1, inconclusive: 1 });
  });
  test('makes unstable what it saw broken', () => {
    const cut = repetition({ a: 'fail', b: 'skip' }, { cutShort: true });
    expect(sumOf(whole, cut)?.unstable).toEqual(['a']);
  });
});

describe('the run that is shown is the first of the worst:', () => {
  const good = repetition({ a: 'pass', b: 'pass' });
  const partly = repetition({ a: 'pass', b: 'inconclusive' });
  const hardly = repetition({ a: 'skip', b: 'inconclusive' });
  const broken = repetition({ a: 'fail', b: 'pass' });
  const ruined = repetition({ a: 'fail', b: 'fail' });
  const lost = repetition({ a: 'inconclusive', b: 'inconclusive' }, { code: 3, cutShort: true });
  const unsure = repetition({ a: 'pass', b: 'pass' }, { verdict: 'incomplete' });
  const late = repetition({ a: 'pass', b: 'inconclusive' }, { code: 4, cutShort: true });
  const interrupted = repetition({ a: 'pass', b: 'pass' }, { code: 130, cutShort: true });
  test.each<{ runs: Repetition[]; shown: number; why: string }>([
    { runs: [good, broken, broken, good], shown: 2, why: 'broken before whole' },
    { runs: [broken, ruined], shown: 2, why: 'the more is broken' },
    { runs: [good, partly, hardly, hardly], shown: 3, why: 'the less is proven' },
    { runs: [lost, broken], shown: 2, why: 'broken before lost' },
    { runs: [late, lost], shown: 2, why: 'lost before late' },
    { runs: [hardly, late], shown: 2, why: 'late before incomplete' },
    { runs: [broken, interrupted], shown: 1, why: 'broken before interrupted' },
    { runs: [good, interrupted], shown: 2, why: 'interrupted before whole' },
    { runs: [good, unsure, good], shown: 2, why: 'unsure before sure, though as much is proven' },
    { runs: [unsure, good], shown: 1, why: 'sure is no worse' },
  ])('$why', ({ runs, shown }) => expect(sumOf(...runs)?.shown).toBe(shown));
});

test.each([
  { codes: [], worst: 0 },
  { codes: [0, 4, 0], worst: 4 },
  { codes: [4, 3], worst: 3 },
  { codes: [3, 1, 4], worst: 1 },
  { codes: [1, 2], worst: 2 },
])('of the exit codes $codes the worst is $worst', ({ codes, worst }) =>
  expect(worstCode(codes)).toBe(worst),
);
