/**
 * Threads that execute runs, many in each: a run mostly waits. A fault that ends a thread ends only the runs in it, and
 * the next run gets a fresh one. Everything between a run and its caller goes by the messages below.
 */
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Call } from '../http/client.ts';
import type { RecordedResponse } from '../model/exchange.ts';
import type { RunEvent } from '../model/report.ts';
import type { ControlAnswers } from '../provision/control.ts';
import { eventsIn } from './journal.ts';
import type { RunPlan } from './plan.ts';

export type MessageToWorker =
  | { readonly type: 'run'; readonly tag: string; readonly plan: RunPlan }
  | { readonly type: 'interrupt'; readonly tag: string }
  /** Asks whether the thread still handles messages; `tag` is that of any run. */
  | { readonly type: 'ping'; readonly tag: string }
  | {
      readonly type: 'control answer';
      readonly tag: string;
      readonly call: number;
      readonly response: RecordedResponse;
    };

export type MessageFromWorker =
  /** Lines of the journal: a text is handed over faster than objects. */
  | { readonly type: 'events'; readonly tag: string; readonly lines: string }
  /** A request of the control protocol, to a provisioner of the caller's own. */
  | { readonly type: 'control call'; readonly tag: string; readonly number: number; readonly call: Call }
  | { readonly type: 'pong'; readonly tag: string }
  /** The run is over. `accidents`: what broke in the program itself, one line each. */
  | { readonly type: 'over'; readonly tag: string; readonly accidents: readonly string[] };

/** What a thread is started with. */
export interface WorkerStart {
  /** The edition that is loaded before the first run comes. */
  readonly contract?: string | undefined;
}

export interface RunListener {
  /** Ends the run early. */
  readonly interrupt: AbortSignal;
  /** Is given the events since the last call. */
  readonly onEvents: (events: readonly RunEvent[]) => void;
  /** Answers requests of the control protocol in the target's place. */
  readonly answerControl?: ControlAnswers;
}

export interface WorkerPool extends AsyncDisposable {
  /**
   * Executes a run; its events go to the journal of the plan and to the listener, also when it is interrupted.
   * @returns what broke in the program itself, one line each; empty where nothing did
   */
  run(plan: RunPlan, listener: RunListener): Promise<readonly string[]>;
}

/** Makes the pool of a run. */
export type WorkerPoolMaker = (threads: number, start: WorkerStart) => WorkerPool;

/** How often a thread is asked whether it still handles messages. */
const pingMs = 1000;
/** So many questions without an answer end a thread: it computes without end. After an interrupt, fewer do. */
const mostUnanswered = 60;
const mostAfterInterrupt = 10;

/** Node runs TypeScript in a checkout and JavaScript in the package. */
const workerFile = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Room for several runs at their limits of what is read. Without it a heap grows as large as the machine lets it. */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 24 };

/** A thread has a compile cache only where its environment names one: the cache of this process. */
function workerEnv(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir(); // of this version of Node, in the one that the variable names
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) };
}

/**
 * @param threads as many as may work at the same time; the first starts at once, the others when they are needed
 * @param script what each of them runs
 */
export function workerPool(
  threads: number,
  start: WorkerStart = {},
  script = workerFile,
  everyMs = pingMs,
): WorkerPool {
  const pool = Array.from({ length: threads }, () => new Thread(script, start, everyMs));
  pool[0]?.warmUp();
  return {
    run: (plan, listener) =>
      pool.reduce((best, one) => (one.runs < best.runs ? one : best)).run(plan, listener),
    async [Symbol.asyncDispose]() {
      await Promise.all(pool.map((one) => one.end()));
    },
  };
}

interface ExecutedRun extends RunListener {
  readonly over: PromiseWithResolvers<readonly string[]>;
}

class Thread {
  readonly #script: URL;
  readonly #start: WorkerStart;
  readonly #executed = new Map<string, ExecutedRun>();
  readonly #everyMs: number;
  #worker: Worker | undefined;
  /** Questions since the last message of the worker; undefined until its first one: it loads its modules. */
  #unanswered: number | undefined;

  constructor(script: URL, start: WorkerStart, everyMs: number) {
    this.#script = script;
    this.#start = start;
    this.#everyMs = everyMs;
  }

  get runs(): number {
    return this.#executed.size;
  }

  /** Starts the thread, unless it runs already. */
  warmUp(): Worker {
    this.#worker ??= this.#started();
    return this.#worker;
  }

  async run(plan: RunPlan, listener: RunListener): Promise<readonly string[]> {
    const { tag } = plan;
    const { interrupt } = listener;
    const over = Promise.withResolvers<readonly string[]>();
    this.#executed.set(tag, { ...listener, over });
    const worker = this.warmUp();
    const tell = (message: MessageToWorker): void => worker.postMessage(message);
    const onInterrupt = (): void => tell({ type: 'interrupt', tag });
    tell({ type: 'run', tag, plan });
    if (interrupt.aborted) onInterrupt();
    interrupt.addEventListener('abort', onInterrupt);
    try {
      return await over.promise;
    } finally {
      interrupt.removeEventListener('abort', onInterrupt);
    }
  }

  async end(): Promise<void> {
    const last = this.#worker;
    this.#worker = undefined;
    await last?.terminate();
  }

  #started(): Worker {
    const worker = new Worker(this.#script, { resourceLimits, workerData: this.#start, env: workerEnv() });
    worker.on('message', (message: MessageFromWorker) => this.#take(worker, message));
    worker.on('error', (error) => this.#lose(worker, String(error)));
    worker.on('exit', () => this.#lose(worker, 'it ended unexpectedly'));
    this.#unanswered = undefined;
    const asking = setInterval(() => this.#ask(worker), this.#everyMs).unref();
    worker.on('exit', () => clearInterval(asking));
    return worker;
  }

  /** Asks whether the worker still handles messages, and ends one that does not: it can't be interrupted otherwise. */
  #ask(worker: Worker): void {
    const [tag] = this.#executed.keys();
    if (tag === undefined || this.#worker !== worker) return;
    const isInterrupted = [...this.#executed.values()].some(({ interrupt }) => interrupt.aborted);
    const most = isInterrupted && this.#unanswered !== undefined ? mostAfterInterrupt : mostUnanswered;
    if ((this.#unanswered ?? 0) >= most) {
      this.#lose(worker, `it did not respond for ${(most * this.#everyMs) / 1000} s, and was ended`);
      void worker.terminate();
      return;
    }
    if (this.#unanswered !== undefined) this.#unanswered++;
    const ping: MessageToWorker = { type: 'ping', tag };
    worker.postMessage(ping);
  }

  #take(worker: Worker, message: MessageFromWorker): void {
    const { tag } = message;
    const run = this.#executed.get(tag);
    this.#unanswered = 0;
    if (!run) return;
    if (message.type === 'events') run.onEvents(eventsIn(message.lines));
    if (message.type === 'over') {
      this.#executed.delete(tag);
      run.over.resolve(message.accidents);
    }
    if (message.type === 'control call') {
      const { number, call } = message;
      void run.answerControl?.(call).then((response) => {
        const answer: MessageToWorker = { type: 'control answer', tag, call: number, response };
        worker.postMessage(answer);
      });
    }
  }

  #lose(which: Worker, why: string): void {
    if (this.#worker !== which) return;
    this.#worker = undefined;
    for (const { over } of this.#executed.values()) over.resolve([`the worker of this run failed: ${why}`]);
    this.#executed.clear();
  }
}
