/** `crdb-conformance report`, and how every command shows a run: reading a report.json, writing the forms, GitHub’s summary, the exit code. */
import { appendFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formats } from '../../reports/formats.ts';
import { terminal } from '../../reports/terminal.ts';
import { lines, printable } from '../../reports/text/escape.ts';
import { type FormatId, formatFiles, formatIds, writtenForms } from '../../reports/text/format-ids.ts';
import { outFolder } from '../api/out-folder.ts';
import { outcome, writeForms } from '../api/written-reports.ts';
import { gateVerdict } from '../config/expectations.ts';
import { UserError } from '../model/errors.ts';
import type { Report, RunEvent } from '../model/report.ts';
import { exitCode } from '../model/verdict.ts';
import { journalName, type RunLog, readJournal } from '../run/journal.ts';
import { endedEarly, reportOf } from '../run/report.ts';
import { forgetful, type RunMemory } from './memory.ts';
import { isFile, isFolder, readReport, startOf } from './report-file.ts';
import type { Terminal } from './terminal.ts';

export interface ReportOptions {
  readonly format?: readonly FormatId[];
  readonly out?: string;
}

/** What a run left behind. */
interface Source {
  readonly report: () => Report;
  /** Writes what a run writes, and shows it. @returns the exit code */
  readonly again: (io: Terminal) => number;
}

/**
 * Makes the forms that are asked for; where none is, writes beside a journal what the run would have written, and shows
 * the report.
 * @param where a run's folder, a journal, or a report.json
 * @returns 0 where forms were made; else the exit code that the run had, or would have had
 * @throws {UserError} exit 2: there is no run, or several forms and no folder
 */
export function report(where: string, { format, out }: ReportOptions, io: Terminal): number {
  const source = sourceAt(where);
  if (format === undefined && out === undefined) {
    const code = source.again(io);
    return code === 130 ? 4 : code; // the run was interrupted, not this command
  }
  make(source, format ?? formatIds, out, io);
  return 0;
}

function make({ report }: Source, ids: readonly FormatId[], out: string | undefined, io: Terminal): void {
  if (out !== undefined) {
    const folder = outFolder(out);
    for (const file of writeForms(report(), ids, folder)) io.write(`${file}\n`);
    return;
  }
  const [id, ...more] = ids;
  if (id === undefined || more.length > 0)
    throw new UserError(
      `--format ${ids.join(' ')}: only one form can be printed.`,
      'Name a folder for them: --out DIR.',
      2,
    );
  const text = formats[id](report());
  if (id === 'github') io.command(text);
  else io.write(text);
}

function sourceAt(where: string): Source {
  const isRun = isFolder(where);
  const [journal, file] = isRun ? [join(where, journalName), join(where, formatFiles.json)] : [where, where];
  if (isFile(journal) && (isRun || isJournal(journal))) return ofJournal(journal);
  if (isFile(file)) return ofFile(file);
  throw new UserError(
    `${journal} does not exist.`,
    'Name the folder of a run (its --out DIR), its journal, or its report.json.',
    2,
  );
}

/** By its name, or by how it begins: a journal's first event is `started`. */
const isJournal = (file: string): boolean =>
  file.endsWith('.ndjson') || startOf(file).startsWith('{"type":"started"');

const ofJournal = (file: string): Source => ({
  report: () => reportOf(readJournal(file)),
  again: (io) => tell(readJournal(file), dirname(file), io),
});

/** A report says why it was cut short, and not whose fault it was: whatever it was, it is incomplete. */
const ofFile = (file: string): Source => ({
  report: () => readReport(file),
  again(io) {
    const reported = readReport(file);
    io.write(terminal(reported, { colour: io.colour, width: io.width }));
    return codeOf(reported);
  },
});

/** The exit code that a report alone comes to. */
export const codeOf = (report: Report): number =>
  exitCode({
    verdict: gateVerdict(report),
    proven: report.summary.must.proven,
    requireComplete: report.run.settings.requireComplete === true,
    cutShort: report.run.cutShort === null ? undefined : 'killed',
    harnessBroke: false,
  });

/**
 * Writes and shows every report.
 * @param folder where the files go; undefined: the report is only shown
 * @returns the exit code
 * @throws {UserError} exit 3: a file can't be written; the report was shown all the same
 */
export function tell(
  log: RunLog,
  folder: string | undefined,
  io: Terminal,
  memory: RunMemory = forgetful,
): number {
  const report = reportOf(log);
  const since = memory.since(report);
  let files: readonly string[] = [];
  let unwritten: unknown;
  try {
    if (folder !== undefined) files = writeForms(report, writtenForms, folder, { since });
  } catch (error) {
    unwritten = error; // the report is shown all the same
  }
  io.write(terminal(report, { colour: io.colour, width: io.width, files, since }));
  if (folder !== undefined) tellGitHub(report, io);
  memory.keep(report);
  const code = ending(report, log.events, io);
  if (unwritten) throw unwritten;
  return code;
}

/** Says what was wrong with the run itself. @returns the exit code */
export function ending(report: Report, events: readonly RunEvent[], io: Terminal): number {
  const { broken, code } = outcome(report, events);
  for (const line of broken) io.error(`The program itself failed: ${lines(line)}\n`);
  if (report.run.cutShort !== null && endedEarly(events)?.fault !== 'interrupted')
    io.error(`The run was cut short: ${printable(report.run.cutShort, 1000)}\n`);
  return code;
}

/** A summary that can't be written is reported, and changes nothing else. */
function tellGitHub(report: Report, io: Terminal): void {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY: file } = io.env;
  if (GITHUB_ACTIONS !== 'true') return;
  io.command(formats.github(report));
  if (!file) return;
  try {
    appendFileSync(file, `${formats.markdown(report)}\n`);
  } catch (error) {
    io.error(`The step summary could not be written: ${error instanceof Error ? error.message : error}\n`);
  }
}
