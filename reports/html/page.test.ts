import { expect, test } from 'vitest';
import { bigReport, exchange, sampleReport } from '../../harness/testing/reports/sample.ts';
import { pageOf, phasesOf, placed, planOf } from './page.ts';

const base = sampleReport({
  clauses: [],
  exchanges: [
    exchange('early', { sentAt: 1000 }),
    exchange('late', { sentAt: 3000 }),
    exchange('unrelated-1', {
      request: { method: 'GET', path: '/v1/crdb_tasks/8', headers: {}, credentials: 'own' },
    }),
  ],
});
const phases = [
  { phase: 'running', after: 990, before: 999 },
  { phase: 'finished', after: 2000, before: 2100 },
] as const;
const page = pageOf({ ...base, tasks: [{ id: '7', phases }] }, {});

test.each([
  { name: 'committing, force=false', exchanges: ['early'], found: ['committing'], why: 'its case names it' },
  { name: 'from=queued, to=failed', exchanges: [], found: ['queued', 'failed'], why: 'its case names two' },
  { name: 'shownBy=finishing', exchanges: ['early'], found: ['running'], why: 'its task was in it' },
  {
    name: 'beyondS=1',
    exchanges: ['early', 'late'],
    found: ['running', 'finished'],
    why: 'its task went through them',
  },
  { name: 'once', exchanges: ['unrelated-1'], found: ['none'], why: 'no task of the run was asked for' },
  { name: 'once', exchanges: [], found: ['none'], why: 'nothing was sent' },
])('$found: $why', ({ name, exchanges, found }) =>
  expect(phasesOf(page, { name, suite: 's', verdict: 'pass', reason: '', exchanges })).toEqual(found),
);

test('of a run that is too big the broken checks are told whole, and ordinary ones whole in any case', () => {
  const big = pageOf(bigReport(10_020), {});
  const plan = planOf(big);
  const whole = placed(big.report.clauses).filter(({ check }) => plan.isWhole(check));
  const verdicts = new Set(whole.map(({ check }) => check.verdict));
  expect(whole.length).toBeLessThan(10_020);
  expect(verdicts).toContain('fail');
  expect(verdicts).not.toContain('pass');
  const small = pageOf(bigReport(300), {});
  expect(placed(small.report.clauses).every(({ check }) => planOf(small).isWhole(check))).toBe(true);
});

test('an exchange that shows two checks stands under the first of them alone', () => {
  const page = pageOf(
    sampleReport({
      clauses: [{ id: 'a', verdict: 'pass', checks: [{ exchanges: ['read-1'] }, { exchanges: ['read-1'] }] }],
      exchanges: [exchange('read-1')],
    }),
    {},
  );
  const plan = planOf(page);
  const homes = placed(page.report.clauses).map(({ check }) =>
    page.shown(check).map((one) => plan.isHome(one, check)),
  );
  expect(homes).toEqual([[true], [false]]);
});
