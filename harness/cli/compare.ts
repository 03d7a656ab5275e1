/** `crdb-conformance compare`: what changed between two runs, and what may explain it. */
import { existsSync } from 'node:fs';
import { type Comparison, compare as compared } from '../../reports/history/compare.ts';
import { type History, readHistory } from '../../reports/history/database.ts';
import { newestOf, type PastRun, pastRun, runsNamed } from '../../reports/history/runs.ts';
import { comparisonText } from '../../reports/history/text.ts';
import { UserError } from '../model/errors.ts';
import { targetNamed } from './remembered.ts';
import { readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';

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
 * @param one the earlier run: a report.json, a run's id or its beginning, `last` or `previous`
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
      `${name} is no file, and no history is named to look for such a run in.`,
      'Name two report.json, or --history FILE.',
      2,
    );
  const back = words.get(name);
  return back === undefined ? byId(name, history) : bygone(name, back, history, target);
}

function bygone(name: string, back: number, history: History, target: string | undefined): PastRun {
  const of = targetNamed(history, target);
  return history.read((db) => {
    const run = newestOf(db, of, back + 1)[back];
    if (run) return run;
    throw new UserError(`There is no ${name} run of ${of}: it was run once.`, 'Run it again.', 2);
  });
}

function byId(id: string, history: History): PastRun {
  return history.read((db) => {
    const [run, ...more] = runsNamed(db, id);
    if (run && more.length === 0) return run;
    throw new UserError(
      run ? `Several runs begin with ${id}.` : `There is no run ${id}, and no such file.`,
      'crdb-conformance history --history FILE lists the runs; `last` and `previous` name the newest two.',
      2,
    );
  });
}
