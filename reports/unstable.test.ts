import { describe, expect, test } from 'vitest';
import type { Repeats } from '../harness/model/report.ts';
import { headline } from './headline.ts';
import { junit } from './junit.ts';
import { sampleReport } from './samples/sample.ts';
import { terminal } from './terminal.ts';
import { validateReport } from './validate.ts';

const repeats: Repeats = {
  times: 10,
  planned: 12,
  shown: 3,
  firstSeed: 5,
  clauses: [
    { id: 'list.a', verdicts: { pass: 10 } },
    { id: 'list.b', verdicts: { pass: 9, inconclusive: 1 }, firstIn: { pass: 1, inconclusive: 3 } },
    { id: 'list.c', verdicts: { pass: 8, fail: 2 }, firstIn: { pass: 1, fail: 4 } },
  ],
  unstable: ['list.b', 'list.c'],
};
const shown = sampleReport({
  clauses: [
    { id: 'list.a', verdict: 'pass' },
    { id: 'list.b', verdict: 'inconclusive' },
    { id: 'list.c', verdict: 'pass' },
  ],
});
const report = { ...shown, repeats };

test('a report of many runs is one still', () => expect(validateReport(report)).toEqual([]));

test('the headline counts what is unstable', () => {
  expect(headline(report)).toContain('; 2 must clauses unstable in 10 runs');
  expect(headline({ ...report, repeats: { ...repeats, unstable: [] } })).toContain(
    '; none unstable in 10 runs',
  );
  expect(headline(shown)).not.toContain('unstable');
});

test('the terminal says how many runs, which one is shown, and how each unstable clause came out', () => {
  const said = terminal(report, { colour: false, width: 120 });
  expect(said).toContain('Repeats    10 of 12 runs, seeds 5 to 14; this report shows run 3');
  expect(said).toContain('Unstable   list.b, list.c');
  expect(said).toContain('· list.b: pass in 9 runs (first in run 1), inconclusive in 1 run (first in run 3)');
});

describe('in JUnit', () => {
  const failed =
    '<failure message="unstable: pass in 8 runs (first in run 1), fail in 2 runs (first in run 4)"';
  const doubt = 'message="unstable: pass in 9 runs (first in run 1), inconclusive in 1 run (first in run 3)"';
  test.each([
    { requireComplete: false, outcome: 'skipped' },
    { requireComplete: true, outcome: 'error' },
  ])('what failed in any run is a failure, and a doubt is $outcome', ({ requireComplete, outcome }) => {
    const xml = junit(report, { requireComplete });
    expect(xml).toContain('<testsuite name="repeats" tests="2" failures="1"');
    expect(xml).toContain('name="the same in each of 10 runs"');
    expect(xml).toContain(failed);
    expect(xml).toContain(`<${outcome} ${doubt}`);
  });
  test('there is no suite of its own where all runs agree', () =>
    expect(
      junit({ ...report, repeats: { ...repeats, unstable: [] } }, { requireComplete: false }),
    ).not.toContain('repeats'));
});

test.each<{ broken: Partial<Repeats>; problem: string }>([
  { broken: { times: 9 }, problem: 'the verdicts of clause list.a add up to 10, and 9 runs were made' },
  { broken: { planned: 9 }, problem: '10 runs were made, and only 9 asked for' },
  { broken: { shown: 11 }, problem: 'run 11 is shown, and only 10 were made' },
  {
    broken: { unstable: ['list.a'] },
    problem: 'clause list.a is unstable, and the repeats tell of no two verdicts',
  },
])('counts that contradict each other are no report: $problem', ({ broken, problem }) =>
  expect(validateReport({ ...report, repeats: { ...repeats, ...broken } })).toContain(problem),
);

test('unstable and conformant can’t both be', () =>
  expect(validateReport({ ...report, verdict: 'conformant' })).toContain(
    'unstable clauses are not conformant',
  ));
