/** A task as the API shows it. Every value is made from facts alone, so that reads of a task at rest agree. */
import type { Field, TaskRules } from './rules.ts';
import { isEnded, type Mark, marksUntil, type Phase, type Task } from './task.ts';

export type Body = Readonly<Record<string, unknown>>;

/** What can be seen of a task at an instant, which may lie before what it has come to since. */
export interface View {
  readonly id: string;
  readonly guid: string;
  readonly phase: Phase;
  readonly marks: readonly [Mark, ...Mark[]];
  readonly cancelledMs: number | undefined;
  readonly timesRead: number;
}

export function viewOf(task: Task, atMs: number): View {
  const { id, guid, cancelledMs, timesRead } = task;
  const marks = marksUntil(task, atMs);
  return { id, guid, phase: (marks.at(-1) ?? marks[0]).phase, marks, cancelledMs, timesRead };
}

/** @param epochMs when the cluster's clock was at zero, in milliseconds since 1970 */
export function bodyOf(view: View, rules: TaskRules, epochMs: number, verbose: boolean): Body {
  const named = rules.fields[view.phase];
  const fields = verbose ? [...named, ...rules.verboseFields] : named;
  const body: Record<string, unknown> = { id: view.id, status: rules.status[view.phase] };
  for (const field of fields) {
    const value = fieldValue[field](view, (atMs) => rules.timestamp(epochMs + atMs));
    if (value !== undefined) body[field] = value;
    else if (rules.absent === 'null') body[field] = null;
  }
  return body;
}

type Stamp = (atMs: number) => unknown;

const step: Readonly<Record<Phase, string>> = {
  queued: 'waiting for a worker',
  running: 'applying the change',
  committing: 'committing the change',
  finished: 'done',
  failed: 'stopped',
};

const fieldValue: Readonly<Record<Field, (view: View, stamp: Stamp) => unknown>> = {
  crdb_guid: ({ guid }) => guid,
  operation: () => 'update_crdb',
  started: ({ marks }, stamp) => stampOf(marks.find(({ phase }) => phase !== 'queued')?.atMs, stamp),
  ended: ({ marks, cancelledMs }, stamp) =>
    stampOf(marks.find(({ phase }) => isEnded(phase))?.atMs ?? cancelledMs, stamp),
  errors: ({ phase, cancelledMs }) =>
    phase === 'failed' || cancelledMs !== undefined ? [error(cancelledMs !== undefined)] : undefined,
  progress: ({ phase }) => ({
    clusters: [
      { name: 'cluster1.local', progress: step[phase] },
      { name: 'cluster2.local', progress: step[phase] },
    ],
    worker: step[phase],
  }),
  worker_name: ({ phase }) => (phase === 'queued' ? undefined : 'crdb_worker:1'),
};

const stampOf = (atMs: number | undefined, stamp: Stamp): unknown =>
  atMs === undefined ? undefined : stamp(atMs);

const error = (cancelled: boolean) => ({
  cluster_name: 'cluster1.local',
  description: cancelled ? 'The task was cancelled.' : 'The change could not be applied.',
  error_code: cancelled ? 'task_cancelled' : 'task_failed',
});
