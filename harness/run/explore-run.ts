/** Runs an exploration script on tasks of its own, by the rules of the control protocol, and looks at them at the end. */
import type { OracleOptions } from '../judge/oracle/histories.ts';
import { advice, awaitedUntil, isFair } from '../judge/oracle/oracle.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import { type Exchange, unsentId } from '../model/exchange.ts';
import { cancel, cancelByGet, list, type Request, read } from '../model/requests.ts';
import { phases, type Task } from '../model/task.ts';
import type { Script, ScriptStep } from './explore-script.ts';
import { CheckTasks, type RunContext } from './run-context.ts';
import { CutShort } from './time-budget.ts';

/** No effect is proven by waiting so long, unless more is awaited. */
const lastLookMs = 1500;
const pollMs = 250;

interface ScriptTask {
  task: Task;
  /** A cancel may have taken effect: the target ends the task. */
  frozen: boolean;
  /** It was aged before its end: it must not be ended. */
  agedUnfinished: boolean;
  removed: boolean;
}

export class ScriptRun {
  readonly script: Script;
  readonly exchanges: Exchange[] = [];
  readonly #runContext: RunContext;
  readonly #tasks: CheckTasks;
  readonly #made = new Map<number, ScriptTask>();
  #acted = false;

  constructor(runContext: RunContext, name: string, script: Script) {
    this.script = script;
    this.#runContext = runContext;
    this.#tasks = new CheckTasks(runContext, name, async (request) => {
      const exchange = await runContext.environment.send({ ...request, sentFor: name });
      if (exchange.id !== unsentId) this.exchanges.push(exchange);
      return exchange;
    });
  }

  /** @param isPatient what is late against advice alone is awaited too: it may never show */
  async run(options: OracleOptions, { isPatient }: { readonly isPatient: boolean }): Promise<void> {
    const advised = { ...options, waived: new Set([...(options.waived ?? []), ...advice]) };
    const awaited = () => {
      const isLate = isPatient && !isFair(this.exchanges, options) && isFair(this.exchanges, advised);
      return awaitedUntil(this.exchanges, isLate ? advised : options);
    };
    try {
      for (const step of this.script) await this.#do(step);
      if (this.#acted && isFair(this.exchanges, options)) await this.#wait(lastLookMs);
      await this.#look();
      for (let untilMs = awaited(); untilMs !== undefined; untilMs = awaited()) {
        await this.#wait(Math.min(pollMs * 2, Math.max(pollMs, untilMs - this.#nowMs() + 1)));
        await this.#look();
        if (this.#nowMs() > untilMs + pollMs) break;
      }
    } catch (error) {
      if (!(error instanceof CutShort)) throw error; // what was done until then is judged
    } finally {
      await this.#tasks.remove();
    }
  }

  #nowMs(): number {
    return this.#runContext.environment.now().latestMs;
  }

  /** By a list, where the script has one, and by reads. */
  async #look(): Promise<void> {
    if (this.script.some((step) => step.do === 'list')) await this.#send(list());
    await Promise.all([...this.#made.values()].map(({ task }) => this.#send(read(task))));
  }

  async #wait(ms: number): Promise<void> {
    const { environment, cutShort } = this.#runContext;
    if (cutShort.aborted) throw new CutShort();
    await environment.wait(ms, cutShort);
  }

  #send(request: Request): Promise<Exchange> {
    if (this.#runContext.cutShort.aborted) throw new CutShort();
    return this.#tasks.requester.send(request);
  }

  /** A step that the provisioner can't do, or that the control protocol forbids there, is left out. */
  async #do(step: ScriptStep): Promise<void> {
    try {
      if (step.do === 'together') await Promise.all(step.steps.map((one) => this.#do(one)));
      else if (step.do === 'wait') await this.#wait(step.seconds * 1000);
      else if (step.do === 'list') await this.#send(list(loginOf(step)));
      else if (step.do === 'create') await this.#create(step);
      else await this.#onTask(step, this.#made.get(step.task));
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof LostRace)) throw error;
    }
  }

  async #create({
    task: number,
    phase,
    ttl,
    cancelFails,
  }: Extract<ScriptStep, { do: 'create' }>): Promise<void> {
    const earlier = this.#made.get(number);
    if (earlier && !earlier.removed) return;
    if (this.#runContext.cutShort.aborted) throw new CutShort();
    const wish = {
      ...(ttl === undefined ? {} : { resultTtlS: Number(ttl) }),
      ...(cancelFails ? { cancelFails } : {}),
      ...(earlier ? { id: earlier.task.id } : {}),
    };
    const task = await this.#tasks.provision(phase, wish);
    this.#made.set(number, { task, frozen: false, agedUnfinished: false, removed: false });
  }

  async #onTask(step: StepOnTask, made: ScriptTask | undefined): Promise<void> {
    if (!made) return;
    const { task } = made;
    const { moves, ages } = this.#tasks.provisioner;
    const phase = task.history.at(-1)?.phase ?? 'queued';
    const hasEnded = phase === 'finished' || phase === 'failed';
    if (step.do === 'read') {
      const { verbose, ttl } = step;
      await this.#send(
        read(task, {
          ...loginOf(step),
          ...(verbose === undefined ? {} : { verbose }),
          ...(ttl === undefined ? {} : { ttl }),
        }),
      );
    } else if (step.do === 'get-cancel') {
      this.#acted = true;
      await this.#send(cancelByGet(task));
    } else if (step.do === 'cancel') {
      this.#acted = true;
      const { force } = step;
      const { response, lost } = await this.#send(
        cancel(task, { ...loginOf(step), ...(force === undefined ? {} : { force }) }),
      );
      if (lost !== undefined || ![401, 404, 406, 409].includes(response?.status ?? 0)) made.frozen = true;
    } else if (made.removed) {
      return;
    } else if (step.do === 'remove') {
      if (this.#tasks.provisioner.name === 'control') made.removed = await this.#tasks.removeNow(task);
    } else if (step.do === 'move') {
      const isForward = phases.indexOf(step.phase) > phases.indexOf(phase) && !hasEnded;
      const ends = step.phase === 'finished' || step.phase === 'failed';
      if (!moves || made.frozen || !isForward || (ends && made.agedUnfinished)) return;
      made.frozen = true; // until the answer says that it has moved
      made.task = this.#tasks.keep(await moves.move(task, step.phase));
      made.frozen = false;
    } else if (ages) {
      if (!hasEnded && !made.frozen) made.agedUnfinished = true;
      made.task = this.#tasks.keep(await ages.age(task, step.seconds));
    }
  }
}

type StepOnTask = Extract<ScriptStep, { readonly task: number }> & {
  readonly do: 'read' | 'cancel' | 'get-cancel' | 'move' | 'age' | 'remove';
};

const loginOf = ({ credentials }: Extract<ScriptStep, { do: 'read' | 'cancel' | 'list' }>) =>
  credentials === undefined ? {} : { credentials };
