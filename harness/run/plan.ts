/**
 * From options to the plan of a run: what is judged, on which target, and how tasks come about. The same for a single
 * run, each target of a fleet, the library and vitest.
 */
import { randomBytes } from 'node:crypto';
import { about, expectationsOf } from '../config/expectations.ts';
import { refuseExcluded, selectionOf } from '../config/options.ts';
import type { RunOptions } from '../config/run-options.ts';
import type { Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { type Expected, journalSchema, type Started } from '../model/report.ts';
import { limits, type Settings } from '../model/settings.ts';
import type { ProvisionPlan } from '../provision/choice.ts';
import type { CommandOptions } from '../provision/command.ts';
import { isAskable } from '../provision/existing-tasks.ts';
import type { Preflight } from '../provision/preflight.ts';
import type { OwnProvisioner } from '../provision/provisioner.ts';
import { type CheckBook, withControls } from './clause.ts';
import { type Contract, judgedBy, loadContract, reportedContract } from './contract.ts';
import { parseScript } from './explore-script.ts';

/** What is judged: the same for all targets of a fleet. */
export interface RunScope {
  readonly contract: Contract;
  /** Ids of the clauses that were asked for, without their positive controls. */
  readonly selection: readonly string[];
  /** The known failures of all targets, where the user named a file of them. */
  readonly expected: Expected | undefined;
}

/** What is tested, and with which options. */
export interface RunRequest {
  readonly options: RunOptions;
  readonly scope: RunScope;
  readonly settings: Settings;
  readonly target: Target;
  /** What people call the target: its name first, then its labels. */
  readonly names: readonly [name: string, ...labels: string[]];
  /** Makes the tasks, in the caller's thread; `options.provision` then counts for nothing. */
  readonly own?: OwnProvisioner;
  /** Where the journal, the resource log and the reports go. */
  readonly folder: string;
}

/** What a worker needs for a run: plain data. */
export interface RunPlan {
  readonly target: Omit<Target, 'url' | 'others' | 'followed'> & { readonly url: string };
  readonly provision: ProvisionPlan;
  readonly settings: Settings;
  /** The edition that the target is held to: its name, or the folder that holds it; undefined: the default one. */
  readonly contract?: string;
  /** Part of every id that the run makes. */
  readonly tag: string;
  /** Clause ids. */
  readonly selection: readonly string[];
  /** Clauses whose failures are known. */
  readonly knownFailures: readonly string[];
  /** Nothing that could change anything is sent. */
  readonly readsOnly: boolean;
  /** Files that have begun: the worker appends to them. */
  readonly resourceLog: string;
  readonly journal: string;
}

/** Drawn for each run. */
export const newTag = (): string => randomBytes(4).toString('hex');

/**
 * @throws {UserError} exit 2: a clause or an edition that does not exist, a useless file of expectations, or options
 * that contradict each other
 */
export async function scopeOf(options: RunOptions): Promise<RunScope> {
  refuseExcluded(options);
  const contract = await loadContract(options.contract);
  const expected = expectationsOf(
    options,
    contract.register.clauses.map(({ id }) => id),
  );
  if (options.replay !== undefined) parseScript(options.replay); // what can’t be read is said before anything is sent
  return { contract, selection: selectedIn(options, contract.book), expected };
}

/**
 * The clauses of a run with these options: the selected ones with their positive controls.
 * @throws {UserError} exit 2: a clause that does not exist
 */
export const selectedClauses = (options: Pick<RunOptions, 'clause'>, book: CheckBook): readonly string[] =>
  withControls(selectedIn(options, book), book);

const selectedIn = (options: Pick<RunOptions, 'clause'>, book: CheckBook): readonly string[] =>
  selectionOf(options, [...book.keys()]);

/** Options that serve one provisioner. */
const provisionOf = { crdb: 'crdbs', databases: 'crdbs', command: 'command' } as const;

/**
 * How tasks shall come about, named by --provision or implied by another option.
 * @throws {UserError} exit 2: two options that contradict each other
 */
export function wantedProvision(options: RunOptions): RunOptions['provision'] {
  const { provision, crdb, command, readOnly = false } = options;
  refuseExcluded(options);
  const wanted = provision ?? (crdb !== undefined ? 'crdbs' : command !== undefined ? 'command' : undefined);
  for (const key of ['crdb', 'databases', 'command'] as const) {
    if (options[key] === undefined || wanted === provisionOf[key]) continue;
    const misfit = wanted === undefined ? 'which is not given' : `and --provision is ${wanted}`;
    throw new UserError(
      `--${key} is for --provision ${provisionOf[key]}, ${misfit}.`,
      wanted === undefined ? `Add --provision ${provisionOf[key]}.` : 'Use only one of them.',
      2,
    );
  }
  if (!readOnly) return wanted;
  if (wanted === undefined || wanted === 'none') return 'none';
  if (wanted === 'fixed') return wanted; // its tasks can be read
  throw new UserError(
    `--read-only makes no tasks, but --provision ${wanted} makes them.`,
    'Use only one of them.',
    2,
  );
}

/** How tasks come about, before a database is made for them. */
export type ProvisionChoice = Exclude<ProvisionPlan, { readonly name: 'crdbs' }> | { readonly name: 'crdbs' };

/** The control protocol where the target speaks it, else `none`; or what the user asked for. */
export function chosenProvision(
  options: RunOptions,
  wanted: RunOptions['provision'],
  { control }: Preflight,
  target: Target,
): ProvisionChoice {
  const { tasks } = options;
  if (wanted === 'crdbs') return { name: 'crdbs' };
  if (wanted === 'command') return { name: 'command', options: commandOptions(options, target) };
  if (wanted === 'fixed') {
    const odd = Object.values(tasks ?? {})
      .flat()
      .find((id) => !isAskable(id));
    if (odd !== undefined)
      throw new UserError(
        `tasks: no path can hold the task id ${JSON.stringify(odd.slice(0, 100))}.`,
        'Correct it.',
        2,
      );
    if (tasks) return { name: 'fixed', ids: tasks };
    throw new UserError(
      '--provision fixed needs tasks.',
      'Give their ids by phase under `tasks:` in --config FILE.',
      2,
    );
  }
  if (wanted === 'none') return { name: 'none' };
  if (control) return { name: 'control', offered: control };
  if (wanted === undefined) return { name: 'none' };
  throw new UserError(
    'The target does not support the task control protocol: GET /_control/v1 did not answer 200 with "protocol": 1.',
    'Remove --provision control, or add the protocol to the target: see docs/mocks.md.',
    2,
  );
}

/** How long a program may take to make a task, in milliseconds. */
const commandLimitMs = 60_000;

/** The program gets the address and the login by its environment, where no process list shows them. */
function commandOptions({ command }: RunOptions, target: Target): CommandOptions {
  if (command === undefined)
    throw new UserError(
      '--provision command needs a program.',
      'Give it with --command, such as --command ./task.sh; examples/command has two.',
      2,
    );
  const { url, login } = target;
  return {
    command,
    limitMs: commandLimitMs,
    env: {
      CRDB_TARGET: url.href.replace(/\/$/, ''),
      ...(login ? { CRDB_USER: login.user, CRDB_PASSWORD: login.password } : {}),
    },
  };
}

/**
 * The first event of a run.
 * @param tested what was found out about the target before the run
 */
export function startedEvent(
  request: RunRequest,
  tested: Pick<Started['target'], 'url' | 'server' | 'provisioner' | 'capabilities'> & {
    readonly proxy?: { readonly origin: string };
  },
  tag: string,
): Started {
  const { scope, settings, names } = request;
  const { contract, selection, expected } = scope;
  const { url, server, provisioner, capabilities, proxy } = tested;
  const clauses = withControls(selection, contract.book);
  const startedAt = new Date().toISOString();
  return {
    type: 'started',
    schema: journalSchema,
    target: { name: names[0], url, server, provisioner, capabilities },
    run: {
      id: `${startedAt.replace(/[-:.]/g, '')}-${tag}`,
      startedAt,
      profile: settings.profile,
      seed: settings.seed,
      settings: reportedSettings(request, proxy?.origin),
      ...judgedBy(contract),
    },
    clauses,
    ...reportedContract(clauses, { ...settings, provisioner, capabilities }, contract),
    ...(expected ? { expected: about(names, expected) } : {}),
  };
}

/** Each setting that was chosen, or that bounds what the verdict is about. */
function reportedSettings(
  { options, settings, target, own }: RunRequest,
  proxy: string | undefined,
): Started['run']['settings'] {
  const { profile: _, seed: __, ...times } = settings;
  const {
    requireComplete = false,
    strict = false,
    insecure = false,
    readOnly,
    ca,
    cert,
    key,
    crdb,
  } = options;
  const nodes = target.others && [target, ...target.others].map(({ url }) => url.origin).join(', ');
  const chosen = {
    ...times,
    requireComplete,
    strict,
    insecure,
    readOnly: readOnly || undefined,
    crdb,
    ca,
    cert,
    key,
    proxy,
    nodes,
    control: own && 'by the caller’s own provisioner',
    selection: options.clause?.join(', ') || undefined,
    ...limits,
  };
  return Object.fromEntries(
    Object.entries(chosen).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
