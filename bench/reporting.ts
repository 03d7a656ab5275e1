/** How long reports take and how big they are: of an ordinary run, and of a nightly one, which must keep nobody waiting. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../harness/model/report.ts';
import { startBrowser } from '../harness/testing/cli/browser.ts';
import { formats } from '../reports/formats.ts';
import { toHtml } from '../reports/html.ts';
import { bigReport } from '../reports/samples/sample.ts';
import { validateReport } from '../reports/validate.ts';

/** @returns milliseconds for every form of the report of a run of so many checks, with twice as many exchanges */
export function reportedMs(checks: number): number {
  const report = bigReport(checks);
  return msOf(() => {
    for (const { render } of Object.values(formats)) render(report);
    validateReport(report);
  });
}

/** @returns milliseconds for the forms that every run writes, of this report */
export const writtenMs = (report: Report): number =>
  msOf(() => {
    for (const id of ['json', 'junit', 'html'] as const) formats[id].render(report);
    validateReport(report);
  });

/** @returns milliseconds for the page of this report */
export const htmlMs = (report: Report): number => msOf(() => toHtml(report));

/** @returns the page of a run of 20,000 exchanges, in MB */
export const bigHtmlMB = (): number => Buffer.byteLength(toHtml(bigReport(10_000))) / 1e6;

/** @returns milliseconds until a reader has that page open and its failures filtered, in Chromium */
export async function bigHtmlReadMs(folder: string): Promise<number> {
  const file = join(folder, 'big.html');
  writeFileSync(file, toHtml(bigReport(10_000)));
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    const begunMs = performance.now();
    await page.goto(`file://${file}`);
    await page.locator('form.filters').getByLabel('fail', { exact: true }).check();
    await page.waitForFunction(
      "document.querySelector('form.filters output').textContent.startsWith('10 of ')",
    );
    return performance.now() - begunMs;
  } finally {
    await browser.close();
  }
}

function msOf(work: () => void): number {
  const begunMs = performance.now();
  work();
  return performance.now() - begunMs;
}
