/** Since when a broken clause is broken: a look back from a run, over doubts, to the last time that it passed. */
import type { DatabaseSync } from 'node:sqlite';
import type { PastRun } from './past-run.ts';

/** A run by its id, and when it started. */
export interface Moment {
  readonly run: string;
  readonly startedMs: number;
}

export type Since =
  /** The first run that showed it broken, after it had passed or been unknown. */
  | { readonly kind: 'since'; readonly first: Moment }
  /** No run before this one showed it broken after that one, in which it passed. */
  | { readonly kind: 'new'; readonly passed: Moment };

/** @returns by clause id; nothing where no earlier run of the target is remembered that judged the clause */
export function sinceWhen(db: DatabaseSync, run: PastRun): ReadonlyMap<string, Since> {
  const broken = [...run.clauses].filter(([, { verdict }]) => verdict === 'fail' || verdict === 'warn');
  return new Map(broken.flatMap(([id]) => optional(id, sinceOf(db, run, id))));
}

const optional = <T>(id: string, since: T | undefined): readonly (readonly [string, T])[] =>
  since ? [[id, since]] : [];

function sinceOf(db: DatabaseSync, { target, startedMs }: PastRun, clause: string): Since | undefined {
  const ids = db
    .prepare(
      'SELECT targets.id AS target, clauses.id AS clause FROM targets, clauses WHERE targets.name = ? AND clauses.name = ?',
    )
    .get(target, clause);
  if (!ids) return undefined;
  const of = [Number(ids.target), Number(ids.clause)] as const;
  const passed = momentOf(
    db
      .prepare(
        `SELECT runs.run, verdicts.started_ms FROM verdicts JOIN runs ON runs.id = verdicts.run
         WHERE verdicts.target = ? AND clause = ? AND verdicts.verdict = 'pass' AND verdicts.started_ms < ?
         ORDER BY verdicts.started_ms DESC LIMIT 1`,
      )
      .get(...of, startedMs),
  );
  const first = momentOf(
    db
      .prepare(
        `SELECT runs.run, verdicts.started_ms FROM verdicts JOIN runs ON runs.id = verdicts.run
         WHERE verdicts.target = ? AND clause = ? AND verdicts.verdict IN ('fail', 'warn')
           AND verdicts.started_ms > ? AND verdicts.started_ms < ?
         ORDER BY verdicts.started_ms LIMIT 1`,
      )
      .get(...of, passed?.startedMs ?? Number.MIN_SAFE_INTEGER, startedMs),
  );
  if (first) return { kind: 'since', first };
  return passed && { kind: 'new', passed };
}

const momentOf = (row: Readonly<Record<string, unknown>> | undefined): Moment | undefined =>
  row && { run: String(row.run), startedMs: Number(row.started_ms) };
