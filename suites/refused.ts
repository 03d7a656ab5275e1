/** Cancels of a task that are refused before another one is accepted. */
import {
  type CheckContext,
  cancel,
  type Finding,
  judgeNever,
  judgeStatus,
  prerequisite,
  prerequisiteFinding,
  read,
  type Task,
} from '../harness/run/suite.ts';

const refusals = {
  'a refused login': {
    refuse: ({ sendAs }: CheckContext, task: Task) => sendAs(cancel(task), 'none'),
    status: 401,
    refusedBy: 'cancel.status.401',
    untouchedBy: 'auth.no-effect',
  },
  'a refusal in its phase': {
    refuse: ({ send }: CheckContext, task: Task) => send(cancel(task)),
    status: 406,
    refusedBy: 'cancel.commit-phase.refused',
    untouchedBy: 'cancel.commit-phase.untouched',
  },
} as const;
export type RefusedFirst = keyof typeof refusals;

/**
 * Sends such a cancel.
 * @returns what is not proven of it: that it was refused, and that the task goes on
 */
export async function refusedBefore(
  context: CheckContext,
  task: Task,
  after: RefusedFirst,
): Promise<Finding | undefined> {
  const { refuse, status, refusedBy, untouchedBy } = refusals[after];
  const refusal = await refuse(context, task);
  const seen = await context.send(read(task));
  const unproven =
    prerequisite(refusal, [status], refusedBy) ??
    prerequisiteFinding(judgeStatus(seen, [200]), untouchedBy) ??
    prerequisiteFinding(judgeNever([seen], task, ['finished', 'failed']), untouchedBy);
  return unproven && withoutCause(unproven);
}

/** What is not proven here spoils its row alone, and accuses nothing: other rows prove the clause. */
export function withoutCause({ because: _, attributedTo: __, ...found }: Finding): Finding {
  return found;
}
