/** `run --repeat N`: the whole run many times, each with its own journal, and one report over all of them. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { headline } from '../../reports/sentences.ts';
import { UserError } from '../model/errors.ts';
import type { RunEvent } from '../model/events.ts';
import type { RepeatedClause, Repeats, Report } from '../model/report.ts';
import { readJournal } from '../run/journal.ts';
import { type Tally, tally, worstCode } from '../run/repeats.ts';
import { forgetful, type Memory } from './memory.ts';
import { journalName, outcome, removeReports, reportOf, show, type Told } from './reports.ts';
import type { Terminal } from './terminal.ts';

const repeatsFolder = 'repeats';

/** `repeats/007`: a run's folder within that of all. */
const folderOf = (run: number): string => join(repeatsFolder, String(run).padStart(3, '0'));

/** What ended the runs before all were made. */
interface Stop {
  readonly why: string;
  readonly code: number;
}

export interface Repetitions {
  readonly times: number;
  readonly firstSeed: number;
  /** For all of them together. */
  readonly maxDurationS: number | undefined;
  readonly nowMs: () => number;
  /**
   * Makes run `run`, from 1 on, in its folder.
   * @param leftS what is left of the time for all
   * @returns what its journal holds; undefined where it was interrupted before it began
   */
  readonly once: (run: number, folder: string, leftS: number | undefined) => Promise<Told | undefined>;
}

/** What earlier runs left in a folder would be read as this one's. */
export function removeRepeats(out: string): void {
  const folder = join(out, repeatsFolder);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((name) => /^\d{3,}$/.test(name))) {
    removeReports(join(folder, name));
    rmSync(join(folder, name, journalName), { force: true });
    removeIfEmpty(join(folder, name));
  }
  removeIfEmpty(folder);
}

/** What a user has put there stays. */
function removeIfEmpty(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * Makes them one after another, and tells of all.
 * @returns the exit code of the worst; 130 where they were interrupted
 * @throws {UserError} the first of them could not even begin
 */
export async function runRepeatedly(
  { times, firstSeed, maxDurationS, nowMs, once }: Repetitions,
  out: string,
  io: Terminal,
  memory: Memory,
): Promise<number> {
  const counts = tally();
  let stop: Stop | undefined;
  for (let run = 1; run <= times && !stop; run++) {
    const leftS = maxDurationS === undefined ? undefined : Math.floor(maxDurationS * 1000 - nowMs()) / 1000;
    if (leftS !== undefined && leftS <= 0) {
      stop = { why: `the time of --max-duration ${maxDurationS} s is up`, code: 4 };
      break;
    }
    try {
      const told = await once(run, join(out, folderOf(run)), leftS);
      if (told) io.screen.write(`repeat ${run} of ${times}: ${takenIn(told, counts)}\n`);
    } catch (error) {
      if (run === 1 || !(error instanceof UserError)) throw error;
      io.error(`${error.message}\n${error.remedy}\n`);
      stop = { why: error.message, code: error.exitCode };
    }
    if (io.interrupt.aborted) stop = { why: 'interrupted', code: 130 };
  }
  return tellAll(out, counts.sum(times, firstSeed), stop, io, memory);
}

/** @returns what came of it in one line */
function takenIn(told: Told, counts: Tally): string {
  const report = reportOf(told, new Set(told.started.clauses)); // what passes in this one may fail in another
  const { code } = outcome(report, told.events);
  counts.add({ ...report, code, cutShort: report.run.cutShort !== null });
  return headline(report);
}

/** The worst run, with what became of the others. */
interface Summed {
  readonly report: Report;
  readonly events: readonly RunEvent[];
  /** Not all of them were made. */
  readonly early: boolean;
}

function summed(out: string, repeats: Repeats, stop: Stop | undefined): Summed {
  const { events, ...told } = readJournal(join(out, folderOf(repeats.shown), journalName));
  const shown = reportOf({ events, ...told }, new Set(repeats.clauses.filter(hasFailed).map(({ id }) => id)));
  const made = repeats.times < repeats.planned || stop ? stopped(repeats, stop) : [];
  const cutShort = [...(shown.run.cutShort === null ? [] : [shown.run.cutShort]), ...made].join('; ');
  const report: Report = {
    ...shown,
    run: { ...shown.run, cutShort: cutShort === '' ? null : cutShort },
  };
  return { report, events, early: made.length > 0 };
}

const hasFailed = ({ verdicts }: RepeatedClause): boolean => (verdicts.fail ?? verdicts.warn ?? 0) > 0;

/** Writes and shows it. */
function tellAll(
  out: string,
  repeats: Repeats | undefined,
  stop: Stop | undefined,
  io: Terminal,
  memory = forgetful,
): number {
  if (!repeats) return stop?.code ?? 130; // interrupted before anything was tried
  const { report, events, early } = summed(out, repeats, stop);
  const code = show(report, events, out, io, memory);
  if (stop?.code === 130) return 130;
  return worstCode([code, ...(stop ? [stop.code] : []), ...(early ? [4] : [])]);
}

const stopped = ({ times, planned }: Repeats, stop: Stop | undefined): readonly string[] => [
  `${times} of ${planned} runs were begun${stop ? `: ${stop.why}` : ''}`,
];

/** Whether all runs of a folder can be told from their journals. */
export const areRepeats = (folder: string): boolean => existsSync(join(folder, folderOf(1), journalName));

/**
 * Every report over all runs from their journals alone, also where the program was killed among them.
 * @returns the exit code
 * @throws {UserError} exit 2: one of them is no journal of ours
 */
export const reportRepeats = (out: string, io: Terminal): number => tellAll(out, retold(out), undefined, io);

/** The same report, neither written nor shown. @throws {UserError} exit 2 */
export function readRepeats(out: string): Report {
  const repeats = retold(out);
  if (!repeats) throw new RangeError(`there is no run in ${out}`); // areRepeats has seen the first
  return summed(out, repeats, undefined).report;
}

/** What all runs of a folder come to, from their journals. */
function retold(out: string): Repeats | undefined {
  const { settings, seed } = readJournal(join(out, folderOf(1), journalName)).started.run;
  const counts = tally();
  for (let run = 1; existsSync(join(out, folderOf(run), journalName)); run++)
    takenIn(readJournal(join(out, folderOf(run), journalName)), counts);
  return counts.sum(Number(settings.repeat), seed);
}
