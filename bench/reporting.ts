/** How long the reports of a big run take: a nightly run has many checks, and must not keep anybody waiting. */
import { junit } from '../reports/junit.ts';
import { bigReport } from '../reports/samples/sample.ts';
import { terminal } from '../reports/terminal.ts';
import { validateReport } from '../reports/validate.ts';

/** @returns milliseconds for every report of a run of so many checks, with twice as many exchanges */
export function reportedMs(checks: number): number {
  const report = bigReport(checks);
  const begun = performance.now();
  terminal(report, { colour: true, width: 120 });
  junit(report, { requireComplete: false });
  JSON.stringify(report, null, 2);
  validateReport(report);
  return performance.now() - begun;
}
