/** The phase of a task, as far as a read of it shows one. */
import { field } from '../../spec/record.ts';
import { shownStatus } from '../judge/shown.ts';
import { type Exchange, json } from '../model/exchange.ts';
import type { Phase } from '../model/task.ts';

const rank: Readonly<Record<Phase, number>> = {
  queued: 0,
  running: 1,
  committing: 2,
  finished: 3,
  failed: 3,
};

/** Whether a task that shows a phase can no longer reach the wanted one. */
export const isPast = (shown: Phase, wanted: Phase): boolean => rank[shown] >= rank[wanted];

/**
 * The phase that a read shows. The texts in `progress` of a started task are undocumented: one that contains `commit`
 * counts as the commit phase.
 * @returns `gone` if the task is not found; undefined if the response shows no phase
 */
export function phaseShown(answer: Exchange): Phase | 'gone' | undefined {
  if (answer.lost !== undefined) return undefined;
  if (answer.response?.status === 404) return 'gone';
  const status = shownStatus(answer);
  if (status !== 'started') return status;
  const progress = JSON.stringify(field(json(answer)?.value, 'progress')) ?? '';
  return /\bcommit/i.test(progress) ? 'committing' : 'running';
}
