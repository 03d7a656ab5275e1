/**
 * The engine: it tests one target once. A request in; events while it runs, and the whole log of the run in the end. The
 * checks run in a worker; this side prepares the target before them and cleans it up after them.
 */
import { join } from 'node:path';
import { realClock } from '../http/clock.ts';
import { type Environment, httpEnvironment } from '../http/environment.ts';
import { findLeader } from '../http/leader.ts';
import { redactor, weakSecretWarning } from '../http/redaction.ts';
import type { Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import type { RunEvent } from '../model/report.ts';
import type { Settings } from '../model/settings.ts';
import { assertTasks, type ProvisionPlan, provisionerFor } from '../provision/choice.ts';
import { answersOf, offeredBy } from '../provision/control.ts';
import { releaseLine, releasesIn, showNodes } from '../provision/databases.ts';
import { readingOnly } from '../provision/guard.ts';
import { type Preflight, preflight } from '../provision/preflight.ts';
import type { Requester } from '../provision/provisioner.ts';
import { nothingLeft } from '../provision/resource-log-file.ts';
import { powersOf, whyOutOfPower } from './explore.ts';
import { parseScript } from './explore-script.ts';
import { eventsIn, isJournalCut, journalName, journalTo, type RunLog, startJournal } from './journal.ts';
import {
  chosenProvision,
  newTag,
  type ProvisionChoice,
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
  removeLeftTasks,
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
  /** Is called where tasks come by `/v1/crdbs`, before the first check, with what an operation there takes. */
  readonly onTimed?: (operationMs: number) => Promise<void>;
}

/**
 * Tests a target once.
 * @returns its log; undefined where it was interrupted before it began
 * @throws {UserError} exit 2 or 3, before anything was tested
 */
export async function runTarget(request: RunRequest, caller: RunCaller): Promise<RunLog | undefined> {
  const { options, settings, folder, own, scope } = request;
  const { pool, interrupt, warn, onEvents = () => {}, onBegin = () => {}, onTimed } = caller;
  const wanted = own ? 'none' : wantedProvision(options);
  const { target, passedOver, ...found } = await findLeader(request.target, (node) =>
    runPreflight(node, settings, wanted === undefined || wanted === 'control'),
  );
  const weak = weakSecretWarning(target);
  if (weak !== undefined) warn(weak);
  if (found.listed === 404)
    warn(
      `Warning: ${target.url.origin} answered 404 to ${target.url.pathname.replace(/\/$/, '')}/v1/crdb_tasks. If it has that list, correct the path in --target: it is what comes before /v1.`,
    );
  for (const line of passedOver) warn(line);
  if (passedOver.length > 0) warn(`The run is on ${target.url.origin} alone.`);
  const choice = own
    ? { name: 'control' as const, offered: offeredBy(own), byCaller: true as const }
    : chosenProvision(options, wanted, found, target);
  if (choice.name !== 'control' && target.login) {
    const nodes = await beforeRun(target, settings, (environment) => environment.send(showNodes()));
    const line = releaseLine(releasesIn(nodes), request.scope.contract.edition.name);
    if (line !== undefined) warn(line);
  }
  if (choice.name === 'fixed' || choice.name === 'command') {
    const gap = await beforeRun(target, settings, ({ send }) =>
      assertTasks(choice, { ...noRequester, send }),
    );
    if (gap !== undefined) warn(gap);
  }
  if (interrupt.aborted) return undefined;
  const tag = newTag();
  const resources: RunResources = {
    target,
    tag,
    folder,
    timeoutMs: settings.timeoutS * 1000,
    ...paced(settings),
    interrupt,
    warn,
  };
  const journal = join(folder, journalName);
  const { nowMs } = realClock();
  let beganMs = 0;
  beginResources(resources, choice.name === 'fixed' ? Object.values(choice.ids).flat() : []);
  const events: RunEvent[] = [];
  const accidents: string[] = [];
  try {
    if (choice.name === 'control' && !own) await insistOnProtocol(resources, choice.offered);
    const provision = choice.name === 'crdbs' ? await provisionDatabase(resources, options) : choice;
    if (interrupt.aborted) return undefined;
    if (provision.name === 'crdbs' && 'guids' in provision.testDatabase) {
      const { operationMs } = provision.testDatabase;
      if (operationMs !== undefined) await onTimed?.(operationMs);
    }
    if (settings.replay !== undefined) assertReplayable(settings.replay, provision, request);
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
    onBegin();
    startJournal(journal, started);
    events.push(started);
    beganMs = nowMs();
    const plan: RunPlan = {
      target: { ...target, url: target.url.href },
      provision,
      settings,
      ...(options.contract === undefined ? {} : { contract: options.contract }),
      tag,
      selection: scope.selection,
      knownFailures: started.expected?.entries.map(({ clause }) => clause) ?? [],
      readsOnly: options.readOnly === true || provision.name === 'none',
      resourceLog: resourceLogIn(folder),
      journal,
    };
    const broken = await pool.run(plan, {
      interrupt,
      onEvents(batch) {
        for (const event of batch) events.push(event);
        onEvents(batch);
      },
      ...(own ? { answerControl: answersOf(own, warn) } : {}),
    });
    accidents.push(...broken);
  } finally {
    const left = await cleanUp(resources, choice, accidents.length > 0 ? 'worker failed' : events.length > 0);
    if (events.length === 0) for (const line of left) warn(line); // there will be no report
    accidents.push(...left);
  }
  const [started] = events;
  if (started?.type !== 'started') throw new TypeError('a run begins with its start');
  const closed: RunEvent = { type: 'closed', durationMs: Math.round(nowMs() - beganMs), accidents };
  if (isJournalCut(events)) return { started, events: [...events, closed] };
  const end = journalTo(journal, redactor(target), (line) => events.push(...eventsIn(line)));
  end.record(closed);
  end.close();
  return { started, events };
}

/**
 * Removes what the run left; of a mock, what the worker could not remove because it failed itself.
 * @returns what is left on the target, a line each
 */
async function cleanUp(
  resources: RunResources,
  choice: ProvisionChoice,
  ran: boolean | 'worker failed',
): Promise<readonly string[]> {
  if (!ran && nothingLeft(resourceLogIn(resources.folder))) return [];
  if (choice.name === 'crdbs') return cleanUpRun(resources);
  if (choice.name !== 'control' || choice.byCaller) return [];
  if (ran === 'worker failed') await removeLeftTasks(resources);
  warnOfLeftTasks(resources);
  return [];
}

/** @throws {UserError} exit 2: the script has a step that the provisioner can't do */
function assertReplayable(
  replay: string,
  provision: ProvisionPlan,
  { options, settings, target }: RunRequest,
): void {
  const provisioner = provisionerFor(provision, noRequester);
  const readsOnly = options.readOnly === true || provision.name === 'none';
  const powers = powersOf({ provisioner, settings, readsOnly, authenticates: target.login !== undefined });
  const why = whyOutOfPower(parseScript(replay), provision.name, powers);
  if (why === undefined) return;
  throw new UserError(
    `--replay can’t be run on this target: ${why}.`,
    'Leave that step out, or use --provision control on a target that speaks the control protocol.',
    2,
  );
}

/** For a provisioner that is only asked for its capabilities. */
const noRequester: Requester = {
  send: () => Promise.reject(new Error('this provisioner sends nothing')),
  newId: () => 'none',
  hold: () => {},
  wait: async () => {},
};

/** Asks a target whether it can be tested. @throws {UserError} exit 3: it can't */
export const runPreflight = (target: Target, settings: Settings, seeksControl: boolean): Promise<Preflight> =>
  beforeRun(target, settings, (environment) => preflight(environment, target, seeksControl));

/** Asks a target something before its run, only reading. */
async function beforeRun<Found>(
  target: Target,
  settings: Settings,
  ask: (environment: Pick<Environment, 'send'>) => Promise<Found>,
): Promise<Found> {
  const environment = httpEnvironment({
    target,
    clock: realClock(),
    timeoutMs: settings.timeoutS * 1000,
    concurrency: 1,
    ...paced(settings),
    guard: readingOnly,
    endsAtSilence: true,
    record: () => {}, // before the run there is no record yet
  });
  try {
    return await ask(environment);
  } finally {
    environment.close();
  }
}

const paced = ({ maxRps }: Settings): Pick<Settings, 'maxRps'> => (maxRps === undefined ? {} : { maxRps });
