/** The report of a run as files, and how the run ended: what the library and the program have in common. */
import { join } from 'node:path';
import { formats } from '../../reports/formats.ts';
import { type FormatId, formatFiles, type Known } from '../../reports/text/format-ids.ts';
import { validateReport } from '../../reports/validate.ts';
import { gateVerdict } from '../config/expectations.ts';
import type { Report, RunEvent } from '../model/report.ts';
import { exitCode } from '../model/verdict.ts';
import { endedEarly, missingChecks } from '../run/report.ts';
import { writeOutput } from './out-folder.ts';

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
    const [file, render] = [formatFiles[id], formats[id]];
    const path = join(folder, file);
    const remedy =
      'Make room, then run crdb-conformance report FOLDER: it makes the reports from the journal.';
    writeOutput(path, render(report, known), remedy);
    return path;
  });
