/** Which requests a wrong server is wrong for, as data: what is left out fits any. */
import type { Moment } from './request-context.ts';
import type { Operation } from './rules.ts';
import { type Phase, phaseOf, type Task } from './task.ts';

export interface Shape {
  readonly operation?: Operation;
  /** The phase of the task that the path names. */
  readonly phase?: Phase;
  /** Parameters as they were sent; `omitted` for none. */
  readonly force?: string;
  readonly verbose?: string;
  /** The value of `X-Result-TTL`. */
  readonly ttl?: string;
  /** What else is true of the task that the path names. */
  readonly of?: (task: Task) => boolean;
}

/** Whether a request has that shape. */
export const fits =
  ({ operation, phase, force, verbose, ttl, of }: Shape) =>
  (moment: Moment): boolean => {
    const { task, query, resultTtl } = moment;
    const is = <T>(wanted: T | undefined, seen: T): boolean => wanted === undefined || wanted === seen;
    return (
      is(operation, moment.operation) &&
      is(phase, task && phaseOf(task)) &&
      is(force, query.get('force') ?? 'omitted') &&
      is(verbose, query.get('verbose') ?? 'omitted') &&
      is(ttl, resultTtl) &&
      (of === undefined || (task !== undefined && of(task)))
    );
  };
