/** One run from within another program: its options, and the run itself, in a thread of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable } from '../../reports/text/escape.ts';
import { writtenForms } from '../../reports/text/format-ids.ts';
import { suggestion } from '../../spec/nearest.ts';
import { libraryKeys, settingsOf, targetOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import type { LibraryOptions, RunOptions } from '../config/run-options.ts';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import type { OwnProvisioner } from '../provision/provisioner.ts';
import { nothingLeft } from '../provision/resource-log-file.ts';
import { runTarget } from '../run/engine.ts';
import { lockFolders } from '../run/folder-lock.ts';
import { scopeOf } from '../run/plan.ts';
import { reportOf } from '../run/report.ts';
import { resourceLogIn } from '../run/resources.ts';
import { workerPool } from '../run/worker-pool.ts';
import { outFolder, removeOldRun } from './out-folder.ts';
import { outcome, writeForms } from './written-reports.ts';

export type TargetAddress = string | URL;

export interface ConformanceOptions extends Omit<LibraryOptions, 'target' | 'provision'> {
  /** Origin and path prefix of the server under test, or what gives it once it is served. */
  readonly target: TargetAddress | (() => TargetAddress | Promise<TargetAddress>);
  /** The password of `user`, unless another option names its source. Without `user` no credentials are sent. */
  readonly password?: string;
  /**
   * How tasks come about: by name as in `run --provision`, or by functions of your own. With these, as with `control`,
   * the target is taken for a mock: wrong passwords and forced cancels are tried on it.
   */
  readonly provision?: NonNullable<RunOptions['provision']> | OwnProvisioner;
  /** Ends the run early, and removes its tasks. */
  readonly signal?: AbortSignal;
}

/** The options that mean the same as in `run`. */
const asInRun = libraryKeys.filter((key) => key !== 'target' && key !== 'provision');
const known: readonly string[] = [...asInRun, 'target', 'password', 'provision', 'signal'];

export interface Wanted {
  readonly options: RunOptions;
  readonly own?: OwnProvisioner;
}

/** @throws {UserError} exit 2: an option that does not exist, or that can't be used */
export async function wantedOf(given: ConformanceOptions, also: readonly string[]): Promise<Wanted> {
  for (const key of Object.keys(given)) if (![...known, ...also].includes(key)) throw unknownOption(key);
  const { target, provision, user } = given;
  const options = Object.fromEntries(Object.entries(given).filter(([key]) => asInRun.includes(key)));
  const address = typeof target === 'function' ? await target() : target;
  if (!(address instanceof URL) && typeof address !== 'string') throw noAddress(address);
  const own = typeof provision === 'object' ? provision : undefined;
  if (own) refuseHalf(own);
  refuseUnlogged(given);
  return {
    options: {
      ...options,
      target: String(address),
      auth: user !== undefined,
      ...(typeof provision === 'string' ? { provision } : {}),
    },
    ...(own ? { own } : {}),
  };
}

const unknownOption = (key: string): UserError =>
  new UserError(
    `There is no option ${key}.`,
    suggestion(key, known, `The options are ${known.join(', ')}.`),
    2,
  );

const noAddress = (address: unknown): UserError =>
  new UserError(
    `target is ${address === undefined ? 'undefined' : `a ${typeof address}`} when the run begins.`,
    'Give its address, or a function that gives it once it is served: { target: () => mock.url }',
    2,
  );

/** vitest ends at once at Ctrl-C: only the resource log then names what was made on a real cluster, so it must be kept. */
function refuseUnlogged({ provision, crdb, out }: ConformanceOptions): void {
  if ((provision !== 'crdbs' && crdb === undefined) || out !== undefined) return;
  throw new UserError(
    'provision crdbs makes databases and tasks on a real cluster, and there is no folder for the log of them.',
    'Name it with out; crdb-conformance cleanup --resource-log OUT/resources.ndjson --target URL removes what a killed run left.',
    2,
  );
}

function refuseHalf(own: OwnProvisioner): void {
  const lacks = (['create', 'move'] as const).filter((name) => typeof own[name] !== 'function');
  if (lacks.length === 0) return;
  throw new UserError(
    `The provisioner has no function ${lacks.join(' and no function ')}.`,
    'It needs create(task) and move(id, phase); age(id, seconds) and remove(id) as far as the target can do that.',
    2,
  );
}

export interface Conformed {
  readonly report: Report;
  /** What broke in the program itself, a line each. */
  readonly broken: readonly string[];
}

export interface Caller {
  /** Options of the caller's own, which mean nothing to a run. */
  readonly also?: readonly string[];
  /** Takes one line for a person. */
  readonly warn?: (line: string) => void;
}

/**
 * Tests a target once.
 * @throws {UserError} the options can't be used, or the target can't be tested
 * @throws the reason of the signal, where that was aborted before the run began
 */
export async function conform(
  given: ConformanceOptions,
  { also = [], warn = console.warn }: Caller = {},
): Promise<Conformed> {
  const { options, own } = await wantedOf(given, also);
  const interrupt = given.signal ?? new AbortController().signal;
  const say = (line: string): void => warn(`crdb-conformance: ${printable(line.trimEnd(), 1000)}`);
  const { password } = given;
  const passwordOf =
    password === undefined
      ? passwordsFrom({ env: process.env, stdin: async () => '', error: say })
      : async () => password;
  const target = await targetOf(options, process.env, passwordOf);
  if (!target) throw new TypeError('a target is always named');
  if (target.insecure) say('Warning: insecure accepts any certificate, also that of an attacker.');
  const scope = await scopeOf(options);
  const kept = options.out === undefined ? undefined : outFolder(options.out);
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'crdb-conformance-'));
  using _lock = lockFolders(folder);
  await using pool = workerPool(1, { contract: options.contract });
  try {
    const log = await runTarget(
      {
        options,
        scope,
        settings: settingsOf(options),
        target,
        names: [target.url.host],
        folder,
        ...(own ? { own } : {}),
      },
      { pool, interrupt, warn: say, onBegin: () => removeOldRun(folder) },
    );
    if (!log) {
      interrupt.throwIfAborted();
      throw new TypeError('only an interrupt ends a run before it begins');
    }
    const report = reportOf(log);
    if (kept !== undefined) writeForms(report, writtenForms, kept);
    return { report, broken: outcome(report, log.events).broken };
  } finally {
    if (kept === undefined && (own || nothingLeft(resourceLogIn(folder))))
      rmSync(folder, { recursive: true });
  }
}
