/** One run: from its first request to the end of its journal. */
import { join } from 'node:path';
import { journalName, type Told } from '../cli/reports.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { RunOptions } from '../config/options.ts';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { findLeader } from '../http/leader.ts';
import { redactor, type Target } from '../http/target.ts';
import { journalSchema, type Started } from '../model/events.ts';
import { limits, type Settings } from '../model/settings.ts';
import { provisionerFor } from '../provision/choice.ts';
import { answersOf, offeredBy } from '../provision/control.ts';
import { readingOnly } from '../provision/guard.ts';
import { type Preflight, preflight } from '../provision/preflight.ts';
import type { OwnProvisioner, Requester } from '../provision/provisioner.ts';
import { answerControl } from './control-channel.ts';
import { journalTo, readJournal, startJournal } from './journal.ts';
import { judgedBy } from './judged-by.ts';
import { newTag } from './plan.ts';
import { progressOn, silent } from './progress.ts';
import { type Choice, groundOf, onGround, provisionPlan, wantedProvision } from './provision-plan.ts';
import { beginOwning, giveBack, resourceLogIn, tellLeftTasks } from './resources.ts';
import { runSuites } from './run-vitest.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What is tried on which target: the same, however often. */
export interface Trial extends Pick<Started, 'clauses' | 'register' | 'checks' | 'expected'> {
  readonly options: RunOptions;
  readonly target: Target;
  readonly targetName: string;
  /** The clauses that were asked for; their positive controls come along in `clauses`. */
  readonly selection: readonly string[];
  readonly files: readonly URL[];
  /** Conducts it beside others; left out, vitest runs it alone. */
  readonly pool?: WorkerPool;
  /** Makes the tasks, in this process: what `options` say of that counts for nothing. */
  readonly own?: OwnProvisioner;
}

/** What one run of it has for its own. */
export interface Turn {
  readonly settings: Settings;
  readonly folder: string;
  /** Which of how many runs it is, where there are several. */
  readonly repetition?: { readonly run: number; readonly times: number };
  /** Is called once the target is there, just before the journal begins. */
  readonly begin: () => void;
}

/**
 * @returns what its journal holds; undefined where it was interrupted before it began
 * @throws {UserError} exit 2 or 3, before anything was tried
 */
export async function runOnce(trial: Trial, turn: Turn, io: Terminal): Promise<Told | undefined> {
  const { options, clauses, register, checks, selection } = trial;
  const { settings, folder, repetition, begin } = turn;
  const { own } = trial;
  const wanted = own ? 'none' : wantedProvision(options);
  const { target, passedOver, ...found } = await findLeader(trial.target, (node) =>
    runPreflight(node, settings, wanted),
  );
  for (const line of passedOver) io.error(`${line}\n`);
  if (passedOver.length > 0) io.error(`The run is on ${target.url.origin} alone.\n`);
  const choice: Choice = own
    ? { name: 'control', offered: offeredBy(own), byCaller: true }
    : provisionPlan(options, wanted, found, target);
  if (io.interrupt.aborted) return undefined;
  const tag = newTag();
  begin();
  const owning = { target, tag, folder, timeoutMs: settings.timeoutS * 1000, ...paced(settings), io };
  beginOwning(owning, choice.name === 'fixed' ? Object.values(choice.ids).flat() : []);
  const provision = choice.name === 'crdbs' ? await onGround(owning, options.crdb) : choice;
  if (io.interrupt.aborted) {
    await giveBack(owning, groundOf(provision));
    return undefined;
  }
  const started: Started = {
    type: 'started',
    schema: journalSchema,
    target: {
      name: trial.targetName,
      url: target.url.href,
      server: found.server === null ? null : redactor(target.login)(found.server),
      provisioner: provision.name,
      capabilities: provisionerFor(provision, nobody).capabilities,
    },
    run: aboutRun(trial, target, turn, tag),
    clauses,
    register,
    checks,
    ...(trial.expected ? { expected: trial.expected } : {}),
  };
  const journal = join(folder, journalName);
  startJournal(journal, started);
  const clock = realClock();
  const progress = progressFor(repetition, io, clock.nowMs);
  let left: readonly string[] = [];
  const plan = {
    target: { ...target, url: target.url.href },
    provision,
    settings,
    ...(options.contract === undefined ? {} : { contract: options.contract }),
    tag,
    selection,
    readsOnly: options.readOnly === true || provision.name === 'none',
    resourceLog: resourceLogIn(folder),
    journal,
  };
  const answering =
    own &&
    answerControl(
      tag,
      answersOf(own, (line) => io.error(`${line}\n`)),
    );
  const accidents = await (trial.pool
    ? trial.pool.conduct(plan, io.interrupt)
    : runSuites(plan, trial.files, { onEvents: progress.show, interrupt: io.interrupt })
  ).finally(async () => {
    progress.end();
    answering?.close();
    if (provision.name === 'crdbs') left = await giveBack(owning, provision.ground);
    if (provision.name === 'control' && !own) tellLeftTasks(owning);
  });
  const end = journalTo(journal, redactor(target.login));
  end.record({ type: 'closed', durationMs: Math.round(clock.nowMs()), accidents: [...accidents, ...left] });
  end.close();
  return readJournal(journal);
}

/** Of many runs, a line that stays is told for each, and no more. */
function progressFor(repetition: Turn['repetition'], { screen }: Terminal, nowMs: () => number) {
  if (!repetition) return progressOn(screen, nowMs);
  return screen.isTTY
    ? progressOn(screen, nowMs, `repeat ${repetition.run} of ${repetition.times}: `)
    : silent;
}

/** Who asks a provisioner for its capabilities alone. */
const nobody: Requester = {
  send: () => Promise.reject(new Error('nothing is sent for nobody')),
  newId: () => 'nobody',
  hold: () => {},
  wait: async () => {},
};

async function runPreflight(
  target: Target,
  settings: Settings,
  wanted: RunOptions['provision'],
): Promise<Preflight> {
  const environment = httpEnvironment({
    target,
    clock: realClock(),
    timeoutMs: settings.timeoutS * 1000,
    concurrency: 1,
    ...paced(settings),
    guard: readingOnly,
    record: () => {}, // before the run there is no record yet
  });
  try {
    return await preflight(environment, target, wanted === undefined || wanted === 'control');
  } finally {
    environment.close();
  }
}

const paced = ({ maxRps }: Settings): Pick<Settings, 'maxRps'> => (maxRps === undefined ? {} : { maxRps });

const aboutRun = (
  { options, target: named, own }: Trial,
  target: Target,
  { settings, repetition }: Turn,
  tag: string,
): Started['run'] => {
  const startedAt = new Date().toISOString();
  return {
    id: `${startedAt.replace(/[-:.]/g, '')}-${tag}`,
    startedAt,
    profile: settings.profile,
    seed: settings.seed,
    settings: {
      ...reportedSettings(settings, options),
      ...(target.proxy ? { proxy: target.proxy.origin } : {}),
      ...(named.others ? { nodes: [named, ...named.others].map(({ url }) => url.origin).join(', ') } : {}),
      ...(own ? { control: 'by the caller’s own provisioner' } : {}),
      ...selected(options),
      ...(repetition ? { repeat: repetition.times, repetition: repetition.run } : {}),
      ...limits,
    },
    ...judgedBy(),
  };
};

function reportedSettings(
  { timeoutS, graceS, settleS, maxDurationS, maxRps, concurrency, allowForce }: Settings,
  {
    requireComplete = false,
    strict = false,
    insecure = false,
    readOnly = false,
    ca,
    cert,
    key,
    crdb,
  }: RunOptions,
): Started['run']['settings'] {
  return {
    timeoutS,
    graceS,
    settleS,
    ...(maxDurationS === undefined ? {} : { maxDurationS }),
    ...(maxRps === undefined ? {} : { maxRps }),
    ...(concurrency === undefined ? {} : { concurrency }),
    allowForce,
    requireComplete,
    strict,
    insecure,
    ...(readOnly ? { readOnly } : {}),
    ...(crdb === undefined ? {} : { crdb }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

/** What the verdict is about, where it is not the whole contract. */
const selected = ({ clause = [] }: RunOptions): { readonly selection?: string } =>
  clause.length === 0 ? {} : { selection: clause.join(', ') };
