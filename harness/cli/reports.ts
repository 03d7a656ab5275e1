/** From a journal to every report: one way, whether the run has just ended or was killed a week ago. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FormatId, Known } from '../../reports/format-ids.ts';
import { formats } from '../../reports/formats.ts';
import { terminal } from '../../reports/terminal.ts';
import { validateReport } from '../../reports/validate.ts';
import { gateVerdict, heldAgainst } from '../config/expectations.ts';
import { UserError } from '../model/errors.ts';
import type { RunEvent, Started } from '../model/events.ts';
import { buildReport, type Report } from '../model/report.ts';
import { endedEarly, gather, judgeRun, missingChecks } from '../run/assemble.ts';
import { killed, undecided } from '../run/undecided.ts';
import { exitCode } from './exit-code.ts';
import { tellGitHub } from './github.ts';
import { forgetful, type Memory } from './memory.ts';
import type { Terminal } from './terminal.ts';

export const journalName = 'journal.ndjson';
/** What every run writes; the other forms are made when they are asked for. */
const writtenForms = ['json', 'junit', 'html'] as const satisfies readonly FormatId[];

/** What a run told, from its first word on. */
export interface Told {
  readonly started: Started;
  readonly events: readonly RunEvent[];
}

/** An older run's reports beside a newer one's journal would be read as its verdict. */
export function removeReports(folder: string): void {
  for (const id of writtenForms) rmSync(join(folder, formats[id].file), { force: true });
}

/**
 * Writes and shows every report.
 * @param folder where the files go
 * @returns the exit code
 */
export const tell = (told: Told, folder: string, io: Terminal, memory = forgetful): number =>
  show(reportOf(told), told.events, folder, io, memory);

/** The same of a report that has been made. */
export function show(
  report: Report,
  events: readonly RunEvent[],
  folder: string,
  io: Terminal,
  memory: Memory = forgetful,
): number {
  const since = memory.since(report);
  const files = writeForms(report, writtenForms, folder, { since });
  io.write(terminal(report, { colour: io.colour, width: io.width, files, since }));
  tellGitHub(report, io);
  memory.keep(report);
  return ending(report, events, io);
}

/** Says what was wrong with the run itself. @returns the exit code */
export function ending(report: Report, events: readonly RunEvent[], io: Terminal): number {
  const { broken, code } = outcome(report, events);
  for (const line of broken) io.error(`The harness itself failed: ${line}\n`);
  if (report.run.cutShort !== null && endedEarly(events)?.fault !== 'interrupted')
    io.error(`The run was cut short: ${report.run.cutShort}\n`);
  return code;
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

/** @param failedElsewhere ids of clauses that failed in another of many runs */
export function reportOf({ started, events }: Told, failedElsewhere?: ReadonlySet<string>): Report {
  const { stallMs, ...told } = gather(events);
  const checks = [...told.checks, ...undecided(started, events)];
  const { register, clauses, run } = started;
  const judgement = judgeRun(
    checks,
    clauses,
    { clauses: register },
    { strict: run.settings.strict === true },
  );
  const closed = events.find((event) => event.type === 'closed');
  const early = [endedEarly(events)?.reason, killed(started, events)].filter((why) => why !== undefined);
  const { hashes, docsVersion, harnessVersion, ...known } = run;
  const record = {
    target: started.target,
    run: {
      ...known,
      durationMs: closed?.durationMs ?? lastInstantMs(events),
      stallMs: Math.round(stallMs),
      cutShort: early.length === 0 ? null : early.join('; '),
      harnessVersion,
      docsVersion,
      hashes,
    },
    ...told,
    checks,
  };
  const reported = register.filter(({ id }) => judgement.clauseVerdicts.has(id));
  const report = buildReport(record, reported, judgement, ({ source }) => source.url);
  if (!started.expected) return report;
  const { startedAt, settings } = run;
  const strict = settings.strict === true;
  const held = {
    clauses: report.clauses,
    startedAt,
    strict,
    ...(failedElsewhere ? { failedElsewhere } : {}),
  };
  return { ...report, expectations: heldAgainst(held, started.expected) };
}

/** How long a run is known to have lasted that never said how long it did. */
function lastInstantMs(events: readonly RunEvent[]): number {
  let lastMs = 0;
  for (const event of events)
    if (event.type === 'exchange') lastMs = Math.max(lastMs, event.exchange.receivedAt);
  return Math.round(lastMs);
}

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
    const text = render(report, known);
    try {
      writeFileSync(path, text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new UserError(
        `${path} can’t be written: ${why}.`,
        'What the run found is in its journal: make room, then crdb-conformance report FOLDER.',
        3,
        { cause: error },
      );
    }
    return path;
  });
