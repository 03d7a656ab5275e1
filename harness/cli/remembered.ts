/** The commands that ask a history: which runs it holds. */
import { type History, readHistory } from '../../reports/history/database.ts';
import { newestOf, newestOfEach } from '../../reports/history/runs.ts';
import { runsText, targetsText } from '../../reports/history/text.ts';
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
    io.write(
      json
        ? asJson(targets.map(({ run: { clauses: _, ...head }, runs }) => ({ ...head, runs })))
        : targetsText(targets, io.width),
    );
    return 0;
  }
  const name = targetNamed(opened, target);
  // One more than is told: the oldest, too, is told by what changed.
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
export function targetNamed(opened: History, target: string | undefined): string {
  const names = opened.read(newestOfEach).map(({ run }) => run.target);
  const [only, ...others] = names;
  if (target === undefined && only !== undefined && others.length === 0) return only;
  if (target !== undefined && names.includes(target)) return target;
  if (only === undefined)
    throw new UserError(
      'The history holds no run yet.',
      'A run keeps itself there: crdb-conformance run --history FILE',
      2,
    );
  const near = target === undefined ? undefined : nearest(target, names);
  throw new UserError(
    target === undefined ? 'The history holds several targets.' : `The history holds no target ${target}.`,
    `${near === undefined ? '' : `Did you mean ${near}? `}Its targets are ${names.join(', ')}: name one by --target NAME.`,
    2,
  );
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
