/** What all checks of a run share, and the tasks that one of them owns: it makes them and removes them at its end. */
import { createHash } from 'node:crypto';
import type { Validators } from '../../spec/validators.ts';
import type { Environment } from '../http/environment.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import type { Settings } from '../model/settings.ts';
import type { AssignedTask, Assignment, Phase, Task, Wish } from '../model/task.ts';
import type { Provisioner, Removal, Requester } from '../provision/provisioner.ts';
import { type IdForm, idInForm, type ResourceLog } from '../provision/resource-log.ts';
import type { TimeBudget } from './time-budget.ts';

export interface RunContext {
  readonly environment: Environment;
  readonly provisioner: Provisioner;
  readonly settings: Settings;
  /** What the docs of the edition say of answers. */
  readonly validators: Validators;
  /** What this run made or was given. */
  readonly resourceLog: ResourceLog;
  /** Nothing that could change anything is sent. */
  readonly readsOnly: boolean;
  /** Part of every id that the run makes: two runs at once on one target don't disturb each other. */
  readonly tag: string;
  /** The target asks for credentials, so that refusing them can be tried. */
  readonly authenticates: boolean;
  /** The slowest effect seen from an accepted cancel in this run, in milliseconds. */
  slowestEffectMs: number;
  /** Aborted when the run is cut short: no check sends or waits any more. */
  readonly cutShort: AbortSignal;
  /** Ids of tasks that this run made and surely removed. */
  readonly removed: Set<string>;
  readonly recordTask: (task: Task) => void;
  readonly recordAssignment: (assignment: Assignment) => void;
  /** How long checks may still take on a broken server. */
  readonly timeBudget: TimeBudget;
}

/** What a runner is given; it adds the rest. */
export type GivenContext = Omit<
  RunContext,
  'recordTask' | 'recordAssignment' | 'slowestEffectMs' | 'cutShort' | 'removed' | 'timeBudget'
>;

/** A task as the report has it. */
export const taskRecord = ({ id, history }: Task) => ({
  id,
  phases: history.flatMap(({ phase, when }) =>
    when ? [{ phase, after: when.earliestMs, before: when.latestMs }] : [],
  ),
});

export class CheckTasks {
  readonly requester: Requester;
  readonly provisioner: Provisioner;
  readonly #runContext: RunContext;
  readonly #made = new Map<string, Task>();
  readonly #making: Promise<Task>[] = [];
  readonly #sentFor: string;
  #ids = 0;
  #unknowns = 0;
  #removedOnce = false;

  /** @param sentFor the check, as its exchanges name it; ids of its tasks are made from it */
  constructor(runContext: RunContext, sentFor: string, send: Requester['send']) {
    this.#runContext = runContext;
    this.#sentFor = sentFor;
    this.requester = {
      sentFor,
      send,
      newId: () => this.newId(),
      wait: (ms) => runContext.environment.wait(ms, runContext.cutShort),
      hold: (id) => runContext.resourceLog.enter({ type: 'given task', id }),
    };
    this.provisioner = runContext.provisioner.forRequester?.(this.requester) ?? runContext.provisioner;
  }

  /**
   * An id that no task has, for a task to be.
   * @param ends its last characters, as many as fit
   */
  newId({ ends = '', form }: { readonly ends?: string; readonly form?: IdForm } = {}): string {
    const serial = ++this.#ids;
    const hash = shortHash(this.#sentFor);
    if (form) return idInForm[form](this.#runContext.tag, hash + serial.toString(16).padStart(2, '0'));
    const { mark } = this.#runContext.resourceLog;
    return `${mark}${hash}-${String(serial).padStart(3, '0')}${ends}`.slice(0, longestId);
  }

  /** A fresh task in `phase`. @throws {Unreachable} the provisioner can't bring it about */
  provision(phase: Phase, wish: Wish): Promise<Task> {
    return this.#handedOver({ phase, use: 'own' }, this.provisioner.provision(phase, wish));
  }

  /**
   * A new task with the id of one of the check's own, which is removed before.
   * @throws {LostRace} it could not be removed, or the target does not take its id again
   */
  async again({ id }: Pick<Task, 'id'>, phase: Phase, wish: Wish): Promise<Task> {
    const task = this.#made.get(id);
    const removal = task && (await this.#removeOne(task));
    if (removal !== 'gone')
      throw new LostRace(`the task ${id} could not be removed`, { byChance: removal === 'lost' });
    return this.provision(phase, { ...wish, id });
  }

  /** Removes a task before the check is over. @returns whether it is surely gone */
  async removeNow(task: Task): Promise<boolean> {
    return (await this.#removeOne(task)) === 'gone';
  }

  /** A task in `phase` that may only be read. @throws {Unreachable} there is none */
  existing(phase: Phase): Promise<Task> {
    return this.#handedOver({ phase, use: 'read' }, this.provisioner.existing(phase));
  }

  /**
   * The id of a running task that the harness chose, so that no other task has an id that is made from it.
   * @throws {Unreachable} the target or the user chose the ids
   */
  async ownId(wish: Wish): Promise<string> {
    const { choosesIds, name } = this.provisioner;
    if (!choosesIds)
      throw new Unreachable(
        `${name}: did not choose its tasks’ ids, so one made from them may be another task’s`,
      );
    const { id } = await this.provision('running', wish);
    // A target may have given it an id of its own all the same.
    if (!this.#runContext.resourceLog.isOwn(id))
      throw new Unreachable(`${name}: the target chose the id ${id} itself`);
    return id;
  }

  /** A task that surely isn't there, under a well-formed id that no target has; another one at each call. */
  unknown(): { readonly id: string } {
    // Not counted with the ids of tasks: how many a provisioner makes may depend on the target.
    const id = uuidOf(`${this.#runContext.tag} ${this.#sentFor} ${++this.#unknowns}`);
    this.#runContext.resourceLog.enter({ type: 'unknown id', id });
    return { id };
  }

  /** Keeps the newest state of a task. */
  keep(task: Task): Task {
    this.#made.set(task.id, task);
    this.#runContext.recordTask(task);
    return task;
  }

  /**
   * Removes the tasks, those too that were still being made when the check ended. Called again, it removes those that
   * it could not remove before. Never throws.
   * @returns false where an answer was lost, so that a task may still exist, or may yet be created
   */
  async remove(): Promise<boolean> {
    const again = this.#removedOnce;
    this.#removedOnce = true;
    await Promise.allSettled(this.#making);
    const { doubtful = [] } = this.provisioner;
    const left = [...this.#made.values()].filter(({ id }) => !this.#runContext.removed.has(id));
    const removals = await Promise.all([
      ...left.map((task) => this.#removeOne(task)),
      ...doubtful.map((task) => this.provisioner.remove(task).catch(() => 'not')),
    ]);
    return !removals.includes('lost') && (again || doubtful.length === 0);
  }

  async #removeOne(task: Task): Promise<Removal> {
    const removal = await this.provisioner.remove(task).catch((): Removal => 'not');
    if (removal === 'gone') this.#runContext.removed.add(task.id);
    return removal;
  }

  async #handedOver(asked: Pick<Assignment, 'phase' | 'use'>, making: Promise<Task>): Promise<Task> {
    this.#making.push(making);
    const record = (given: AssignedTask) =>
      this.#runContext.recordAssignment({ sentFor: this.#sentFor, ...asked, given });
    try {
      const task = await making;
      this.#runContext.removed.delete(task.id); // where another one had its id before
      record({ task });
      return this.keep(task);
    } catch (error) {
      if (error instanceof Unreachable) record({ outOfReach: error.message });
      if (error instanceof LostRace) record({ missed: error.message, byChance: error.byChance });
      throw error;
    }
  }
}

/** Of the control protocol, in characters. */
const longestId = 64;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** In the form of a UUID, as real clusters have them. */
const uuidOf = (text: string): string =>
  sha256(text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-8$4-$5');

/** Ten digits tell the checks of a run apart; no id begins another, for all have one length. */
const shortHash = (text: string): string => sha256(text).slice(0, 10);
