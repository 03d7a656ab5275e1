import { expect, test } from 'vitest';
import { bigReport, exchange, sampleReport } from '../samples/sample.ts';
import { pageOf, placed } from './page.ts';
import { planOf } from './plan.ts';

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
