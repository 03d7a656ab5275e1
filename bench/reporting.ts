/** How long the reports of a big run take: a nightly run has many checks, and must not keep anybody waiting. */
import { formats } from '../reports/formats.ts';
import { bigReport } from '../reports/samples/sample.ts';
import { validateReport } from '../reports/validate.ts';

/** @returns milliseconds for every form of the report of a run of so many checks, with twice as many exchanges */
export function reportedMs(checks: number): number {
  const report = bigReport(checks);
  const begun = performance.now();
  for (const { render } of Object.values(formats)) render(report);
  validateReport(report);
  return performance.now() - begun;
}
