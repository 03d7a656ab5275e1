/** The lines that show a check again: to be copied as they are, and run. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { CheckResult } from '../../harness/model/report.ts';
import { counted } from '../headline.ts';
import type { Page } from './page.ts';
import { betweenTags } from './text.ts';
import { storyOf } from './timeline/story.ts';

/** Null where nothing was sent for it. */
export function curls(page: Page, check: CheckResult, mostLines = 12): SafeHtml | null {
  const lines = linesOf(page, check);
  if (lines.length === 0) return null;
  const left = lines.length - mostLines;
  return command(
    lines.slice(-mostLines).join('\n'),
    left > 0 ? `after ${counted(left, 'earlier request')}` : undefined,
  );
}

/** What is to be typed into a shell, with a button that copies it. */
export const command = (text: string, remark?: string): SafeHtml =>
  html`<div class="curl"><pre><code>${betweenTags(text)}</code></pre><button type="button" class="copy">Copy</button>${remark === undefined ? null : html`<span class="quiet">${remark}</span>`}</div>`;

/**
 * From the making of its task on, in the order of sending; where nothing is broken, what shows it alone.
 * The same line twice in a row is one.
 */
function linesOf(page: Page, check: CheckResult): readonly string[] {
  const isBroken = check.verdict === 'fail' || check.verdict === 'warn';
  const sent = (isBroken ? storyOf(page, check)?.exchanges : undefined) ?? page.shown(check);
  const lines = sent.map(page.curl);
  return lines.filter((line, at) => line !== lines[at - 1]);
}
