/** Writes and shows the reports of a run, and says how it ended: for a run, a fleet, `report` and `judge`. */
import { terminal } from '../../reports/terminal.ts';
import { outcome, writeForms, writtenForms } from '../api/written-reports.ts';
import type { RunEvent } from '../model/events.ts';
import type { Report } from '../model/report.ts';
import type { RunLog } from '../run/journal.ts';
import { endedEarly, reportOf } from '../run/report.ts';
import { tellGitHub } from './github.ts';
import { forgetful, type RunMemory } from './memory.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes and shows every report.
 * @param folder where the files go
 * @returns the exit code
 */
export function tell(log: RunLog, folder: string, io: Terminal, memory: RunMemory = forgetful): number {
  const report = reportOf(log);
  const since = memory.since(report);
  const files = writeForms(report, writtenForms, folder, { since });
  io.write(terminal(report, { colour: io.colour, width: io.width, files, since }));
  tellGitHub(report, io);
  memory.keep(report);
  return ending(report, log.events, io);
}

/** Says what was wrong with the run itself. @returns the exit code */
export function ending(report: Report, events: readonly RunEvent[], io: Terminal): number {
  const { broken, code } = outcome(report, events);
  for (const line of broken) io.error(`The harness itself failed: ${line}\n`);
  if (report.run.cutShort !== null && endedEarly(events)?.fault !== 'interrupted')
    io.error(`The run was cut short: ${report.run.cutShort}\n`);
  return code;
}
