/** Conducts the checks of one run on one real target: its world, its provisioner, its journal and its end. */
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { continueLedger } from '../ledger/file.ts';
import { guarding, readingOnly, telling } from '../ledger/guard.ts';
import { ledgerInMemory } from '../ledger/ledger.ts';
import { concurrencyOn } from '../options/settings.ts';
import { provisionerFor } from '../provision/choice.ts';
import { lockout } from '../target/lockout.ts';
import { redactor, type Target } from '../target/target.ts';
import { realClock } from '../worlds/clock.ts';
import { pulse } from '../worlds/pulse.ts';
import { shortener } from '../worlds/shortened.ts';
import { httpWorld } from '../worlds/world.ts';
import { Conductor } from './conductor.ts';
import type { Contract } from './contract.ts';
import { askCaller } from './control-channel.ts';
import { onInterrupt } from './interruption.ts';
import { journalTo } from './journal.ts';
import type { RunPlan } from './plan.ts';

export interface Conducted {
  readonly conductor: Conductor;
  /** Every check has its record, the tasks are given back, and the journal is closed. */
  readonly done: Promise<void>;
}

const lockedOut = ({ login, url }: Target): string =>
  `${url.host} refused the login of ${login?.user} twice (401): nothing more was asked, for five lock an account; was its password changed?`;

const noJournal = { record: () => {}, close: () => {} };

/** Starts the checks; a run may be one of many in a process. */
export function conduct(plan: RunPlan, { book, register, validators }: Contract): Conducted {
  const redact = redactor(plan.target.login);
  const journal = plan.journal === undefined ? noJournal : journalTo(plan.journal, redact);
  const shortened = shortener(redact);
  const stall = monitorEventLoopDelay({ resolution: 5 });
  const target: Target = { ...plan.target, url: new URL(plan.target.url) };
  const alive = pulse((reason) => conductor.cutShort(reason, 'target'));
  // A mock has no accounts to lock, and one that refuses at random is to be convicted of it.
  const isMock = plan.provision.name === 'control';
  const cut = new AbortController();
  const { ledger, close: closeLedger } =
    plan.ledger === undefined
      ? { ledger: ledgerInMemory(plan.tag), close: () => {} }
      : continueLedger(plan.ledger);
  const caller =
    plan.provision.name === 'control' && plan.provision.byCaller ? askCaller(plan.tag) : undefined;
  const world = httpWorld({
    target,
    clock: realClock(),
    timeoutMs: plan.settings.timeoutS * 1000,
    concurrency: concurrencyOn(isMock, plan.settings),
    ...(plan.settings.maxRps === undefined ? {} : { maxRps: plan.settings.maxRps }),
    ...(isMock ? {} : { lockout: lockout(2, () => conductor.cutShort(lockedOut(target), 'target')) }),
    over: cut.signal,
    ...(caller ? { carryControl: caller.carry } : {}),
    guard: telling(plan.readsOnly ? readingOnly : guarding(ledger), (why) =>
      conductor.cutShort(why, 'harness'),
    ),
    record: (exchange) => {
      journal.record({ type: 'exchange', exchange: shortened(exchange) });
      alive(exchange);
    },
  });
  const conductor = new Conductor({
    book,
    register,
    validators,
    selection: plan.selection,
    stage: {
      world,
      provisioner: provisionerFor(plan.provision, {
        send: world.send,
        newId: randomUUID,
        wait: (ms) => world.wait(ms, cut.signal),
        hold: (id) => ledger.enter({ type: 'given task', id }),
      }),
      settings: plan.settings,
      tag: plan.tag,
      ledger,
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
    void world.wait(maxDurationS * 1000, over.signal).then(() => {
      if (!over.signal.aborted)
        conductor.cutShort(`the time of --max-duration ${maxDurationS} s is up`, 'time');
    });
  }
  const interruption = onInterrupt(plan.tag, () => conductor.cutShort('interrupted', 'interrupted'));
  const done = conductor.run().finally(() => {
    interruption.close();
    over.abort();
    stall.disable();
    journal.record({ type: 'stall', stallMs: stall.max / 1e6 });
    world.close();
    caller?.close();
    journal.close();
    closeLedger();
  });
  return { conductor, done };
}
