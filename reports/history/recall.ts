/** What a history is asked: its targets, the runs of one, and a run by its name. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import type { Report } from '../../harness/model/report.ts';
import type { Level, RunVerdict, Verdict } from '../../harness/model/verdict.ts';
import type { Conditions, PastRun, PastVerdict } from './past-run.ts';

/** A run without its clauses. */
export type PastHead = Omit<PastRun, 'clauses'>;

const heads = `
  SELECT runs.id AS row, run, targets.name AS target, started_ms, duration_ms, verdict, headline, cut_short, conditions
  FROM runs JOIN targets ON targets.id = runs.target`;

type Row = Readonly<Record<string, SQLOutputValue>>;

/** The casts are sound: insert() alone writes these columns, and from those types. */
const headOf = (row: Row): PastHead => ({
  id: String(row.run),
  target: String(row.target),
  startedMs: Number(row.started_ms),
  durationMs: Number(row.duration_ms),
  verdict: row.verdict as RunVerdict,
  tally: String(row.headline),
  cutShort: textOrNull(row.cut_short),
  conditions: JSON.parse(String(row.conditions)) as Conditions,
});

const verdictOf = (row: Row): PastVerdict => ({
  level: row.level as Level, // as in headOf()
  verdict: row.verdict as Verdict,
  reason: textOrNull(row.reason),
  tookMs: Number(row.took_ms),
});

const textOrNull = (value: SQLOutputValue | undefined): string | null =>
  typeof value === 'string' ? value : null;

/** Each target by its newest run; the one that was tested last comes first. */
export const newestOfEach = (db: DatabaseSync): readonly (PastHead & { readonly runs: number })[] =>
  db
    .prepare(
      `SELECT head.*, (SELECT count(*) FROM runs WHERE runs.target = targets.id) AS runs
       FROM targets JOIN (${heads}) AS head
         ON head.row = (SELECT id FROM runs WHERE runs.target = targets.id ORDER BY started_ms DESC, id DESC LIMIT 1)
       ORDER BY head.started_ms DESC`,
    )
    .all()
    .map((row) => ({ ...headOf(row), runs: Number(row.runs) }));

/** The newest runs of a target, the newest first. */
export const newestOf = (db: DatabaseSync, target: string, most: number): readonly PastHead[] =>
  db
    .prepare(`${heads} WHERE targets.name = ? ORDER BY started_ms DESC, runs.id DESC LIMIT ?`)
    .all(target, most)
    .map(headOf);

/** The run of that id, or the first two whose ids begin so: what names two names none. */
export function named(db: DatabaseSync, id: string): readonly PastHead[] {
  const exact = db.prepare(`${heads} WHERE run = ?`).all(id);
  const found =
    exact.length > 0
      ? exact
      : db
          .prepare(`${heads} WHERE run > ?1 AND substr(run, 1, length(?1)) = ?1 ORDER BY run LIMIT 2`)
          .all(id);
  return found.map(headOf);
}

/** The last run of a target that started before another did, and was about the same clauses. */
export const before = (
  db: DatabaseSync,
  { target, startedMs, conditions }: Pick<PastHead, 'target' | 'startedMs' | 'conditions'>,
): PastHead | undefined =>
  db
    .prepare(
      `${heads} WHERE targets.name = ? AND started_ms < ? AND coalesce(conditions ->> '$.settings.selection', '') = ?
       ORDER BY started_ms DESC, runs.id DESC LIMIT 1`,
    )
    .all(target, startedMs, String(conditions.settings.selection ?? ''))
    .map(headOf)[0];

/** A run with its clauses. */
export function whole(db: DatabaseSync, head: PastHead): PastRun {
  const rows = db
    .prepare(
      `SELECT clauses.name AS clause, level, verdicts.verdict, reason, took_ms
       FROM runs JOIN verdicts ON verdicts.run = runs.id JOIN clauses ON clauses.id = verdicts.clause
       WHERE runs.run = ? ORDER BY clauses.id`,
    )
    .all(head.id);
  return { ...head, clauses: new Map(rows.map((row) => [String(row.clause), verdictOf(row)])) };
}

/** The report of a run as it was kept; undefined for one that an older version of this program kept without it. */
export function reportOf(db: DatabaseSync, id: string): Report | undefined {
  const row = db
    .prepare('SELECT zstd FROM reports JOIN runs ON runs.id = reports.run WHERE runs.run = ?')
    .get(id);
  if (!(row?.zstd instanceof Uint8Array)) return undefined;
  return JSON.parse(zstdDecompressSync(row.zstd).toString()); // keep() alone writes them, from whole reports
}
