/** What makes tasks for a run: a narrow interface, and optional powers. */
import type { Exchange } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import type { Phase, Task, Wish } from '../model/task.ts';

/** Sends the requests of one check. */
export interface Requester {
  /** The check, as its exchanges name it. */
  readonly sentFor?: string;
  readonly send: (request: Request) => Promise<Exchange>;
  /** A unique id that is not the beginning of another one; the same when a run is judged again. */
  readonly newId: () => string;
  /** Enters a task that the user gave in the resource log: it may be changed. */
  readonly hold: (id: string) => void;
  /** At least so many milliseconds; fewer only where the run is cut short. */
  readonly wait: (ms: number) => Promise<void>;
}

/** `gone`: removed; `not`: not ours, or the target refused; `lost`: no response, may be requested again. */
export type Removal = 'gone' | 'not' | 'lost';

export type ProvisionerName = 'control' | 'crdbs' | 'fixed' | 'command' | 'none';

/** Brings tasks into a phase. Never touches one that it neither made nor was given. */
export interface Provisioner {
  readonly name: ProvisionerName;
  readonly reaches: ReadonlySet<Phase>;
  /** Phases within reach and optional powers, in words, for the report. */
  readonly capabilities: readonly string[];
  /**
   * A fresh task, in `phase` when it is handed over; never the same one twice.
   * @throws {Unreachable} this provisioner can't bring the phase or the wish about: the check is `skip`
   * @throws {LostRace} the task left the phase before it could be handed over: `inconclusive`
   */
  provision(phase: Phase, wish?: Wish): Promise<Task>;
  /**
   * A task in `phase` that is only to be read: nothing may be changed about it.
   * @throws {Unreachable} there is none
   */
  existing(phase: Phase): Promise<Task>;
  remove(task: Task): Promise<Removal>;
  /** Tasks that requests without a response may have made. No check uses them. */
  readonly doubtful?: readonly Task[];
  /** It chooses the ids of its tasks, so no task has an id that is derived from one of them. */
  readonly choosesIds?: true;
  /** How long the operation takes that makes a task, where that takes time. */
  readonly operationMs?: () => number;
  readonly moves?: Moves;
  readonly ages?: Ages;
  /** The same provisioner for one check, if its requests differ by check. */
  readonly forRequester?: (asker: Requester) => Provisioner;
}

/** Moves a held task to a later phase. */
export interface Moves {
  /** @returns the task, with the bracket in which it moved as the last of its history */
  move(task: Task, phase: Phase): Promise<Task>;
}

/** Lets time pass for one task's retention. */
export interface Ages {
  /** @returns the task, older by that many seconds */
  age(task: Task, seconds: number): Promise<Task>;
}

export interface NewTask {
  /** Always chosen by the harness. */
  readonly id: string;
  readonly phase: Phase;
  /** What `X-Result-TTL` at its creation would be, in seconds. */
  readonly resultTtlS?: number;
  /** A cancel of it that would be accepted ends in 409. */
  readonly cancelFails?: boolean;
}

/** A vendor's own functions, instead of the control protocol. Each may return a promise, and has its effect before it resolves. */
export interface OwnProvisioner {
  /** The phases that it can make; all five by default. */
  readonly phases?: readonly Phase[];
  /** Whether it makes tasks whose cancel fails; false by default. */
  readonly cancelFailure?: boolean;
  /**
   * Makes a task, which stays in its phase until it is moved or its cancel is accepted.
   * @returns nothing, or the guid of its database if it is known
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a vendor's function may return nothing
  create(task: NewTask): MadeTask | void | Promise<MadeTask | void>;
  /** Moves a task: queued → running → committing → finished or failed; phases may be skipped. */
  move(id: string, phase: Phase): unknown;
  /** As if that many more seconds had passed for the retention of this task alone; calls add up. */
  age?(id: string, seconds: number): unknown;
  /** Removes a task; one that is gone too. Without this function, tasks stay on the target. */
  remove?(id: string): unknown;
}

export interface MadeTask {
  readonly crdbGuid?: string;
}
