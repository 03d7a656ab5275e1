/**
 * The suites as vitest tests: a clause is a `describe`, a case is a test. The conductor runs all of them at once from
 * the first file on; a test only waits for its record. This is the one place that knows vitest from inside.
 */
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, describe, inject, test } from 'vitest';
import { loadRegister } from '../spec/register.ts';
import { loadValidators } from '../spec/validators.ts';
import { type Check, readSuites, showBlocksTo } from './clause.ts';
import { realClock } from './clock.ts';
import { Conductor } from './conductor.ts';
import { onInterrupt } from './interruption.ts';
import { journalTo } from './journal.ts';
import { continueLedger } from './ledger/file.ts';
import { guarding, readingOnly, telling } from './ledger/guard.ts';
import { ledgerInMemory } from './ledger/ledger.ts';
import type { RunPlan } from './plan.ts';
import { planFromEnvironment } from './plan-from-environment.ts';
import { provisionerFor } from './provision/choice.ts';
import { lockoutGuard, pulse } from './pulse.ts';
import { shortener } from './shortened.ts';
import { suiteFiles } from './suites.ts';
import { redactor, type Target } from './target.ts';
import type { CheckRecord } from './verdict.ts';
import { httpWorld } from './world.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where vitest was started by itself. */
    plan: RunPlan | undefined;
  }
  interface TaskMeta {
    check?: CheckRecord;
  }
}

const noJournal = { record: () => {}, close: () => {} };

let presenting: Promise<void> | undefined;

/** Shows the suites to vitest, and starts their checks. Called for each file; it does its work once. */
export async function present(): Promise<void> {
  presenting ??= start();
  await presenting;
}

async function start(): Promise<void> {
  const book = await readSuites(suiteFiles);
  const plan: RunPlan = inject('plan') ?? (await planFromEnvironment([...book.keys()]));
  const register = loadRegister();
  const redact = redactor(plan.target.login);
  const journal = plan.journal === undefined ? noJournal : journalTo(plan.journal, redact);
  const shortened = shortener(redact);
  const stall = monitorEventLoopDelay({ resolution: 5 });
  const target: Target = { ...plan.target, url: new URL(plan.target.url) };
  const alive = pulse((reason) => conductor.cutShort(reason, 'target'));
  // A mock has no accounts to lock, and one that refuses at random is to be convicted of it.
  const isMock = plan.provision.name === 'control';
  const guard = isMock ? () => {} : lockoutGuard((reason) => conductor.cutShort(reason, 'target'));
  const cut = new AbortController();
  const { ledger, close: closeLedger } =
    plan.ledger === undefined
      ? { ledger: ledgerInMemory(plan.tag), close: () => {} }
      : continueLedger(plan.ledger);
  const world = httpWorld({
    target,
    clock: realClock(),
    timeoutMs: plan.settings.timeoutS * 1000,
    concurrency: isMock ? 16 : 4, // fewer than the bad logins that lock an account
    over: cut.signal,
    guard: telling(plan.readsOnly ? readingOnly : guarding(ledger), (why) =>
      conductor.cutShort(why, 'harness'),
    ),
    record: (exchange) => {
      journal.record({ type: 'exchange', exchange: shortened(exchange) });
      alive(exchange);
      guard(exchange);
    },
  });
  const conductor = new Conductor({
    book,
    register,
    validators: loadValidators(),
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
    journal.close();
    closeLedger();
  });
  showBlocksTo((id) => {
    describe(`${id}: ${register.byId.get(id)?.statement ?? ''}`, () => {
      for (const check of book.get(id) ?? []) presentCheck(check, conductor);
      afterAll(() => done);
    });
  });
}

function presentCheck(check: Check, conductor: Conductor): void {
  const record = conductor.recordOf(check);
  if (!record) return;
  test.concurrent(check.name, { timeout: 0 }, async ({ task, skip, signal }) => {
    signal.addEventListener('abort', () => conductor.cutShort('interrupted', 'interrupted'), { once: true });
    const found = await record;
    task.meta.check = found;
    if (found.verdict === 'fail') throw new Failure(found.reason);
    if (found.verdict === 'skip') skip(found.reason);
    if (found.verdict === 'inconclusive') skip(`inconclusive: ${found.reason}`);
  });
}

/** A finding, not an accident: the reason is all, a stack would only hide it. */
class Failure extends Error {
  override readonly name = 'Finding';
  override readonly stack = '';
}
