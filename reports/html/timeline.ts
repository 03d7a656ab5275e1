/** When what was asked and answered: why a verdict about time is a proof. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { CheckResult } from '../../harness/model/report.ts';
import type { Page } from './page.ts';
import { requestLine } from './timeline/requests.ts';
import { retentionOf } from './timeline/retention.ts';
import { retentionLine } from './timeline/retention-line.ts';
import { storyOf } from './timeline/story.ts';

/** Null where there is nothing to see: no request, or a single one about no task. */
export function timeline(page: Page, check: CheckResult): SafeHtml | null {
  const story = storyOf(page, check);
  if (!story || (story.exchanges.length < 2 && story.tasks.length === 0)) return null;
  const { graceS } = page.report.run.settings;
  const retention = typeof graceS === 'number' ? retentionOf(story, graceS) : undefined;
  return html`${requestLine(story)}${retention ? retentionLine(retention) : null}`;
}
