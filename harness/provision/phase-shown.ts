/** The phase that a read shows. Pure. */
import { shownStatus } from '../judge/shown.ts';
import { type Exchange, json } from '../model/exchange.ts';
import type { Phase } from '../model/task.ts';

/**
 * Of a started task the details say in words what it does, and no document says in which: one that speaks of a commit
 * is taken to be in its commit phase.
 * @returns `gone` where the task is not found; undefined where nothing can be made out
 */
export function phaseShown(answer: Exchange): Phase | 'gone' | undefined {
  if (answer.lost !== undefined) return undefined;
  if (answer.response?.status === 404) return 'gone';
  const status = shownStatus(answer);
  if (status !== 'started') return status;
  return /\bcommit/i.test(wordsOf(json(answer)?.value)) ? 'committing' : 'running';
}

function wordsOf(task: unknown): string {
  const progress =
    typeof task === 'object' && task !== null && 'progress' in task ? task.progress : undefined;
  return JSON.stringify(progress) ?? '';
}
