/**
 * `crdb-conformance report`: writes the reports of a run again, from its journal (also after the run was killed) or from
 * its report.json.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FormatId, formatIds } from '../../reports/format-ids.ts';
import { formats } from '../../reports/formats.ts';
import { terminal } from '../../reports/terminal.ts';
import { gateVerdict } from '../config/expectations.ts';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { readJournal } from '../run/journal.ts';
import { exitCode } from './exit-code.ts';
import { outFolder } from './out-folder.ts';
import { areRepeats, readRepeats, reportRepeats } from './repeated.ts';
import { readReport } from './report-file.ts';
import { journalName, reportOf, tell, writeForms } from './reports.ts';
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
 * @param where a run's folder, that of repeated runs, a journal, or a report.json
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
  const text = formats[id].render(report());
  if (id === 'github') io.command(text);
  else io.write(text);
}

function sourceAt(where: string): Source {
  if (areRepeats(where)) return ofRepeats(where);
  const isFolder = statSync(where, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const [journal, file] = isFolder
    ? [join(where, journalName), join(where, formats.json.file)]
    : [where, where];
  if (isThere(journal) && (isFolder || isJournal(journal))) return ofJournal(journal);
  if (isThere(file)) return ofFile(file);
  throw new UserError(
    `${journal} does not exist.`,
    'Name the folder of a run (its --out DIR), its journal, or its report.json.',
    2,
  );
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** By its name, or by how it begins: a journal's first event is `started`. */
function isJournal(file: string): boolean {
  if (file.endsWith('.ndjson')) return true;
  const beginning = Buffer.alloc(64);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, beginning);
  closeSync(descriptor);
  return beginning.toString('utf8', 0, length).startsWith('{"type":"started"');
}

const ofRepeats = (folder: string): Source => ({
  report: () => readRepeats(folder),
  again: (io) => reportRepeats(folder, io),
});

const ofJournal = (file: string): Source => ({
  report: () => reportOf(readJournal(file)),
  again: (io) => tell(readJournal(file), dirname(file), io),
});

/** A report says why it was cut short, and not whose fault it was: whatever it was, it is incomplete. */
const ofFile = (file: string): Source => ({
  report: () => readReport(file),
  again(io) {
    const told = readReport(file);
    io.write(terminal(told, { colour: io.colour, width: io.width }));
    return codeOf(told);
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
