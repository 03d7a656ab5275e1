/** Conducts the checks of one run on one real target: its environment, its provisioner, its journal and its end. */
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { shortener } from '../http/bodies.ts';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { livenessMonitor, lockout } from '../http/liveness.ts';
import { redactor, type Target } from '../http/target.ts';
import { concurrencyOn } from '../model/settings.ts';
import { provisionerFor } from '../provision/choice.ts';
import { guarding, readingOnly, telling } from '../provision/guard.ts';
import { resourceLogInMemory } from '../provision/resource-log.ts';
import { continueResourceLog } from '../provision/resource-log-file.ts';
import type { Contract } from './contract.ts';
import { askCaller } from './control-channel.ts';
import { onInterrupt } from './interruption.ts';
import { journalTo } from './journal.ts';
import type { RunPlan } from './plan.ts';
import { Runner } from './runner.ts';

export interface StartedRun {
  readonly runner: Runner;
  /** Every check has its record, the tasks are given back, and the journal is closed. */
  readonly done: Promise<void>;
}

const lockedOut = ({ login, url }: Target): string =>
  `${url.host} refused the login of ${login?.user} twice (401): nothing more was asked, for five lock an account; was its password changed?`;

const noJournal = { record: () => {}, close: () => {} };

/** Starts the checks; a run may be one of many in a process. */
export function conduct(plan: RunPlan, { book, register, validators }: Contract): StartedRun {
  const redact = redactor(plan.target.login);
  const journal = plan.journal === undefined ? noJournal : journalTo(plan.journal, redact);
  const shortened = shortener(redact);
  const stall = monitorEventLoopDelay({ resolution: 5 });
  const target: Target = { ...plan.target, url: new URL(plan.target.url) };
  const alive = livenessMonitor((reason) => runner.cutShort(reason, 'target'));
  // A mock has no accounts to lock, and one that refuses at random is to be convicted of it.
  const isMock = plan.provision.name === 'control';
  const cut = new AbortController();
  const { resourceLog, close: closeResourceLog } =
    plan.resourceLog === undefined
      ? { resourceLog: resourceLogInMemory(plan.tag), close: () => {} }
      : continueResourceLog(plan.resourceLog);
  const caller =
    plan.provision.name === 'control' && plan.provision.byCaller ? askCaller(plan.tag) : undefined;
  const environment = httpEnvironment({
    target,
    clock: realClock(),
    timeoutMs: plan.settings.timeoutS * 1000,
    concurrency: concurrencyOn(isMock, plan.settings),
    ...(plan.settings.maxRps === undefined ? {} : { maxRps: plan.settings.maxRps }),
    ...(isMock ? {} : { lockout: lockout(2, () => runner.cutShort(lockedOut(target), 'target')) }),
    over: cut.signal,
    ...(caller ? { carryControl: caller.carry } : {}),
    guard: telling(plan.readsOnly ? readingOnly : guarding(resourceLog), (why) =>
      runner.cutShort(why, 'harness'),
    ),
    record: (exchange) => {
      journal.record({ type: 'exchange', exchange: shortened(exchange) });
      alive(exchange);
    },
  });
  const runner = new Runner({
    book,
    register,
    validators,
    selection: plan.selection,
    runContext: {
      environment,
      provisioner: provisionerFor(plan.provision, {
        send: environment.send,
        newId: randomUUID,
        wait: (ms) => environment.wait(ms, cut.signal),
        hold: (id) => resourceLog.enter({ type: 'given task', id }),
      }),
      settings: plan.settings,
      tag: plan.tag,
      resourceLog,
      readsOnly: plan.readsOnly,
      authenticates: target.login !== undefined,
    },
    record: journal.record,
    over: cut,
  });
  stall.enable();
  const over = new AbortController();
  const { maxDurationS } = plan.settings;
  if (maxDurationS !== undefined) {
    void environment.wait(maxDurationS * 1000, over.signal).then(() => {
      if (!over.signal.aborted)
        runner.cutShort(`the time of --max-duration-s ${maxDurationS} s is up`, 'time');
    });
  }
  const interruption = onInterrupt(plan.tag, () => runner.cutShort('interrupted', 'interrupted'));
  const done = runner.run().finally(() => {
    interruption.close();
    over.abort();
    stall.disable();
    journal.record({ type: 'stall', stallMs: stall.max / 1e6 });
    environment.close();
    caller?.close();
    journal.close();
    closeResourceLog();
  });
  return { runner, done };
}
