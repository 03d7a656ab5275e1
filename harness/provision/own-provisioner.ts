/**
 * A provisioner of the vendor's own, as types alone: they need nothing of Node, so that any project can read them.
 */
import type { Phase } from '../model/task.ts';

/** A task as the harness wants it. */
export interface NewTask {
  /** Always chosen by the harness. */
  readonly id: string;
  readonly phase: Phase;
  /** What `X-Result-TTL` at its creation would be, in seconds. */
  readonly resultTtlS?: number;
  /** A cancel of it that would be accepted ends in 409. */
  readonly cancelFails?: boolean;
}

/** Each function may return a promise; what it does is done when it returns. */
export interface OwnProvisioner {
  /** The phases that it can bring about; all five where they are left out. */
  readonly phases?: readonly Phase[];
  /** Whether it makes tasks whose cancel fails; false where it is left out. */
  readonly cancelFailure?: boolean;
  /**
   * Makes a task, which stays in its phase until it is moved or its cancel is accepted.
   * @returns nothing, or the guid of its database where that is known
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a vendor's function that returns nothing is what is meant
  create(task: NewTask): MadeTask | void | Promise<MadeTask | void>;
  /** Moves a task on: queued → running → committing → finished or failed, skipping allowed. */
  move(id: string, phase: Phase): unknown;
  /** As if so many seconds more had passed for the retention of this one task. It adds up. */
  age?(id: string, seconds: number): unknown;
  /** Removes a task, also one that is gone. Left out, tasks are left to the target. */
  remove?(id: string): unknown;
}

export interface MadeTask {
  readonly crdbGuid?: string;
}
