/** What a run is held against: the failures that somebody has said will come. */
import { existsSync } from 'node:fs';
import { exitCode } from '../cli/exit-code.ts';
import { readReport } from '../cli/report-file.ts';
import type { Terminal } from '../cli/terminal.ts';
import { UserError } from '../model/errors.ts';
import type { Expected, Report } from '../model/report.ts';
import { gateVerdict } from './expectations.ts';
import { readExpectations } from './expectations-file.ts';
import type { RunOptions } from './options.ts';
import { type Outcome, updateExpectations } from './update-expectations.ts';

type GateOptions = Pick<RunOptions, 'expectations' | 'updateExpectations'>;

/**
 * The file that the options name, with all of its entries.
 * @param clauses ids of the clauses that there are
 * @throws {UserError} exit 2: it can't be used, which is better known before a run
 */
export function expectationsOf(
  { expectations: file, updateExpectations }: GateOptions,
  clauses: readonly string[],
): Expected | undefined {
  if (file === undefined) {
    if (updateExpectations) throw fileNeeded();
    return undefined;
  }
  const isNew = updateExpectations === true && !existsSync(file);
  return { file, entries: isNew ? [] : readExpectations(file, clauses) };
}

const fileNeeded = (): UserError =>
  new UserError(
    '--update-expectations needs a file to write to.',
    'Name it: --expectations expectations.yaml',
    2,
  );

/** The entries that are about a target: by its name, by one of its labels, or about any. */
export const about = (names: readonly string[], { file, entries }: Expected): Expected => ({
  file,
  entries: entries.filter(({ target }) => target === undefined || names.includes(target)),
});

/** A run that is over, as it was reported. */
export interface Reported {
  /** Left out where there is only one target. */
  readonly target?: string;
  readonly report: GateReport;
  readonly code: number;
}

/** The part of a report that a gate looks at. */
export type GateReport = Pick<Report, 'verdict' | 'summary' | 'run' | 'expectations'>;

/**
 * Writes what was found into the file of the expectations, and says so.
 * @returns the exit codes that the runs would have had with it
 */
export function updated(file: string, runs: readonly Reported[], io: Terminal): readonly number[] {
  const whole = runs.filter(({ report }) => report.run.cutShort === null);
  const outcomes = whole.flatMap(({ target, report: { expectations } }): Outcome[] =>
    expectations ? [{ ...(target === undefined ? {} : { target }), expectations }] : [],
  );
  const { added, deleted } = updateExpectations(file, outcomes);
  io.error(`${file}: ${added} added, ${deleted} deleted.\n`);
  if (whole.length < runs.length) io.error('What was cut short changed nothing in it.\n');
  return runs.map((run) => (whole.includes(run) ? codeOnceUpdated(run) : run.code));
}

function codeOnceUpdated({ report, code }: Reported): number {
  const { expectations, summary, run } = report;
  if (code !== 1 || !expectations) return code;
  const outdated = expectations.outdated.filter(({ problem }) => problem === 'past its date');
  return exitCode({
    verdict: gateVerdict({ ...report, expectations: { ...expectations, unexpected: [], outdated } }),
    proven: summary.must.proven,
    requireComplete: run.settings.requireComplete === true,
    cutShort: undefined,
    harnessBroke: false,
  });
}

/**
 * The options of a run of that alone which failed in an earlier one.
 * @throws {UserError} exit 2: nothing failed in it, so that a run would look at nothing
 */
export function onlyFailed(options: RunOptions): RunOptions {
  const { rerunFailed: file, clause = [] } = options;
  if (file === undefined) return options;
  const { clauses, run } = readReport(file);
  const failed = clauses
    .filter(({ verdict }) => verdict === 'fail' || (verdict === 'warn' && run.settings.strict === true))
    .map(({ id }) => id);
  if (failed.length === 0)
    throw new UserError(
      `--rerun-failed ${file}: nothing failed in that run.`,
      'Leave --rerun-failed away to run everything.',
      2,
    );
  return { ...options, clause: [...new Set([...clause, ...failed])] };
}
