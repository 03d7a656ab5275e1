/** One run from within another program: nothing of that program is touched, for the checks run in a thread of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outFolder } from '../cli/out-folder.ts';
import { outcome, reportOf, writeReports } from '../cli/reports.ts';
import type { Terminal } from '../cli/terminal.ts';
import { removeOldRun } from '../cli/tested.ts';
import { settingsOf, targetOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import type { Report } from '../model/report.ts';
import { nothingLeft } from '../provision/resource-log-file.ts';
import { resourceLogIn } from '../run/resources.ts';
import { runOnce } from '../run/run-once.ts';
import { basisOf, trialOf } from '../run/trial.ts';
import { workerPool } from '../run/worker-pool.ts';
import { oneEdition } from './one-edition.ts';
import { type ConformanceOptions, wantedOf } from './options.ts';

export interface Conformed {
  readonly report: Report;
  /** What broke in the harness itself, a line each. */
  readonly broken: readonly string[];
}

export interface Asked {
  /** Options of the caller's own, which are nothing to a run. */
  readonly also?: readonly string[];
  /** Is told what a person should hear of the run, a line each. */
  readonly warn?: (line: string) => void;
}

/**
 * Tests a target once.
 * @throws {UserError} the options are of no use, or the target can't be tested
 * @throws the reason of the signal, where that was aborted before the run began
 */
export async function conform(
  given: ConformanceOptions,
  { also = [], warn = console.warn }: Asked = {},
): Promise<Conformed> {
  const { options, own } = await wantedOf(given, also);
  using _ = oneEdition(options.contract);
  const interrupt = given.signal ?? new AbortController().signal;
  const io = quiet(interrupt, warn);
  const { password } = given;
  const passwordOf = password === undefined ? passwordsFrom(io) : async () => password;
  const target = await targetOf(options, io.env, passwordOf);
  if (!target) throw new TypeError('a target is always named');
  if (target.insecure) io.error('Warning: insecure takes any certificate, also that of somebody in between.');
  const basis = await basisOf(options);
  const trial = trialOf(options, { target, names: [target.url.host] }, basis);
  const folder = options.out === undefined ? undefined : outFolder(options.out);
  const place = folder ?? mkdtempSync(join(tmpdir(), 'crdb-conformance-'));
  const begin = () => removeOldRun(place);
  await using pool = workerPool(1);
  try {
    const told = await runOnce(
      { ...trial, pool, ...(own ? { own } : {}) },
      { settings: settingsOf(options), folder: place, begin },
      io,
    );
    if (!told) {
      interrupt.throwIfAborted();
      throw new TypeError('only an interrupt ends a run before it begins');
    }
    const report = reportOf(told);
    if (folder !== undefined) writeReports(report, folder);
    return { report, broken: outcome(report, told.events).broken };
  } finally {
    if (folder === undefined && (own || nothingLeft(resourceLogIn(place))))
      rmSync(place, { recursive: true });
  }
}

/** The ends of a program that is not ours. */
function quiet(interrupt: AbortSignal, warn: (line: string) => void): Terminal {
  return {
    env: process.env,
    colour: false,
    width: 100,
    screen: { write: () => {} },
    interrupt,
    write: () => {},
    error: (text) => warn(`crdb-conformance: ${text.trimEnd()}`),
    command: () => {},
    close: () => {},
    stdin: async () => '',
  };
}
