/** The report of a run as files, and how the run ended: what the library and the program have in common. */
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { formats } from '../../reports/formats.ts';
import type { FormatId, Known } from '../../reports/text/format-ids.ts';
import { validateReport } from '../../reports/validate.ts';
import { gateVerdict } from '../config/expectations.ts';
import { UserError } from '../model/errors.ts';
import type { Report, RunEvent } from '../model/report.ts';
import { exitCode } from '../model/verdict.ts';
import { journalName } from '../run/journal.ts';
import { endedEarly, missingChecks } from '../run/report.ts';

/** What every run writes; the other forms are made on demand. */
export const writtenForms = ['json', 'junit', 'html'] as const satisfies readonly FormatId[];

/** Removes what an older run left in a folder: beside a newer journal, its reports would be taken for newer ones. */
export function removeOldRun(folder: string): void {
  const files = [...writtenForms.map((id) => formats[id].file), journalName];
  for (const file of files) rmSync(join(folder, file), { force: true });
}

/** What broke in the harness itself, a line each, and the exit code. */
export function outcome(
  report: Report,
  events: readonly RunEvent[],
): { readonly broken: readonly string[]; readonly code: number } {
  const closed = events.find((event) => event.type === 'closed');
  const broken = [
    ...(closed?.accidents ?? []),
    ...(closed ? optional(missingChecks(events)) : []),
    ...validateReport(report),
  ];
  const code = exitCode({
    verdict: gateVerdict(report),
    proven: report.summary.must.proven,
    requireComplete: report.run.settings.requireComplete === true,
    cutShort: endedEarly(events)?.fault ?? (closed ? undefined : 'killed'),
    harnessBroke: broken.length > 0,
  });
  return { broken, code };
}

const optional = (line: string | undefined): readonly string[] => (line === undefined ? [] : [line]);

/** The forms that every run writes. @throws {UserError} exit 3: one can't be written */
export const writeReports = (report: Report, folder: string): readonly string[] =>
  writeForms(report, writtenForms, folder);

/**
 * Writes forms of a report as files.
 * @returns their paths
 * @throws {UserError} exit 3: one can't be written
 */
export const writeForms = (
  report: Report,
  ids: readonly FormatId[],
  folder: string,
  known: Known = {},
): readonly string[] =>
  ids.map((id) => {
    const { file, render } = formats[id];
    const path = join(folder, file);
    const remedy =
      'Make room, then run crdb-conformance report FOLDER: it makes the reports from the journal.';
    writeOutput(path, render(report, known), remedy);
    return path;
  });

/** Writes a file, in a new folder if it is needed. @throws {UserError} exit 3, with this remedy: it can't be written */
export function writeOutput(path: string, text: string, remedy: string): void {
  try {
    makeFolder(dirname(resolve(path)));
    writeFileSync(path, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path, { force: true }); // a part of it is no report
    throw new UserError(`${path} can’t be written: ${why}.`, remedy, 3, { cause: error });
  }
}

/** Makes a folder that files shall be written to, before any work is done. @throws {UserError} exit 2 */
export function outFolder(out: string, option = '--out'): string {
  try {
    makeFolder(resolve(out));
    if (!statSync(out).isDirectory()) throw new TypeError('not a folder');
    accessSync(out, constants.W_OK);
    return out;
  } catch (error) {
    throw new UserError(
      `${option} ${out}: nothing can be written there.`,
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
