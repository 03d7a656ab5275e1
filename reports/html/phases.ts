/** In which phase of its task a check was made: by its case's own words, else by the task that it was shown with. */

import type { CheckResult } from '../../harness/model/report.ts';
import type { Phase } from '../../harness/model/task.ts';
import type { Page } from './page.ts';
import { taskIdOf } from './timeline/story.ts';

/** In the order in which a task goes through them. */
export const phases: readonly Phase[] = ['queued', 'running', 'committing', 'finished', 'failed'];
export type Place = Phase | 'none';

/** @returns `none` where the check is about no task, or about one that isn't there */
export function phasesOf(page: Page, check: CheckResult): readonly Place[] {
  const words = check.name.split(/[^a-z]+/);
  const named = phases.filter((phase) => words.includes(phase));
  if (named.length > 0) return named;
  const found = new Set<Place>(page.shown(check).map((exchange) => phaseAt(page, exchange)));
  if (found.size > 1) found.delete('none');
  return found.size === 0 ? ['none'] : [...found];
}

/** The last phase that the task had surely come to when the request was sent. */
function phaseAt(page: Page, exchange: Parameters<typeof taskIdOf>[0]): Place {
  const id = taskIdOf(exchange);
  const task = id === undefined ? undefined : page.task(id);
  return task?.phases.findLast(({ before }) => before <= exchange.sentAt)?.phase ?? 'none';
}
