/**
 * What a check has at hand: its environment, its tasks, and time. It knows whether force is allowed, which credentials
 * are sent and how long to watch, so that a suite never asks.
 */
import { judgeAnswer } from '../judge/global-checks.ts';
import { endOf, hasEnd } from '../judge/judge.ts';
import { judgeEqual } from '../judge/judge-fields.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import { type Exchange, requestLine } from '../model/exchange.ts';
import { type Credentials, namesAccount, type Request, read } from '../model/requests.ts';
import type { Phase, Task, Wish } from '../model/task.ts';
import type { Finding } from '../model/verdict.ts';
import { couldChange } from '../provision/guard.ts';
import { CheckTasks, type RunContext } from './run-context.ts';
import { CutShort } from './time-budget.ts';
import { type Watching, watching } from './watching.ts';

export type Passing = 'ageing' | 'waiting';

/** How often two reads of a task that may change are compared. */
const comparisons = 4;

export class CheckContext {
  /** What was sent, with the statuses that are fair for that very request. */
  readonly sent: { readonly exchange: Exchange; readonly tolerates: readonly number[] }[] = [];
  readonly #runContext: RunContext;
  readonly #tasks: CheckTasks;
  readonly #ask: (request: Request) => Promise<Exchange>;
  readonly #recordWaiting: (waitMs: number, why: string) => void;
  readonly follow: Watching['follow'];
  readonly watch: Watching['watch'];
  readonly afterwards: Watching['afterwards'];
  readonly settle: Watching['settle'];
  readonly settleList: Watching['settleList'];
  readonly effect: Watching['effect'];
  /** The check let time pass, or changed something: what it sends now must not queue behind what can wait. */
  #urgent = false;
  /**
   * An instant that is surely past, by the answers that came and the waits that are over. What a check does depends on
   * it and never on a clock, so that the same answers lead to the same steps when a run is judged again.
   */
  #sinceMs = 0;

  /** @param sentFor the check, as its exchanges name it; ids of its tasks are made from it */
  constructor(
    runContext: RunContext,
    sentFor: string,
    recordWaiting: (waitMs: number, why: string) => void = () => {},
  ) {
    this.#runContext = runContext;
    this.#recordWaiting = recordWaiting;
    let begun = false;
    this.#ask = async (request) => {
      const exchange = await runContext.environment.send({
        ...request,
        sentFor,
        ...(begun ? { begun } : {}),
      });
      begun = true;
      this.#sinceMs = Math.max(this.#sinceMs, exchange.receivedAt);
      return exchange;
    };
    this.#tasks = new CheckTasks(runContext, sentFor, (request) =>
      this.#ask({ ...request, provisioning: true }),
    );
    ({
      follow: this.follow,
      watch: this.watch,
      afterwards: this.afterwards,
      settle: this.settle,
      settleList: this.settleList,
      effect: this.effect,
    } = watching({
      runContext,
      send: this.send,
      sinceMs: () => this.#sinceMs,
      pauseUntil: (instantMs, why) => this.#pauseUntil(instantMs, why),
      isMoving: (task) => this.#tasks.provisioner.name === 'crdbs' && !task.held && !hasEnd(task),
    }));
  }

  /** Retention and grace of this run, as the judges take them: `ttlMs` for a TTL in seconds. */
  readonly retention = (ttlS: number) => ({
    ttlMs: ttlS * 1000,
    graceMs: this.#runContext.settings.graceS * 1000,
  });

  /** Ids of tasks that this run made and surely removed. */
  get removed(): ReadonlySet<string> {
    return this.#runContext.removed;
  }

  /** The first age, in seconds, at which a task kept for `ttlS` must surely be gone, and `beyondS` more. */
  readonly gone = (ttlS: number, beyondS: number): number =>
    ttlS + this.#runContext.settings.graceS + beyondS;

  /** Whether an answer keeps a structural clause, such as `read.schema`, by the docs of the edition. */
  readonly judgeAnswer = (exchange: Exchange, clause: string): Finding =>
    judgeAnswer(exchange, clause, this.#runContext.validators);

  readonly send = (request: Request): Promise<Exchange> => heard(this.#send(request));

  async #send(request: Request): Promise<Exchange> {
    this.#stillOn();
    if (this.#runContext.readsOnly && couldChange(request))
      throw new Unreachable(
        `${this.#tasks.provisioner.name}: this run only reads, and this request could change something`,
      );
    const exchange = await this.#ask(this.#urgent ? { ...request, urgent: true } : request);
    if (couldChange(request)) this.#urgent = true; // what it did is looked at while it is fresh
    this.#stillOn(); // the answer may be none: what waits for its turn when the run is cut short is never sent
    this.sent.push({ exchange, tolerates: request.tolerates ?? [] });
    return exchange;
  }

  /**
   * Sends with these credentials, where that can be tried without harm.
   * @throws {Unreachable} the target asks for no credentials, or an account could be locked out
   */
  readonly sendAs = async (request: Request, credentials: Credentials): Promise<Exchange> => {
    if (!this.#runContext.authenticates)
      throw new Unreachable('--no-auth says that the target needs no credentials');
    if (namesAccount(credentials) && this.#tasks.provisioner.name !== 'control') {
      throw new Unreachable(
        'a wrong password could lock the account, so it is sent only with the control protocol',
      );
    }
    return this.send({ ...request, credentials });
  };

  /** A task that surely isn't there, under a well-formed id that no target has; another one at each call. */
  readonly unknownTask = (): { readonly id: string } => this.#tasks.unknown();

  /** An id of the run that no task has yet, to make a task with; its last characters can be chosen, or its form. */
  readonly newId = (kind: Parameters<CheckTasks['newId']>[0] = {}): string => this.#tasks.newId(kind);

  /** The id of a running task that the harness chose. @throws {Unreachable} the target or the user chose the ids */
  readonly ownId = async (wish: Wish = {}): Promise<string> => {
    this.#stillOn();
    return this.#tasks.ownId(wish);
  };

  /**
   * A task of the check's own, in `phase`.
   * @throws {Unreachable} the provisioner can't bring it about
   */
  readonly provision = (phase: Phase, wish: Wish = {}): Promise<Task> => heard(this.#provision(phase, wish));

  async #provision(phase: Phase, wish: Wish): Promise<Task> {
    this.#stillOn();
    return this.#handedOver(await this.#tasks.provision(phase, wish));
  }

  /**
   * A new task with the id of one of the check's own, which is removed before.
   * @throws {LostRace} the target does not take its id again
   */
  readonly again = (task: Task, phase: Phase, wish: Wish = {}): Promise<Task> =>
    heard(this.#again(task, phase, wish));

  async #again(task: Task, phase: Phase, wish: Wish): Promise<Task> {
    this.#stillOn();
    return this.#handedOver(await this.#tasks.again(task, phase, wish));
  }

  /** A task in `phase` that may only be read. */
  readonly existing = async (phase: Phase): Promise<Task> => {
    this.#stillOn();
    return this.#handedOver(await this.#tasks.existing(phase));
  };

  #handedOver(task: Task): Task {
    if (!task.held) this.#urgent = true; // it moves on by itself
    return task;
  }

  /**
   * Sends a read of a task after a plain one. Where the task may change in between, a second plain read follows, and all
   * three are sent again until both plain ones agree.
   * @throws {LostRace} the task changed each time
   */
  readonly compare = async (task: Task, other: Request): Promise<{ plain: Exchange; answer: Exchange }> => {
    const atRest = task.held || hasEnd(task);
    for (let turn = 0; turn < comparisons; turn++) {
      const plain = await this.send(read(task));
      const answer = await this.send(other);
      if (atRest) return { plain, answer };
      const again = await this.send(read(task));
      if (judgeEqual([plain, again], task).verdict === 'pass') return { plain, answer };
    }
    throw new LostRace(`the task ${task.id} changed between two reads`);
  };

  /** Moves a held task on. One whose cancel was accepted is ended by the target: it is not moved. */
  readonly move = async (task: Task, phase: Phase): Promise<Task> => {
    this.#stillOn();
    if (this.#cancelled(task)) return task;
    const { moves, name } = this.#tasks.provisioner;
    if (!moves) throw new Unreachable(`${name}: can’t move a task to another phase`);
    this.#urgent = true;
    return this.#tasks.keep(await this.#orGone(task, () => moves.move(task, phase)));
  };

  /**
   * Where the provisioner is refused, a read shows whether the task is gone. If it is, that is evidence about the requests
   * before, and not a fault of the provisioner.
   */
  async #orGone(task: Task, act: () => Promise<Task>): Promise<Task> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof LostRace) || error.byChance) throw error;
      const seen = await this.send(read(task));
      if (seen.lost !== undefined || seen.response?.status !== 404) throw error;
      throw new LostRace(`the task is gone: ${requestLine(seen)} answered 404`, { byChance: false });
    }
  }

  /**
   * Lets a task's retention come to an age of so many seconds since its end: by ageing it, or by really waiting.
   * What has passed already counts, so that a slow target comes no nearer to the expiry than a fast one.
   */
  readonly elapse = async (task: Task, ageS: number, by: Passing = 'ageing'): Promise<Task> => {
    this.#stillOn();
    const { ages, name } = this.#tasks.provisioner;
    const missingS = Math.ceil(ageS - this.#ageS(task));
    if (missingS <= 0) return task;
    this.#urgent = true;
    if (by === 'ageing') {
      if (!ages) throw new Unreachable(`${name}: can’t age a task`);
      return this.#tasks.keep(await this.#orGone(task, () => ages.age(task, missingS)));
    }
    await this.waitUntil(endOf(task).latestMs + ageS * 1000, `${ageS} s of retention`);
    return task;
  };

  /** The age that a task surely has; of one that has not ended, or whose end isn't known, only what it was aged by. */
  #ageS(task: Task): number {
    const { when } = task.history.at(-1) ?? {};
    const ended = hasEnd(task) && when !== undefined;
    return ended ? Math.max(0, (this.#sinceMs - endOf(task).latestMs) / 1000) : task.agedS;
  }

  #cancelled({ id }: Task): boolean {
    return this.sent.some(
      ({ exchange: { operation, request, response } }) =>
        operation === 'cancel' &&
        response?.status === 200 &&
        request.path.includes(`/${encodeURIComponent(id)}/`),
    );
  }

  /** Waits for so many milliseconds. */
  readonly wait = (ms: number, why: string): Promise<void> => this.waitUntil(this.#sinceMs + ms, why);

  /** Waits until after an instant, in milliseconds since the start of the run. */
  async waitUntil(instantMs: number, why: string): Promise<void> {
    await this.#pauseUntil(instantMs, why);
    this.#sinceMs = Math.max(this.#sinceMs, instantMs + 1);
  }

  /** Waits without counting on it: how long may depend on what other checks have seen meanwhile. */
  async #pauseUntil(instantMs: number, why: string): Promise<void> {
    this.#stillOn();
    if (instantMs < this.#sinceMs) return;
    this.#runContext.timeBudget.spend(instantMs - this.#sinceMs);
    this.#urgent = true;
    const waitMs = instantMs + 1 - this.#runContext.environment.now().earliestMs;
    if (waitMs <= 0) return;
    this.#recordWaiting(waitMs, why);
    await this.#runContext.environment.wait(waitMs, this.#runContext.cutShort);
    this.#stillOn();
  }

  /** Removes the tasks of the check. @returns false where one may still exist: call it again later */
  dismiss(): Promise<boolean> {
    return this.#tasks.remove();
  }

  #stillOn(): void {
    if (this.#runContext.cutShort.aborted) throw new CutShort();
    this.#runContext.timeBudget.insist();
  }
}

/**
 * A check may do several things at once, and ends with the first that rejects: the rejections of the others must
 * not count as unhandled.
 */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
