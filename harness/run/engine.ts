/**
 * The engine: it tests one target once. A request in; events while it runs, and the whole log of the run in the end. The
 * checks run in a worker; this side prepares the target before them and cleans it up after them.
 */
import { join } from 'node:path';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { findLeader } from '../http/leader.ts';
import { redactor, weakSecretWarning } from '../http/redaction.ts';
import type { Target } from '../http/target.ts';
import type { RunEvent } from '../model/report.ts';
import type { Settings } from '../model/settings.ts';
import { type ProvisionPlan, provisionerFor } from '../provision/choice.ts';
import { answersOf, offeredBy } from '../provision/control.ts';
import { readingOnly } from '../provision/guard.ts';
import { type Preflight, preflight } from '../provision/preflight.ts';
import type { Requester } from '../provision/provisioner.ts';
import { journalName, journalTo, type RunLog, startJournal } from './journal.ts';
import {
  chosenProvision,
  newTag,
  type RunPlan,
  type RunRequest,
  startedEvent,
  wantedProvision,
} from './plan.ts';
import {
  beginResources,
  cleanUpRun,
  insistOnProtocol,
  provisionDatabase,
  type RunResources,
  resourceLogIn,
  warnOfLeftTasks,
} from './resources.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Where a run is executed, and who follows it. */
export interface RunCaller {
  readonly pool: WorkerPool;
  /** Ends the run early: what is done stays, and tasks are removed. */
  readonly interrupt: AbortSignal;
  /** Takes one line for a person. */
  readonly warn: (line: string) => void;
  /** Is given the events since the last call, a few times a second. */
  readonly onEvents?: (events: readonly RunEvent[]) => void;
  /** Is called once the target answers, just before the journal begins. */
  readonly onBegin?: () => void;
}

/**
 * Tests a target once.
 * @returns its log; undefined where it was interrupted before it began
 * @throws {UserError} exit 2 or 3, before anything was tested
 */
export async function runTarget(request: RunRequest, caller: RunCaller): Promise<RunLog | undefined> {
  const { options, settings, folder, own, scope } = request;
  const { pool, interrupt, warn, onEvents = () => {}, onBegin = () => {} } = caller;
  const wanted = own ? 'none' : wantedProvision(options);
  const { target, passedOver, ...found } = await findLeader(request.target, (node) =>
    runPreflight(node, settings, wanted === undefined || wanted === 'control'),
  );
  const weak = weakSecretWarning(target);
  if (weak !== undefined) warn(weak);
  for (const line of passedOver) warn(line);
  if (passedOver.length > 0) warn(`The run is on ${target.url.origin} alone.`);
  const choice = own
    ? { name: 'control' as const, offered: offeredBy(own), byCaller: true as const }
    : chosenProvision(options, wanted, found, target);
  if (interrupt.aborted) return undefined;
  const tag = newTag();
  onBegin();
  const resources: RunResources = {
    target,
    tag,
    folder,
    timeoutMs: settings.timeoutS * 1000,
    ...paced(settings),
    interrupt,
    warn,
  };
  beginResources(resources, choice.name === 'fixed' ? Object.values(choice.ids).flat() : []);
  if (choice.name === 'control' && !own) await insistOnProtocol(resources, choice.offered);
  const provision = choice.name === 'crdbs' ? await provisionDatabase(resources, options.crdb) : choice;
  if (interrupt.aborted) {
    await cleanUpRun(resources);
    return undefined;
  }
  const redact = redactor(target);
  const started = startedEvent(
    request,
    {
      url: target.url.href,
      server: found.server,
      provisioner: provision.name,
      capabilities: provisionerFor(provision, noRequester).capabilities,
      ...(target.proxy ? { proxy: target.proxy } : {}),
    },
    tag,
  );
  const journal = join(folder, journalName);
  startJournal(journal, started);
  const { nowMs } = realClock();
  const plan: RunPlan = {
    target: { ...target, url: target.url.href },
    provision,
    settings,
    ...(options.contract === undefined ? {} : { contract: options.contract }),
    tag,
    selection: scope.selection,
    readsOnly: options.readOnly === true || provision.name === 'none',
    resourceLog: resourceLogIn(folder),
    journal,
  };
  const events: RunEvent[] = [started];
  let left: readonly string[] = [];
  const accidents = await pool
    .run(plan, {
      interrupt,
      onEvents(batch) {
        for (const event of batch) events.push(event);
        onEvents(batch);
      },
      ...(own ? { answerControl: answersOf(own, warn) } : {}),
    })
    .finally(async () => {
      left = await cleanUp(resources, provision, own !== undefined);
    });
  const end = journalTo(journal, redact, (line) => events.push(JSON.parse(line)));
  end.record({ type: 'closed', durationMs: Math.round(nowMs()), accidents: [...accidents, ...left] });
  end.close();
  return { started, events };
}

async function cleanUp(
  resources: RunResources,
  provision: ProvisionPlan,
  byCaller: boolean,
): Promise<readonly string[]> {
  if (provision.name === 'crdbs') return cleanUpRun(resources);
  if (provision.name === 'control' && !byCaller) warnOfLeftTasks(resources);
  return [];
}

/** For a provisioner that is only asked for its capabilities. */
const noRequester: Requester = {
  send: () => Promise.reject(new Error('this provisioner sends nothing')),
  newId: () => 'none',
  hold: () => {},
  wait: async () => {},
};

/** Asks a target whether it can be tested. @throws {UserError} exit 3: it can't */
export async function runPreflight(
  target: Target,
  settings: Settings,
  seeksControl: boolean,
): Promise<Preflight> {
  const environment = httpEnvironment({
    target,
    clock: realClock(),
    timeoutMs: settings.timeoutS * 1000,
    concurrency: 1,
    repeatsUnanswered: false, // a user waits for the first word
    ...paced(settings),
    guard: readingOnly,
    record: () => {}, // before the run there is no record yet
  });
  try {
    return await preflight(environment, target, seeksControl);
  } finally {
    environment.close();
  }
}

const paced = ({ maxRps }: Settings): Pick<Settings, 'maxRps'> => (maxRps === undefined ? {} : { maxRps });
