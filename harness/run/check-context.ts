/**
 * What a check has at hand: its environment, its tasks, and time. It makes its own tasks and gives them back at the
 * end; whether force is allowed, who is asked and how long to watch, it knows, so that a suite never asks.
 */
import { createHash } from 'node:crypto';
import { endOf, hasEnd, hasLeft } from '../judge/judge.ts';
import { Unreachable } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import { type Credentials, list, type Request, read } from '../model/requests.ts';
import { leastWatchMs } from '../model/settings.ts';
import type { Phase, Task, Wish } from '../model/task.ts';
import { couldChange } from '../provision/guard.ts';
import type { Provisioner, Removal, Requester } from '../provision/provisioner.ts';
import { CutShort, type RunContext } from './run-context.ts';

export type Passing = 'ageing' | 'waiting';

const waitedOutS = 510; // `full` waits out the documented 500 s where a target can't age tasks, and nothing longer
const pollMs = [50, 100, 150, 200, 250, 250];
const longestPollMs = 500;

/**
 * By how much a read went out later than it was due, where the harness itself must have stood still, or the whole
 * machine with the target on it. That time is not the target's: nobody could have asked then.
 */
const stoodStillMs = (lateMs: number): number => (lateMs > 250 ? lateMs : 0);

export class CheckContext {
  /** What was sent, with the statuses that are fair for that very request. */
  readonly sent: { readonly exchange: Exchange; readonly tolerates: readonly number[] }[] = [];
  readonly #runContext: RunContext;
  readonly #asker: Requester;
  readonly #provisioner: Provisioner;
  readonly #tellWaiting: (waitMs: number, why: string) => void;
  readonly #made = new Map<string, Task>();
  readonly #making: Promise<Task>[] = [];
  #dismissed = false;
  /** Time was let pass: what comes now must not queue behind what can wait. */
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
    tellWaiting: (waitMs: number, why: string) => void = () => {},
  ) {
    this.#runContext = runContext;
    this.#tellWaiting = tellWaiting;
    let made = 0;
    this.#asker = {
      send: async (request) => {
        const exchange = await runContext.environment.send({ ...request, sentFor });
        this.#sinceMs = Math.max(this.#sinceMs, exchange.receivedAt);
        return exchange;
      },
      newId: () => `conformance-${runContext.tag}-${shortHash(sentFor)}-${String(++made).padStart(3, '0')}`,
      wait: (ms) => runContext.environment.wait(ms, runContext.cutShort),
      hold: (id) => runContext.resourceLog.enter({ type: 'given task', id }),
    };
    this.#provisioner = runContext.provisioner.forRequester?.(this.#asker) ?? runContext.provisioner;
  }

  /** Retention and patience of this run, as the judges take them: `ttlMs` for a TTL in seconds. */
  readonly retention = (ttlS: number) => ({
    ttlMs: ttlS * 1000,
    graceMs: this.#runContext.settings.graceS * 1000,
  });

  /** Ids of tasks that this run made and surely removed. */
  get removed(): ReadonlySet<string> {
    return this.#runContext.removed;
  }

  /** A task that surely isn't there, under a well-formed id that no target has; another one at each call. */
  readonly unknownTask = (): { readonly id: string } => {
    const id = uuidOf(this.#asker.newId());
    this.#runContext.resourceLog.enter({ type: 'nobody', id });
    return { id };
  };

  /** The first age, in seconds, at which a task kept for `ttlS` must surely be gone, and `beyondS` more. */
  readonly gone = (ttlS: number, beyondS: number): number =>
    ttlS + this.#runContext.settings.graceS + beyondS;

  get settleMs(): number {
    return this.#runContext.settings.settleS * 1000;
  }

  readonly send = (request: Request): Promise<Exchange> => heard(this.#send(request));

  async #send(request: Request): Promise<Exchange> {
    this.#stillOn();
    if (this.#runContext.readsOnly && couldChange(request))
      throw new Unreachable(
        `${this.#provisioner.name}: only reads, so nothing is sent that could change anything`,
      );
    const exchange = await this.#asker.send(this.#urgent ? { ...request, urgent: true } : request);
    this.#stillOn(); // the answer may be none: what waits for its turn when the run is cut short is never sent
    this.sent.push({ exchange, tolerates: request.tolerates ?? [] });
    return exchange;
  }

  /**
   * A task of the check's own, in `phase`.
   * @throws {Unreachable} the provisioner can't bring it about
   */
  readonly provision = async (phase: Phase, wish: Wish = {}): Promise<Task> => {
    this.#stillOn();
    return this.#handedOver(this.#provisioner.provision(phase, wish));
  };

  /** A task in `phase` that may only be read. */
  readonly existing = async (phase: Phase): Promise<Task> => {
    this.#stillOn();
    return this.#handedOver(this.#provisioner.existing(phase));
  };

  /**
   * A task in `phase` that stays as it is, to be read again and again.
   * @throws {Unreachable} it moves by itself, so that two reads of it can't be compared
   */
  readonly steady = async (phase: Phase): Promise<Task> => {
    const task = await this.existing(phase);
    if (!task.held && phase !== 'finished' && phase !== 'failed') {
      throw new Unreachable(
        `${this.#provisioner.name}: a ${phase} task moves by itself, so reads can't be compared`,
      );
    }
    return task;
  };

  /**
   * The id of a running task that the harness chose, so that ids made from it are surely nobody's.
   * @throws {Unreachable} the target or the user chose the ids
   */
  readonly ownId = async (): Promise<string> => {
    const { choosesIds, name } = this.#provisioner;
    if (!choosesIds)
      throw new Unreachable(
        `${name}: did not choose its tasks' ids, so one made from them may be another task's`,
      );
    const { id } = await this.provision('running');
    // A target may have given it an id of its own all the same.
    if (!id.startsWith(this.#runContext.resourceLog.mark))
      throw new Unreachable(`${name}: the target chose the id ${id} itself`);
    return id;
  };

  /** Moves a held task on. One whose cancel was accepted is the target's to end: it is left alone. */
  readonly move = async (task: Task, phase: Phase): Promise<Task> => {
    this.#stillOn();
    if (this.#cancelled(task)) return task;
    const { moves, name } = this.#provisioner;
    if (!moves) throw new Unreachable(`${name}: can't move a task on`);
    const moved = await moves.move(task, phase);
    this.#keep(moved);
    return moved;
  };

  /**
   * Lets a task's retention come to an age of so many seconds since its end: by ageing it, or by really waiting.
   * What has passed already counts, so that a slow target comes no nearer to the expiry than a fast one.
   */
  readonly elapse = async (task: Task, ageS: number, by: Passing = 'ageing'): Promise<Task> => {
    this.#stillOn();
    const { ages, name } = this.#provisioner;
    const { profile } = this.#runContext.settings;
    const missingS = Math.ceil(ageS - this.#ageS(task));
    if (missingS <= 0) return task;
    this.#urgent = true;
    if (by === 'ageing' && ages) {
      const aged = await ages.age(task, missingS);
      this.#keep(aged);
      return aged;
    }
    if (by === 'ageing' && (profile === 'quick' || ageS > waitedOutS)) {
      throw new Unreachable(`${name}: can't age a task (age)`);
    }
    await this.waitUntil(endOf(task).latestMs + ageS * 1000, `${ageS} s of retention`);
    return task;
  };

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
    this.#urgent = true;
    const waitMs = instantMs + 1 - this.#runContext.environment.now().earliestMs;
    if (waitMs <= 0) return;
    this.#tellWaiting(waitMs, why);
    await this.#runContext.environment.wait(waitMs, this.#runContext.cutShort);
    this.#stillOn();
  }

  /** Reads a task for long enough to prove that nothing happened to it. */
  readonly watch = async (task: Task): Promise<Exchange[]> => {
    const fromMs = this.#sinceMs;
    const watchMs = () => Math.max(leastWatchMs, 1.5 * this.#runContext.slowestEffectMs);
    const reads = [await this.send(read(task))];
    for (const part of [0.25, 0.5, 1]) {
      await this.#pauseUntil(fromMs + part * watchMs(), 'watching that nothing happens');
      reads.push(await this.send(read(task)));
    }
    return reads;
  };

  /** Reads a task that moves by itself once more: where it stands now tells where it was before. */
  readonly afterwards = async (task: Task): Promise<Exchange[]> =>
    task.held ? [] : [await this.send(read(task))];

  /** Reads a task until `shows` says that the awaited change shows, or the settle time is over. */
  readonly settle = (task: Task, shows: (read: Exchange) => boolean): Promise<Exchange[]> =>
    this.#until(read(task), shows);

  /** Lists until `shows` says that the awaited change shows, or the settle time is over. */
  readonly settleList = (shows: (listing: Exchange) => boolean): Promise<Exchange[]> =>
    this.#until(list(), shows);

  /** The reads from an accepted cancel until its effect shows; none where it was not accepted. */
  readonly effect = async (answer: Exchange, task: Task): Promise<Exchange[]> => {
    if (answer.response?.status !== 200 || answer.lost !== undefined) return [];
    const reads = await this.settle(task, hasLeft);
    const last = lastOf(reads);
    if (hasLeft(last)) {
      this.#runContext.slowestEffectMs = Math.max(
        this.#runContext.slowestEffectMs,
        last.receivedAt - answer.sentAt,
      );
    }
    return reads;
  };

  /**
   * Sends with these credentials, where that can be tried without harm.
   * @throws {Unreachable} the target knows no credentials, or an account could be locked out
   */
  readonly sendAs = async (request: Request, credentials: Credentials): Promise<Exchange> => {
    if (!this.#runContext.authenticates)
      throw new Unreachable('the target is declared to be without credentials (--no-auth)');
    if (credentials === 'wrong password' && this.#provisioner.name !== 'control') {
      throw new Unreachable(
        'a wrong password is tried only with the control protocol, for it could lock the account',
      );
    }
    return this.send({ ...request, credentials });
  };

  /**
   * Asserts that forced cancels in the commit phase may be tried.
   * @throws {Unreachable} they could break a real database, and nobody allowed them
   */
  readonly mayForce = (): void => {
    if (this.#provisioner.name === 'control' || this.#runContext.settings.allowForce) return;
    throw new Unreachable('a forced cancel in the commit phase can break a database: --allow-force');
  };

  /**
   * Gives the tasks back, those too that were still being made when the check ended. Called again, it gives back what
   * it could not before. Never throws.
   * @returns false where an answer was lost, so that a task may be there still, or may yet come about
   */
  async dismiss(): Promise<boolean> {
    const again = this.#dismissed;
    this.#dismissed = true;
    await Promise.allSettled(this.#making);
    const { doubtful = [] } = this.#provisioner;
    const left = [...this.#made.values()].filter(({ id }) => !this.#runContext.removed.has(id));
    const removals = await Promise.all([
      ...left.map((task) => this.#giveBack(task)),
      ...doubtful.map((task) => this.#provisioner.remove(task).catch(() => 'not')),
    ]);
    return !removals.includes('lost') && (again || doubtful.length === 0);
  }

  async #giveBack(task: Task): Promise<Removal> {
    const removal = await this.#provisioner.remove(task).catch((): Removal => 'not');
    if (removal === 'gone') this.#runContext.removed.add(task.id);
    return removal;
  }

  async #handedOver(making: Promise<Task>): Promise<Task> {
    this.#making.push(making);
    const task = await making;
    if (!task.held) this.#urgent = true; // it moves on by itself
    this.#keep(task);
    return task;
  }

  async #until(request: Request, shows: (exchange: Exchange) => boolean): Promise<Exchange[]> {
    let untilMs = this.#sinceMs + this.settleMs;
    const exchanges = [await this.send(request)];
    // An answer may be long on its way: only one that was asked for after the settle time says that it is over.
    for (let turn = 0; !shows(lastOf(exchanges)) && lastOf(exchanges).sentAt <= untilMs; turn++) {
      const pausedMs = Math.min(this.#sinceMs + (pollMs[turn] ?? longestPollMs), untilMs);
      const dueMs = Math.max(this.#sinceMs, pausedMs);
      await this.#pauseUntil(dueMs, 'an effect to show');
      const next = await this.send(request);
      if (next.attempt === 1) untilMs += stoodStillMs(next.sentAt - dueMs);
      exchanges.push(next);
    }
    return exchanges;
  }

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

  #keep(task: Task): void {
    this.#made.set(task.id, task);
    this.#runContext.tellTask(task);
  }

  #stillOn(): void {
    if (this.#runContext.cutShort.aborted) throw new CutShort();
  }
}

/** In the form of a UUID, as real clusters have them. */
const uuidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-8$4-$5');

/**
 * A check may send several at once, and ends with the first that rejects: what becomes of the others is nobody's
 * unhandled rejection.
 */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Ten digits tell the checks of a run apart; no id begins another, for all have one length. */
const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10);

function lastOf(exchanges: readonly Exchange[]): Exchange {
  const last = exchanges.at(-1);
  if (!last) throw new RangeError('no exchange');
  return last;
}
