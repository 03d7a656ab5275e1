/** `crdb-conformance history`, `compare` and `site build`: what earlier runs found, what changed between two of them, and a web site of all. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Comparison, compare as compared } from '../../reports/history/compare.ts';
import { type History, readHistory } from '../../reports/history/database.ts';
import {
  keptReport,
  newestOf,
  newestOfEach,
  type PastRun,
  pastRun,
  runsNamed,
} from '../../reports/history/runs.ts';
import { comparisonText, runsText, sinceInWords, targetsText } from '../../reports/history/text.ts';
import { siteFiles } from '../../reports/site/site.ts';
import { counted } from '../../reports/text/sentences.ts';
import { nearest } from '../../spec/nearest.ts';
import { outFolder, writeOutput } from '../api/out-folder.ts';
import { UserError } from '../model/errors.ts';
import { readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';

export interface HistoryQuery {
  readonly history: string;
  readonly target?: string;
  /** So many of the newest runs. */
  readonly last: number;
  readonly json?: boolean;
}

/** The runs of a target, or every target where there are several. @returns 0 @throws {HistoryError} @throws {UserError} */
export function history({ history: file, target, last, json }: HistoryQuery, io: Terminal): number {
  using opened = readHistory(file);
  const targets = opened.read(newestOfEach);
  if (target === undefined && targets.length > 1) {
    io.write(
      json
        ? asJson(targets.map(({ run: { clauses: _, ...head }, runs }) => ({ ...head, runs })))
        : targetsText(targets, io.width),
    );
    return 0;
  }
  const name = targetNamed(opened, target);
  // One more than is listed: the oldest, too, is compared with the run before it.
  const runs = opened.read((db) => newestOf(db, name, last + 1));
  io.write(
    json
      ? asJson(runs.slice(0, last).map((run) => ({ ...run, clauses: Object.fromEntries(run.clauses) })))
      : runsText(runs, last, io.width),
  );
  return 0;
}

/**
 * The target of that name; the only one, where none is named.
 * @throws {UserError} exit 2: there is none of that name, or one must be named
 */
function targetNamed(opened: History, target: string | undefined): string {
  const names = opened.read(newestOfEach).map(({ run }) => run.target);
  const [only, ...others] = names;
  if (target === undefined && only !== undefined && others.length === 0) return only;
  if (target !== undefined && names.includes(target)) return target;
  if (only === undefined)
    throw new UserError('The history has no runs yet.', 'crdb-conformance run --history FILE adds a run.', 2);
  const near = target === undefined ? undefined : nearest(target, names);
  throw new UserError(
    target === undefined ? 'The history has several targets.' : `The history has no target ${target}.`,
    `${near === undefined ? '' : `Did you mean ${near}? `}Choose one with --target NAME: ${names.join(', ')}.`,
    2,
  );
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export interface CompareOptions {
  readonly history?: string;
  readonly target?: string;
  readonly json?: boolean;
}

/** Words for runs of a target, by how many runs ago they were. */
const words: ReadonlyMap<string, number> = new Map([
  ['last', 0],
  ['previous', 1],
]);

/**
 * @param one the earlier run: a report.json, the folder of a run, a run's id or its beginning, `last` or `previous`
 * @returns 1 where a `must` clause is newly broken, else 0
 * @throws {UserError} exit 2: a run is not there
 */
export function compare(one: string, other: string, options: CompareOptions, io: Terminal): number {
  using history = options.history === undefined ? undefined : readHistory(options.history);
  const [before, after] = [one, other].map((name) => runNamed(name, history, options.target));
  if (!before || !after) throw new RangeError('two names give two runs');
  const comparison = compared(before, after);
  io.write(
    options.json ? `${JSON.stringify(plain(comparison), null, 2)}\n` : comparisonText(comparison, io.width),
  );
  return comparison.changes.some(({ kind, level }) => kind === 'new' && level === 'must') ? 1 : 0;
}

/** As JSON can hold it: the clauses that are as before are left out. */
function plain({ before, after, changed, changes }: Comparison): object {
  const head = ({ clauses: _, ...run }: PastRun): object => run;
  return { before: head(before), after: head(after), changed: Object.fromEntries(changed), changes };
}

function runNamed(name: string, history: History | undefined, target: string | undefined): PastRun {
  if (existsSync(name)) return pastRun(readReport(name));
  if (!history)
    throw new UserError(
      `${name} is not a file or folder, and without --history it can’t be found as a run.`,
      'Give two report.json files or folders of runs, or --history FILE.',
      2,
    );
  const back = words.get(name);
  return back === undefined ? byId(name, history) : runBack(name, back, history, target);
}

function runBack(name: string, back: number, history: History, target: string | undefined): PastRun {
  const of = targetNamed(history, target);
  return history.read((db) => {
    const run = newestOf(db, of, back + 1)[back];
    if (run) return run;
    throw new UserError(
      `There is no ${name} run of ${of}: the history has only one run.`,
      'Test the target again.',
      2,
    );
  });
}

function byId(id: string, history: History): PastRun {
  return history.read((db) => {
    const [run, ...more] = runsNamed(db, id);
    if (run && more.length === 0) return run;
    throw new UserError(
      run ? `Several runs begin with ${id}.` : `There is no run and no file ${id}.`,
      'crdb-conformance history --history FILE lists the runs; `last` and `previous` name the newest two.',
      2,
    );
  });
}

export interface SiteOptions {
  readonly history: string;
  readonly out: string;
  /** How many of the newest runs of each target. */
  readonly last: number;
}

/** Pages of older runs stay in the folder, so that links to them still work. @returns 0 */
export function buildSite({ history: file, out, last }: SiteOptions, io: Terminal): number {
  using history = readHistory(file);
  const folder = outFolder(out);
  const targets = history.read((db) =>
    newestOfEach(db).map(({ run: { target: name } }) => ({
      name,
      runs: newestOf(db, name, last),
    })),
  );
  let pages = 0;
  const siteHistory = {
    reportOf: ({ id }: PastRun) => history.read((db) => keptReport(db, id)),
    sinceOf: (run: PastRun) => history.read((db) => sinceInWords(db, run)),
  };
  for (const { path, content } of siteFiles(targets, siteHistory)) {
    writeOutput(join(folder, path), content, 'Make room on the disk, or name another --out DIR.');
    pages++;
  }
  io.write(`${counted(pages, 'page')}: ${join(folder, 'index.html')}\n`);
  return 0;
}
