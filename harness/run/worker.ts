/** One thread of a worker pool: executes the runs that it is given, beside each other, on real targets. */
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { shortener } from '../http/bodies.ts';
import type { Carrier } from '../http/client.ts';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { adaptiveLimit } from '../http/in-flight-limit.ts';
import { livenessMonitor, lockout } from '../http/liveness.ts';
import { redactor } from '../http/redaction.ts';
import type { Target } from '../http/target.ts';
import type { Exchange, RecordedResponse } from '../model/exchange.ts';
import { concurrencyOn, inFlightAtFirst } from '../model/settings.ts';
import { provisionerFor } from '../provision/choice.ts';
import { guarding, readingOnly, telling } from '../provision/guard.ts';
import { continueResourceLog } from '../provision/resource-log-file.ts';
import { type Contract, loadContract } from './contract.ts';
import { journalTo } from './journal.ts';
import type { RunPlan } from './plan.ts';
import { Runner } from './runner.ts';
import type { MessageFromWorker, MessageToWorker, WorkerStart } from './worker-pool.ts';

/** A run of this thread, from its message until its end. */
interface ExecutedRun {
  readonly interrupt: AbortController;
  /** Requests of the control protocol that the caller has not answered yet. */
  readonly calls: Map<number, (response: RecordedResponse) => void>;
}

type Tell = (message: MessageFromWorker) => void;

/** Executes the runs that come by messages. Each edition is loaded once, the first before any run comes. */
function serve(port: MessagePort, { contract: first }: WorkerStart): void {
  const tell: Tell = (message) => port.postMessage(message);
  const executed = new Map<string, ExecutedRun>();
  const contracts = new Map<string | undefined, Promise<Contract>>();
  const contractOf = (named: string | undefined): Promise<Contract> => {
    const known = contracts.get(named) ?? loadContract(named);
    contracts.set(named, known);
    return known;
  };
  const run = async (plan: RunPlan): Promise<void> => {
    const { tag } = plan;
    const started: ExecutedRun = { interrupt: new AbortController(), calls: new Map() };
    executed.set(tag, started);
    const onLines = (lines: string): void => tell({ type: 'events', tag, lines });
    const accidents: string[] = [];
    try {
      await execute(plan, await contractOf(plan.contract), started, onLines, tell);
    } catch (error) {
      accidents.push(error instanceof Error ? error.message : String(error));
    }
    executed.delete(tag);
    tell({ type: 'over', tag, accidents });
  };
  contractOf(first).catch(() => {}); // a run that needs this edition reports what is wrong with it
  port.on('message', (message: MessageToWorker) => {
    const { tag } = message;
    if (message.type === 'run') void run(message.plan);
    if (message.type === 'ping') tell({ type: 'pong', tag });
    if (message.type === 'interrupt') executed.get(tag)?.interrupt.abort();
    if (message.type === 'control answer') {
      executed.get(tag)?.calls.get(message.call)?.(message.response);
      executed.get(tag)?.calls.delete(message.call);
    }
  });
}

/** Carries requests of the control protocol to the thread that started the run. */
function callerCarrier(tag: string, calls: ExecutedRun['calls'], tell: Tell): Carrier {
  let last = 0;
  return (call) => {
    const number = ++last;
    const { promise, resolve } = Promise.withResolvers<RecordedResponse>();
    calls.set(number, resolve);
    tell({ type: 'control call', tag, number, call });
    return { answer: promise, abandon: () => calls.delete(number) };
  };
}

const lockedOut = ({ login, url }: Target): string =>
  `${url.host} refused the login of ${login?.user} twice (401). Nothing more was sent, because five refusals lock an account. Check whether the password has changed`;

/** Runs the checks of a plan: its environment, its provisioner, its journal and its end. */
async function execute(
  plan: RunPlan,
  { book, register, validators }: Contract,
  { interrupt, calls }: ExecutedRun,
  onLines: (lines: string) => void,
  tell: Tell,
): Promise<void> {
  const { provision, settings, tag, readsOnly } = plan;
  const redact = redactor(plan.target);
  const journal = journalTo(plan.journal, redact, onLines, (why) => runner.cutShort(why, 'harness'));
  const shortened = shortener();
  const recorded: Exchange[] = [];
  const target: Target = { ...plan.target, url: new URL(plan.target.url) };
  const alive = livenessMonitor((reason) => runner.cutShort(reason, 'target'));
  // A mock has no accounts to lock, and one that refuses at random must be found to do so.
  const isMock = provision.name === 'control';
  const mostInFlight = concurrencyOn(isMock, settings);
  const cut = new AbortController();
  const { resourceLog, close: closeResourceLog } = continueResourceLog(plan.resourceLog);
  const byCaller = provision.name === 'control' && provision.byCaller === true;
  const environment = httpEnvironment({
    target,
    clock: realClock(),
    timeoutMs: settings.timeoutS * 1000,
    concurrency: isMock ? adaptiveLimit(inFlightAtFirst, mostInFlight) : mostInFlight,
    ...(settings.maxRps === undefined ? {} : { maxRps: settings.maxRps }),
    ...(isMock ? {} : { lockout: lockout(2, () => runner.cutShort(lockedOut(target), 'target')) }),
    over: cut.signal,
    ...(byCaller ? { carryControl: callerCarrier(tag, calls, tell) } : {}),
    guard: telling(readsOnly ? readingOnly : guarding(resourceLog), (why) => runner.cutShort(why, 'harness')),
    record: (exchange) => {
      const kept = shortened(exchange);
      recorded.push(kept);
      journal.record({ type: 'exchange', exchange: kept });
      alive(exchange);
    },
  });
  const runner = new Runner({
    book,
    register,
    selection: plan.selection,
    runContext: {
      environment,
      provisioner: provisionerFor(provision, {
        send: environment.send,
        newId: randomUUID,
        wait: (ms) => environment.wait(ms, cut.signal),
        hold: (id) => resourceLog.enter({ type: 'given task', id }),
      }),
      settings,
      validators,
      tag,
      resourceLog,
      readsOnly,
      authenticates: target.login !== undefined,
    },
    record: journal.record,
    evidence: () => recorded,
    knownFailures: plan.knownFailures,
    over: cut,
  });
  const stall = monitorEventLoopDelay({ resolution: 5 });
  stall.enable();
  const over = new AbortController();
  const { maxDurationS } = settings;
  if (maxDurationS !== undefined) {
    void environment.wait(maxDurationS * 1000, over.signal).then(() => {
      if (!over.signal.aborted)
        runner.cutShort(`the limit of --max-duration-s ${maxDurationS} was reached`, 'time');
    });
  }
  const onInterrupt = (): void => runner.cutShort('interrupted', 'interrupted');
  if (interrupt.signal.aborted) onInterrupt();
  interrupt.signal.addEventListener('abort', onInterrupt);
  try {
    await runner.run();
  } finally {
    over.abort();
    stall.disable();
    journal.record({ type: 'stall', stallMs: stall.max / 1e6 });
    environment.close();
    journal.close();
    closeResourceLog();
  }
}

if (parentPort) serve(parentPort, workerData);
