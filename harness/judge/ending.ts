/** Whether and when a task ended: by its provisioner, and by what a read shows. Pure. */
import { type Bracket, later } from '../model/bracket.ts';
import type { Exchange } from '../model/exchange.ts';
import { type Task, Unreachable } from '../model/task.ts';
import { shownStatus } from './shown.ts';

/** Whether a read shows that the task no longer waits or runs; one that is not found doesn't either. */
export function hasLeft(exchange: Exchange): boolean {
  const status = shownStatus(exchange);
  return status === 'finished' || status === 'failed' || exchange.response?.status === 404;
}

/** When a task ended, by its provisioner, less the time by which it was aged. */
export function endOf(task: Task): Bracket {
  const { when } = task.history.at(-1) ?? {};
  if (when === undefined || !hasEnd(task)) throw new Unreachable('it is not known when this task ended');
  return later(when, -task.agedS * 1000);
}

/** Whether the provisioner brought the task to its end. */
export const hasEnd = ({ history }: Task): boolean =>
  ['finished', 'failed'].includes(history.at(-1)?.phase ?? '');
