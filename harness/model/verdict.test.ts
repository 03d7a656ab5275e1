import { expect, test } from 'vitest';
import {
  atLevel,
  clauseVerdict,
  finding,
  type Judged,
  runVerdict,
  summarize,
  type Verdict,
  worst,
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
