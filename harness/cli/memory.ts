/**
 * What a run knows of earlier runs, and what it leaves to later ones. It never changes a verdict or an exit code: what
 * goes wrong with a history or a webhook is told, and that is all.
 */
import { compare } from '../../reports/history/compare.ts';
import { HistoryError } from '../../reports/history/error.ts';
import { type History, openHistory } from '../../reports/history/file.ts';
import { keep } from '../../reports/history/keep.ts';
import { type PastRun, pastRun } from '../../reports/history/past-run.ts';
import { before, whole } from '../../reports/history/recall.ts';
import { sinceInWords } from '../../reports/history/since-text.ts';
import { notification } from '../../reports/notification.ts';
import { validateReport } from '../../reports/validate.ts';
import type { RunOptions } from '../config/options.ts';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import type { Terminal } from './terminal.ts';
import { notify, webhookUrl } from './webhook.ts';

export interface Memory {
  /** Since when each broken clause is broken, in a few words by its id. */
  since(report: Report): ReadonlyMap<string, string>;
  /** Keeps a run for later ones, and tells the webhook what changed. */
  keep(report: Report): void;
}

/** Without a history nothing is remembered. */
export const forgetful: Memory = { since: () => new Map(), keep: () => {} };

/**
 * The memory that the options ask for. Its end waits until the webhook was told.
 * @throws {UserError} exit 2: what was asked for can't be, which is better known before a run
 */
export function memoryOf(
  { history: file, notifyUrlEnv }: Pick<RunOptions, 'history' | 'notifyUrlEnv'>,
  io: Terminal,
): Memory & AsyncDisposable {
  const url = notifyUrlEnv === undefined ? undefined : webhookUrl(notifyUrlEnv, io.env);
  if (file === undefined) {
    if (url) throw historyNeeded();
    return { ...forgetful, [Symbol.asyncDispose]: async () => {} };
  }
  let opened: History | undefined;
  let trouble: string | undefined;
  let told = false;
  const notified: Promise<void>[] = []; // of many targets each may have news
  /** What comes of some work with the history; after the first trouble with it no more is tried. */
  const attempt = <T>(otherwise: T, work: (history: History) => T): T => {
    if (trouble !== undefined) return otherwise;
    try {
      opened ??= openHistory(file);
      return work(opened);
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      trouble = `${error.message} What this run found is not kept there.\n${error.remedy}\n`;
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
        if (validateReport(report).length > 0) return; // the harness itself failed, which is told
        const run = pastRun(report);
        const last = lastOf(history, run);
        keep(history, report);
        if (url && !io.interrupt.aborted)
          notified.push(notify(url, notification(last && compare(last, run), run), io));
      });
      if (trouble !== undefined && !told) io.error(trouble); // below the report, where a terminal's window stands
      told = trouble !== undefined;
    },
    [Symbol.asyncDispose]: async () => {
      opened?.[Symbol.dispose]();
      await Promise.all(notified);
    },
  };
}

const historyNeeded = (): UserError =>
  new UserError(
    '--notify-url-env needs a history: only what changed since the last run is told.',
    'Name its file too: --history FILE',
    2,
  );

const lastOf = (history: History, run: PastRun): PastRun | undefined =>
  history.read((db) => {
    const head = before(db, run);
    return head && whole(db, head);
  });
