/** How tasks come about: a narrow interface, optional powers beside it. */
import type { Exchange } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import type { Phase, Task, Wish } from '../model/task.ts';

/** Who wants tasks: what is sent for one check is told apart from what is sent for another. */
export interface Requester {
  readonly send: (request: Request) => Promise<Exchange>;
  /** An id that nobody else has and that begins no other; the same for the same check of a run that is judged again. */
  readonly newId: () => string;
  /** Tells the resource log of a task that was handed over for the purpose: it may be changed. */
  readonly hold: (id: string) => void;
  /** At least so many milliseconds; fewer only where the run is cut short. */
  readonly wait: (ms: number) => Promise<void>;
}

/** `gone`: surely; `not`: it was none of ours, or the target wouldn't; `lost`: it may be asked for again. */
export type Removal = 'gone' | 'not' | 'lost';

export const provisionerNames = ['control', 'crdbs', 'fixed', 'command', 'none'] as const;

export type ProvisionerName = (typeof provisionerNames)[number];

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
  /** Removes a task that this provisioner made. */
  remove(task: Task): Promise<Removal>;
  /** Tasks that a request which got no answer may have made. Nobody was given them. */
  readonly doubtful?: readonly Task[];
  /** It chooses the ids of its tasks, so that one made from them is nobody's. */
  readonly choosesIds?: true;
  readonly moves?: Moves;
  readonly ages?: Ages;
  /** The same provisioner at the service of one check, where it matters who asks. */
  readonly forRequester?: (asker: Requester) => Provisioner;
}

/** Moves a held task on. */
export interface Moves {
  /** @returns the task, with the bracket in which it moved as the last of its history */
  move(task: Task, phase: Phase): Promise<Task>;
}

/** Lets time pass for one task's retention. */
export interface Ages {
  /** @returns the task, older by that many seconds */
  age(task: Task, seconds: number): Promise<Task>;
}

// ===== harness/provision/own-provisioner.ts: A provisioner of the vendor's own, as types alone: they need nothing of Node, so that any project can read them.

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
