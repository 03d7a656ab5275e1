import { expect, test } from 'vitest';
import {
  atLevel,
  clauseVerdict,
  exitCode,
  finding,
  type Judged,
  type RunEnding,
  runVerdict,
  runVerdicts,
  summarize,
  type Verdict,
  worst,
  worstCode,
} from './verdict.ts';

test.each<{ found: Verdict[]; is: Verdict; why: string }>([
  { found: [], is: 'skip', why: 'nothing was looked at' },
  { found: ['pass', 'pass'], is: 'pass', why: 'all of it' },
  { found: ['pass', 'skip'], is: 'skip', why: 'pass means all of it' },
  { found: ['skip', 'inconclusive', 'pass'], is: 'inconclusive', why: 'inconclusive ranks before skip' },
  { found: ['inconclusive', 'warn'], is: 'warn', why: 'a warning ranks before inconclusive' },
  { found: ['warn', 'inconclusive', 'fail'], is: 'fail', why: 'a fail is a proof' },
  { found: ['observed', 'skip'], is: 'observed', why: 'what was seen was seen' },
])('$found is $is: $why', ({ found, is }) => {
  expect(worst(found)).toBe(is);
  expect(clauseVerdict(found.map((verdict) => ({ verdict })))).toBe(is);
});

test('a broken should warns, a may is only observed, inconclusive stays inconclusive', () => {
  expect([atLevel('fail', 'must'), atLevel('fail', 'should'), atLevel('fail', 'may')]).toEqual([
    'fail',
    'warn',
    'observed',
  ]);
  expect([atLevel('pass', 'may'), atLevel('inconclusive', 'may'), atLevel('skip', 'may')]).toEqual([
    'observed',
    'inconclusive',
    'skip',
  ]);
});

const clauses = (...verdicts: Verdict[]): Judged[] => verdicts.map((verdict) => ({ level: 'must', verdict }));
const lenient = { strict: false };

test.each<{ of: Judged[]; is: string; why: string }>([
  { of: clauses('pass', 'pass'), is: 'conformant', why: 'every must clause passes' },
  { of: clauses('pass', 'skip'), is: 'incomplete', why: 'one is out of reach' },
  { of: clauses('pass', 'inconclusive'), is: 'incomplete', why: 'one is inconclusive' },
  { of: clauses('pass', 'fail', 'skip'), is: 'non-conformant', why: 'one is broken' },
  {
    of: [...clauses('pass'), { level: 'should', verdict: 'warn' }],
    is: 'conformant',
    why: 'a should is broken',
  },
  {
    of: [{ level: 'should', verdict: 'pass' }],
    is: 'incomplete',
    why: 'nothing that must hold was looked at',
  },
  { of: [], is: 'incomplete', why: 'nothing was looked at' },
])('a run is $is: $why', ({ of, is }) => {
  expect(runVerdict(summarize(of), lenient)).toBe(is);
});

test('under --strict a warning is non-conformant', () => {
  const summary = summarize([...clauses('pass'), { level: 'should', verdict: 'warn' }]);
  expect(runVerdict(summary, { strict: true })).toBe('non-conformant');
});

test('under --strict a run without a warning is what it is without --strict', () => {
  expect(runVerdict(summarize(clauses('pass')), { strict: true })).toBe('conformant');
  expect(runVerdict(summarize(clauses('skip')), { strict: true })).toBe('incomplete');
});

test('the summary counts what is proven, broken, within reach, and all', () => {
  expect(summarize(clauses('pass', 'pass', 'fail', 'skip', 'inconclusive')).must).toEqual({
    proven: 2,
    broken: 1,
    reachable: 4,
    total: 5,
  });
});

test('the summary counts every verdict by its name', () => {
  const of = { pass: 1, fail: 2, warn: 3, skip: 4, inconclusive: 5, observed: 6 } as const;
  const all: Verdict[] = ['pass', 'fail', 'warn', 'skip', 'inconclusive', 'observed'];
  const { must: _, ...counted } = summarize(
    clauses(...all.flatMap((verdict) => Array<Verdict>(of[verdict]).fill(verdict))),
  );
  expect(counted).toEqual(of);
});

test.each([
  { length: 2000, is: 2000 },
  { length: 2001, is: 2001 }, // 2,000 characters, and the ellipsis
  { length: 1_000_000, is: 2001 },
])('words of $length characters are $is long', ({ length, is }) => {
  const words = 'x'.repeat(length);
  const { reason, expected, seen } = finding('fail', words, [], { expected: words, seen: words });
  expect([reason, expected, seen].map((text) => text?.length)).toEqual([is, is, is]);
  expect(reason.endsWith('…')).toBe(length > 2000);
});

const cuts = [undefined, 'interrupted', 'target', 'harness', 'time', 'killed'] as const;

/** Every combination of what a run can end with. */
const endings = runVerdicts.flatMap((verdict) =>
  [0, 7].flatMap((proven) =>
    [false, true].flatMap((requireComplete) =>
      cuts.flatMap((cutShort) =>
        [false, true].map(
          (harnessBroke): RunEnding => ({ verdict, proven, requireComplete, cutShort, harnessBroke }),
        ),
      ),
    ),
  ),
);

/** What can end a run otherwise than well, the weightiest first. */
const reasons: readonly { code: number; holds: (ending: RunEnding) => boolean }[] = [
  { code: 130, holds: ({ cutShort }) => cutShort === 'interrupted' },
  { code: 1, holds: ({ verdict }) => verdict === 'non-conformant' },
  {
    code: 3,
    holds: ({ harnessBroke, cutShort }) => harnessBroke || cutShort === 'harness' || cutShort === 'target',
  },
  { code: 4, holds: ({ cutShort }) => cutShort === 'time' || cutShort === 'killed' },
  { code: 4, holds: ({ proven }) => proven === 0 },
  { code: 4, holds: ({ verdict, requireComplete }) => verdict === 'incomplete' && requireComplete },
];

test('the weightiest reason counts, in each of 144 combinations', () => {
  expect(endings).toHaveLength(144);
  for (const ending of endings) {
    const code = reasons.find(({ holds }) => holds(ending))?.code ?? 0;
    expect({ ...ending, code: exitCode(ending) }).toEqual({ ...ending, code });
  }
});

const well: RunEnding = {
  verdict: 'conformant',
  proven: 7,
  requireComplete: false,
  cutShort: undefined,
  harnessBroke: false,
};

test.each<{ ending: Partial<RunEnding>; code: number; why: string }>([
  { ending: {}, code: 0, why: 'all is proven' },
  { ending: { requireComplete: true }, code: 0, why: 'all is proven, and that was asked for' },
  { ending: { verdict: 'incomplete' }, code: 0, why: 'nothing is broken' },
  { ending: { verdict: 'incomplete', requireComplete: true }, code: 4, why: 'not everything is proven' },
  { ending: { verdict: 'incomplete', proven: 0 }, code: 4, why: 'nothing at all is proven' },
  { ending: { verdict: 'non-conformant' }, code: 1, why: 'something is broken' },
  {
    ending: { verdict: 'non-conformant', cutShort: 'target' },
    code: 1,
    why: 'broken before the target died',
  },
  {
    ending: { verdict: 'non-conformant', harnessBroke: true },
    code: 1,
    why: 'broken before the harness failed',
  },
  {
    ending: { verdict: 'incomplete', cutShort: 'target', proven: 0 },
    code: 3,
    why: 'lost before incomplete',
  },
  { ending: { verdict: 'incomplete', cutShort: 'time' }, code: 4, why: 'the time was up' },
  { ending: { cutShort: 'killed' }, code: 4, why: 'it was killed, whatever it had proven' },
  { ending: { verdict: 'incomplete', cutShort: 'interrupted' }, code: 130, why: 'interrupted' },
])('$code: $why', ({ ending, code }) => {
  expect(exitCode({ ...well, ...ending })).toBe(code);
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
