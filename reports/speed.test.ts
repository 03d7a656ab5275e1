/** A nightly run has many checks; its reports must not keep anybody waiting. */
import { expect, test } from 'vitest';
import { junit } from './junit.ts';
import { bigReport } from './samples/sample.ts';
import { terminal } from './terminal.ts';
import { validateReport } from './validate.ts';

const timed = (checks: number): number => {
  const begun = performance.now();
  const report = bigReport(checks);
  terminal(report, { colour: true, width: 120 });
  junit(report, { requireComplete: false });
  JSON.stringify(report, null, 2);
  validateReport(report);
  return performance.now() - begun;
};

test('1,500 checks and 3,000 exchanges take tens of milliseconds, and ten times as many ten times as long', () => {
  timed(1500); // compiles
  const once = Math.min(...[1, 2, 3].map(() => timed(1500)));
  const tenfold = timed(15_000);
  expect(once).toBeLessThan(250); // shared machines are slow; quadratic would be far above the next
  expect(tenfold / once).toBeLessThan(30);
});
