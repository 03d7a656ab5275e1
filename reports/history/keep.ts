/** A run goes into a history whole, and once: by its id. */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync } from 'node:zlib';
import type { Report } from '../../harness/model/report.ts';
import type { History } from './file.ts';
import { type Conditions, pastRun } from './past-run.ts';

/** @returns whether it is new there @throws {HistoryError} it can't be written */
export const keep = (history: History, report: Report): boolean => history.write((db) => insert(db, report));

/** The same within a transaction of the caller's. */
export function insert(db: DatabaseSync, report: Report): boolean {
  const run = pastRun(report);
  const conditions = JSON.stringify(run.conditions);
  const target = idOf(db, 'targets', run.target);
  const { changes, lastInsertRowid } = db
    .prepare(
      `INSERT INTO runs (run, target, started_ms, duration_ms, verdict, headline, cut_short, conditions, conditions_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO NOTHING`,
    )
    .run(
      run.id,
      target,
      run.startedMs,
      run.durationMs,
      run.verdict,
      run.tally,
      run.cutShort,
      conditions,
      hash(run.conditions),
    );
  if (changes === 0) return false;
  const verdict = db.prepare(
    `INSERT INTO verdicts (clause, target, started_ms, run, level, verdict, unstable, took_ms, reason)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [id, of] of run.clauses)
    verdict.run(
      idOf(db, 'clauses', id),
      target,
      run.startedMs,
      lastInsertRowid,
      of.level,
      of.verdict,
      0,
      of.tookMs,
      of.reason,
    );
  db.prepare('INSERT INTO reports (run, zstd) VALUES (?, ?)').run(lastInsertRowid, packed(report));
  return true;
}

/** JSON repeats itself: a run of 1.6 MB comes to some 75 kB, in some 40 ms. */
const packed = (report: Report): Buffer => zstdCompressSync(JSON.stringify(report));

/** The number of a name; a new one for a name that is new. */
function idOf(db: DatabaseSync, table: 'targets' | 'clauses', name: string): number {
  db.prepare(`INSERT INTO ${table} (name) VALUES (?) ON CONFLICT (name) DO NOTHING`).run(name);
  return Number(db.prepare(`SELECT id FROM ${table} WHERE name = ?`).get(name)?.id);
}

/** Runs under the same conditions have the same one, in whatever order their settings stand. */
function hash(conditions: Conditions): string {
  const sorted = Object.entries(conditions).map(([part, fields]) => [
    part,
    Object.entries(fields).toSorted(),
  ]);
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}
