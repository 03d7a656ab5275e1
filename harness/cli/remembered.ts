/** The commands that ask a history: what runs there were, and which clauses are judged now so, now so. */
import { type History, readHistory } from '../../reports/history/file.ts';
import { flakyOf } from '../../reports/history/flaky.ts';
import { flakyText } from '../../reports/history/flaky-text.ts';
import { runsText, targetsText } from '../../reports/history/history-text.ts';
import { newestOf, newestOfEach, whole } from '../../reports/history/recall.ts';
import { nearest } from '../../spec/nearest.ts';
import { UserError } from '../model/errors.ts';
import type { Terminal } from './terminal.ts';

export interface HistoryQuery {
  /** The history's file. */
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
    io.write(json ? asJson(targets) : targetsText(targets, io.width));
    return 0;
  }
  const name = targetNamed(opened, target);
  // One more than is told: the oldest, too, is told by what changed.
  const runs = opened.read((db) => newestOf(db, name, last + 1).map((head) => whole(db, head)));
  io.write(
    json
      ? asJson(runs.slice(0, last).map((run) => ({ ...run, clauses: Object.fromEntries(run.clauses) })))
      : runsText(runs, last, io.width),
  );
  return 0;
}

/** The clauses of a target that were judged in two ways under the same conditions. @returns 0 */
export function flaky({ history: file, target, last, json }: HistoryQuery, io: Terminal): number {
  using opened = readHistory(file);
  const name = targetNamed(opened, target);
  const runs = opened.read((db) => newestOf(db, name, last)).length;
  const found = opened.read((db) => flakyOf(db, name, last));
  io.write(json ? asJson(found) : flakyText(found, { target: name, runs }, io.width));
  return 0;
}

/**
 * The target of that name; the only one, where none is named.
 * @throws {UserError} exit 2: there is none of that name, or one must be named
 */
export function targetNamed(opened: History, target: string | undefined): string {
  const names = opened.read(newestOfEach).map(({ target: name }) => name);
  const [only, ...others] = names;
  if (target === undefined && only !== undefined && others.length === 0) return only;
  if (target !== undefined && names.includes(target)) return target;
  if (only === undefined)
    throw new UserError('The history has no runs yet.', 'Add one: crdb-conformance run --history FILE', 2);
  const near = target === undefined ? undefined : nearest(target, names);
  throw new UserError(
    target === undefined ? 'The history has several targets.' : `The history has no target ${target}.`,
    `${near === undefined ? '' : `Did you mean ${near}? `}Its targets are ${names.join(', ')}: name one by --target NAME.`,
    2,
  );
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
