/** When the status of a task is no longer kept, by the rules of retention. */
import type { RetentionRules } from './rules.ts';
import { isEnded, ownMs, phaseOf, type Task } from './task.ts';

/** The last `X-Result-TTL` on any read: a server that keeps it for all tasks takes it from here. */
export interface SharedTtl {
  readonly ttlS: number;
  readonly atMs: number;
}

/** Whether the task has outlived its retention at `nowMs`. It must have been brought to now. */
export function isExpired(
  task: Task,
  rules: RetentionRules,
  nowMs: number,
  shared: SharedTtl | undefined,
): boolean {
  const fromMs = countsFromMs(task, rules);
  if (fromMs === undefined) return false;
  const whole = (ms: number): number => Math.floor(ms / rules.clockStepMs) * rules.clockStepMs;
  const ttlS = rules.afterPlainReads(ttlSeconds(task, rules, shared), task.plainReads);
  const ttlMs = ttlS * rules.msPerSecond * rules.share[endOf(task)];
  const dueMs = Math.ceil((whole(fromMs) + ttlMs) / rules.reaperStepMs) * rules.reaperStepMs;
  return whole(ownMs(task, nowMs)) >= dueMs;
}

function endOf(task: Task): 'finished' | 'failed' | 'cancelled' {
  if (task.cancelledMs !== undefined) return 'cancelled';
  return phaseOf(task) === 'failed' ? 'failed' : 'finished';
}

/** From when the retention counts, on the task's own clock; undefined while it doesn't count at all. */
function countsFromMs(task: Task, rules: RetentionRules): number | undefined {
  const createdMs = task.marks[0].atMs;
  const ended = isEnded(phaseOf(task)) ? task.endedOwnMs : undefined;
  if (ended === undefined) {
    const expires =
      rules.unfinished === 'expire' || (rules.unfinished !== 'kept' && task.readTtl !== undefined);
    return expires ? createdMs : undefined;
  }
  if (task.readTtl && rules.readTtl.from === 'that read') return Math.max(ended, task.readTtl.ownMs);
  if (rules.from === 'creation') return createdMs;
  if (rules.from === 'start') return task.marks.find(({ phase }) => phase !== 'queued')?.atMs ?? ended;
  if (rules.from === 'last read') return Math.max(ended, task.lastReadOwnMs ?? ended);
  return ended;
}

function ttlSeconds(task: Task, rules: RetentionRules, shared: SharedTtl | undefined): number {
  const { defaultS, creationTtl, readTtl } = rules;
  const given = task.resultTtlS ?? (creationTtl.on === 'later tasks too' ? task.earlierTtlS : undefined);
  const atFirst = given === undefined ? defaultS : creationTtl.makes(defaultS, given);
  if (readTtl.on === 'no task') return atFirst;
  if (readTtl.on === 'all tasks') return shared ? readTtl.makes(atFirst, shared.ttlS) : atFirst;
  if (readTtl.on === 'later tasks too' && !task.readTtl && shared && task.marks[0].atMs >= shared.atMs) {
    return shared.ttlS;
  }
  return task.readTtl ? readTtl.makes(atFirst, task.readTtl.ttlS) : atFirst;
}
