/**
 * What a run knows of earlier runs, and what it leaves to later ones. It never changes a verdict or an exit code: what
 * goes wrong with a history is reported, and that is all.
 */
import { dirname } from 'node:path';
import { type History, HistoryError, openHistory } from '../../reports/history/database.ts';
import { keepRun, pastRun } from '../../reports/history/runs.ts';
import { sinceInWords } from '../../reports/history/text.ts';
import { validateReport } from '../../reports/validate.ts';
import type { RunOptions } from '../config/options.ts';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { isFolder } from './report-file.ts';
import type { Terminal } from './terminal.ts';

export interface RunMemory {
  /** Since when each broken clause is broken, in a few words by its id. */
  since(report: Report): ReadonlyMap<string, string>;
  keep(report: Report): void;
}

/** Without a history nothing is remembered. */
export const forgetful: RunMemory = { since: () => new Map(), keep: () => {} };

/** The memory that the options ask for. @throws {UserError} exit 2: the file can't be a history, as it is a folder or in none */
export function memoryOf(
  { history: file }: Pick<RunOptions, 'history'>,
  io: Pick<Terminal, 'error'>,
): RunMemory & AsyncDisposable {
  if (file === undefined) return { ...forgetful, [Symbol.asyncDispose]: async () => {} };
  if (isFolder(file) || !isFolder(dirname(file)))
    throw new UserError(
      `--history ${file} ${isFolder(file) ? 'is a folder' : 'is in a folder that does not exist'}.`,
      'Name a file; the first run creates it.',
      2,
    );
  let opened: History | undefined;
  let trouble: string | undefined;
  let isReported = false;
  /** What comes of some work with the history; after the first trouble with it no more is tried. */
  const attempt = <T>(otherwise: T, work: (history: History) => T): T => {
    if (trouble !== undefined) return otherwise;
    try {
      opened ??= openHistory(file);
      return work(opened);
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      trouble = `${error.message} The results of this run are not saved there.\n${error.remedy}\n`;
      return otherwise;
    }
  };
  return {
    since: (report) =>
      attempt<ReadonlyMap<string, string>>(new Map(), (history) =>
        history.read((db) => sinceInWords(db, pastRun(report))),
      ),
    keep(report) {
      attempt(undefined, (history) => {
        if (validateReport(report).length > 0) return; // the program itself failed, which is reported elsewhere
        keepRun(history, report);
      });
      if (trouble !== undefined && !isReported) io.error(trouble); // below the report, where a terminal's window stands
      isReported = trouble !== undefined;
    },
    [Symbol.asyncDispose]: async () => {
      opened?.[Symbol.dispose]();
    },
  };
}
