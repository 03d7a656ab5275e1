/** Everything that a suite file needs, behind one import: the block, the context, the requests and the judges. */
export * from '../judge/judge.ts';
export * from '../judge/judge-fields.ts';
export * from '../judge/judge-list.ts';
export * from '../judge/judge-task.ts';
export { type Status, shownStatus, showsStatus } from '../judge/shown.ts';
export { either, later } from '../model/bracket.ts';
export { type Exchange, when } from '../model/exchange.ts';
export * from '../model/requests.ts';
export { defaultRetentionS } from '../model/settings.ts';
export type { Phase, Task } from '../model/task.ts';
export type { Finding } from '../model/verdict.ts';
export type { IdForm } from '../provision/resource-log.ts';
export type { CheckContext, Passing } from './check-context.ts';
export { clause } from './clause.ts';
export { covering } from './covering.ts';

/**
 * Where a task that is shown as started is in its commit phase. The docs name nothing that shows that, so no clause about
 * what is shown needs the row.
 */
export const committing = { phase: 'committing', sharpens: true } as const;

/** A row for each phase of a task. */
export const everyPhase = [
  { phase: 'queued' },
  { phase: 'running' },
  committing,
  { phase: 'finished' },
  { phase: 'failed' },
] as const;
