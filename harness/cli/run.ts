/** `crdb-conformance run`: from a target to a verdict, and always to the reports. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadRegister } from '../../spec/register.ts';
import { type Check, readSuites, suiteName } from '../clause.ts';
import { realClock } from '../clock.ts';
import { withControls } from '../conductor.ts';
import { UserError } from '../errors.ts';
import { journalSchema, type Started } from '../events.ts';
import { journalTo, readJournal, startJournal } from '../journal.ts';
import { limits } from '../limits.ts';
import { type RunOptions, selectionOf, settingsOf, targetOf } from '../options.ts';
import { newTag, type ProvisionPlan } from '../plan.ts';
import { type Preflight, preflight } from '../preflight.ts';
import { progressOn } from '../progress.ts';
import { provisionerFor } from '../provision/choice.ts';
import type { Asker } from '../provisioner.ts';
import { startReference } from '../reference/reference.ts';
import { runSuites } from '../run.ts';
import type { Settings } from '../settings.ts';
import { suiteFiles } from '../suites.ts';
import { redactor, type Target } from '../target.ts';
import { httpWorld } from '../world.ts';
import { judgedBy, whatIsToBeTold } from './contract.ts';
import { journalName, removeReports, tell } from './reports.ts';
import type { Terminal } from './terminal.ts';

/** @returns the exit code @throws {UserError} exit 2 or 3, before anything was tried */
export async function run(options: RunOptions, io: Terminal): Promise<number> {
  const book = await readSuites(suiteFiles);
  const register = loadRegister();
  const selection = selectionOf(options, suitesByClause(book));
  const settings = settingsOf(options);
  const out = writable(options.out ?? 'reports/out');
  const named = await targetOf(options, io.env, io.stdin);
  await using reference = named
    ? undefined
    : await startReference({ clock: realClock(), epochMs: Date.now() });
  const target: Target = named ?? {
    url: new URL(reference?.url ?? ''),
    login: { user: reference?.user ?? '', password: reference?.password ?? '' },
    insecure: false,
  };
  if (target.insecure)
    io.error('Warning: --insecure takes any certificate, also that of somebody in between.\n');

  const flight = await fly(target, settings, options.provision);
  const provision = provisionPlan(options, flight);
  if (io.interrupt.aborted) return 130;
  const tag = newTag();
  const clauses = withControls(selection, book);
  const started: Started = {
    type: 'started',
    schema: journalSchema,
    target: {
      name: named ? target.url.host : 'reference cluster',
      url: target.url.href,
      server: flight.server === null ? null : redactor(target.login)(flight.server),
      provisioner: provision.name,
      capabilities: provisionerFor(provision, nobody).capabilities,
    },
    run: aboutRun(options, settings, tag),
    clauses,
    ...whatIsToBeTold(clauses, book, register),
  };
  const journal = join(out, journalName);
  removeReports(out);
  startJournal(journal, started);
  const clock = realClock();
  const progress = progressOn(io.screen, clock.nowMs);
  const accidents = await runSuites(
    { target: { ...target, url: target.url.href }, provision, settings, tag, selection, journal },
    filesOf(clauses, book),
    { onEvents: progress.show, interrupt: io.interrupt },
  );
  progress.end();
  const end = journalTo(journal, redactor(target.login));
  end.record({ type: 'closed', durationMs: Math.round(clock.nowMs()), accidents });
  end.close();
  return tell(readJournal(journal), out, io);
}

/** Who asks a provisioner for its capabilities alone. */
const nobody: Asker = {
  send: () => Promise.reject(new Error('nothing is sent for nobody')),
  newId: () => 'nobody',
};

function suitesByClause(book: ReadonlyMap<string, readonly Check[]>): ReadonlyMap<string, string> {
  return new Map([...book].map(([id, checks]) => [id, checks[0]?.suite ?? '']));
}

const filesOf = (clauses: readonly string[], book: ReadonlyMap<string, readonly Check[]>): readonly URL[] =>
  suiteFiles.filter((file) =>
    clauses.some((id) => book.get(id)?.some(({ suite }) => suite === suiteName(file))),
  );

/** @throws {UserError} exit 2: the reports could not be written there, which is better known before a run */
function writable(out: string): string {
  try {
    makeFolder(resolve(out));
    if (!statSync(out).isDirectory()) throw new TypeError('not a folder');
    accessSync(out, constants.W_OK);
    return out;
  } catch (error) {
    throw new UserError(
      `--out ${out}: nothing can be written there.`,
      'Name a folder that can be written.',
      2,
      { cause: error },
    );
  }
}

/** Node's own recursive way never ends where a file system refuses with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

async function fly(target: Target, settings: Settings, wanted: RunOptions['provision']): Promise<Preflight> {
  const world = httpWorld({
    target,
    clock: realClock(),
    timeoutMs: settings.timeoutS * 1000,
    concurrency: 1,
    record: () => {}, // before the run there is no record yet
  });
  try {
    return await preflight(world, target, wanted === undefined || wanted === 'control');
  } finally {
    world.close();
  }
}

/** The control protocol where the target speaks it, else nothing; or what the user asked for. */
function provisionPlan({ provision, tasks }: RunOptions, { control }: Preflight): ProvisionPlan {
  if (provision === 'fixed') {
    if (tasks) return { name: 'fixed', ids: tasks };
    throw new UserError(
      '--provision fixed needs tasks.',
      'Give their ids by phase under `tasks:` in --config FILE.',
      2,
    );
  }
  if (provision === 'none') return { name: 'none' };
  if (control) return { name: 'control', offered: control };
  if (provision === undefined) return { name: 'none' };
  throw new UserError(
    'The target does not speak the task control protocol: GET /_control/v1 gave no 200 with "protocol": 1.',
    'Leave --provision control away, or add the protocol to the target: see "Make a mock testable" in the README.',
    2,
  );
}

const aboutRun = (options: RunOptions, settings: Settings, tag: string): Started['run'] => {
  const startedAt = new Date().toISOString();
  return {
    id: `${startedAt.replace(/[-:.]/g, '')}-${tag}`,
    startedAt,
    profile: settings.profile,
    seed: settings.seed,
    settings: { ...reportedSettings(settings, options), ...selected(options), ...limits },
    ...judgedBy(),
  };
};

function reportedSettings(
  { timeoutS, graceS, settleS, maxDurationS, allowForce }: Settings,
  { requireComplete = false, strict = false, insecure = false, ca }: RunOptions,
): Started['run']['settings'] {
  return {
    timeoutS,
    graceS,
    settleS,
    ...(maxDurationS === undefined ? {} : { maxDurationS }),
    allowForce,
    requireComplete,
    strict,
    insecure,
    ...(ca === undefined ? {} : { ca }),
  };
}

/** What the verdict is about, where it is not the whole contract. */
const selected = ({ suite = [], clause = [] }: RunOptions): { readonly selection?: string } =>
  suite.length + clause.length === 0 ? {} : { selection: [...suite, ...clause].join(', ') };
