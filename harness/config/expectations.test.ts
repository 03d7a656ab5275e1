import { describe, expect, test } from 'vitest';
import type { Expectations, PlacedExpectation } from '../model/report.ts';
import type { RunVerdict, Verdict } from '../model/verdict.ts';
import { gateVerdict, heldAgainst, type JudgedClause, type JudgedRun } from './expectations.ts';

/** A clause with a check for each verdict; a failed one saw what stands behind the colon. */
function clause(verdict: Verdict, ...checks: readonly string[]): JudgedClause {
  return {
    id: 'list.a',
    operation: 'list',
    verdict,
    checks: checks.map((told, at) => {
      const [found = '', seen] = told.split(':');
      return {
        name: `case ${at}`,
        suite: 'list',
        verdict: found as Verdict, // written by the rows below
        reason: '',
        exchanges: [],
        ...(seen === undefined ? {} : { expected: '200', seen }),
      };
    }),
  };
}

const entry = (seen: string, more: Partial<PlacedExpectation> = {}): PlacedExpectation => ({
  clause: 'list.a',
  fingerprint: `list: expected 200, seen ${seen}`,
  reason: 'known',
  lines: [1, 3],
  ...more,
});

const held = (run: JudgedClause, entries: readonly PlacedExpectation[], more: Partial<JudgedRun> = {}) =>
  heldAgainst(
    { clauses: [run], startedAt: '2026-11-24T23:59:59.000Z', strict: false, ...more },
    { file: 'e.yaml', entries },
  );

describe('a failure', () => {
  test('that was expected is met, with the checks that showed it', () => {
    const { met, unexpected, outdated } = held(clause('fail', 'pass', 'fail:404', 'fail:404'), [
      entry('404'),
    ]);
    expect([met, unexpected, outdated]).toEqual([
      [{ ...entry('404'), checks: ['case 1', 'case 2'] }],
      [],
      [],
    ]);
  });

  test('of another kind is not hidden by one that was expected', () => {
    const { met, unexpected } = held(clause('fail', 'fail:404', 'fail:500'), [entry('404')]);
    expect(met.flatMap(({ checks }) => checks)).toEqual(['case 0']);
    expect(unexpected).toEqual([
      { clause: 'list.a', fingerprint: 'list: expected 200, seen 500', checks: ['case 1'] },
    ]);
  });

  test('of another clause is not hidden', () => {
    const { met, unexpected } = held(clause('fail', 'fail:404'), [entry('404', { clause: 'list.b' })]);
    expect([met.length, unexpected.length]).toEqual([0, 1]);
  });

  test('is not expected after the last day', () => {
    const past = entry('404', { expires: '2026-11-23' });
    const { met, unexpected, outdated } = held(clause('fail', 'fail:404'), [past]);
    expect([met.length, unexpected.length, outdated]).toEqual([
      0,
      1,
      [{ ...past, problem: 'past its date' }],
    ]);
  });

  test('is expected on the last day', () =>
    expect(held(clause('fail', 'fail:404'), [entry('404', { expires: '2026-11-24' })])).toMatchObject({
      met: [{}],
      unexpected: [],
      outdated: [],
    }));

  test.each([
    { strict: false, unexpected: 0 },
    { strict: true, unexpected: 1 },
  ])('that is a warning counts where warnings do: strict $strict', ({ strict, unexpected }) =>
    expect(held(clause('warn', 'warn:404'), [], { strict }).unexpected).toHaveLength(unexpected),
  );
});

describe('an expectation', () => {
  test.each<{ run: JudgedClause; problem: string; why: string }>([
    { run: clause('pass', 'pass', 'pass'), problem: 'passes again', why: 'whose clause passes' },
    {
      run: clause('fail', 'fail:500', 'pass'),
      problem: 'not seen any more',
      why: 'of a kind that is not seen',
    },
    { run: clause('observed', 'observed'), problem: 'not seen any more', why: 'of what is only observed' },
  ])('$why is outdated: $problem', ({ run, problem }) =>
    expect(held(run, [entry('404')]).outdated).toEqual([{ ...entry('404'), problem }]),
  );

  test.each<{
    run: JudgedClause;
    more?: Partial<PlacedExpectation>;
    around?: Partial<JudgedRun>;
    why: string;
  }>([
    { run: clause('inconclusive', 'pass', 'inconclusive'), why: 'doubtful' },
    { run: clause('skip', 'skip'), why: 'out of reach' },
    { run: clause('skip'), why: 'not looked at' },
    { run: clause('fail', 'fail:500', 'inconclusive'), why: 'failing in another way, and doubtful besides' },
    { run: clause('fail', 'fail:500', 'skip'), why: 'failing in another way, and partly out of reach' },
    { run: { ...clause('pass', 'pass'), id: 'list.other' }, why: 'not part of this run' },
    { run: clause('pass', 'pass'), more: { flaky: true }, why: 'said to come now and then' },
    {
      run: clause('pass', 'pass'),
      around: { failedElsewhere: new Set(['list.a']) },
      why: 'failing in another run',
    },
  ])('of a clause that is $why is not', ({ run, more, around }) =>
    expect(held(run, [entry('404', more)], around).outdated).toEqual([]),
  );
});

describe('a gate takes for the verdict', () => {
  const none: Expectations = { file: 'e.yaml', met: [], unexpected: [], outdated: [] };
  const failure = { clause: 'list.a', fingerprint: 'x', checks: ['y'] };
  const outdated = [{ ...entry('404'), problem: 'passes again' as const }];
  test.each<{
    verdict: RunVerdict;
    proven: number;
    expectations?: Expectations;
    is: RunVerdict;
    why: string;
  }>([
    {
      verdict: 'non-conformant',
      proven: 1,
      is: 'non-conformant',
      why: 'that of the run, without expectations',
    },
    {
      verdict: 'non-conformant',
      proven: 2,
      expectations: none,
      is: 'conformant',
      why: 'all expected, the rest proven',
    },
    {
      verdict: 'non-conformant',
      proven: 1,
      expectations: none,
      is: 'incomplete',
      why: 'all expected, one unproven',
    },
    { verdict: 'incomplete', proven: 1, expectations: none, is: 'incomplete', why: 'nothing to excuse' },
    {
      verdict: 'non-conformant',
      proven: 2,
      expectations: { ...none, unexpected: [failure] },
      is: 'non-conformant',
      why: 'one unexpected',
    },
    {
      verdict: 'conformant',
      proven: 3,
      expectations: { ...none, outdated },
      is: 'non-conformant',
      why: 'an expectation that is over',
    },
  ])('$is: $why', ({ verdict, proven, expectations, is }) => {
    const must = { proven, broken: 1, reachable: 3, total: 3 };
    expect(gateVerdict({ verdict, summary: { must }, ...(expectations ? { expectations } : {}) })).toBe(is);
  });
});
