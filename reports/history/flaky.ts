/**
 * Clauses that were judged in two ways although nothing that is recorded changed: counted per clause, over the runs that
 * were made under the same conditions. A doubt (`inconclusive`, `skip`) is no second verdict.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Level, Verdict } from '../../harness/model/verdict.ts';
import type { Moment } from './since.ts';

export interface Flaky {
  readonly clause: string;
  readonly level: Level;
  /** There and back again, or repeats of one run differed; else it turned once, and stayed so. */
  readonly kind: 'flaky' | 'turned once';
  /** Runs under the same conditions that decided it. */
  readonly runs: number;
  readonly counts: Readonly<Partial<Record<Verdict, number>>>;
  /** From one run that decided it to the next. */
  readonly turns: number;
  /** Runs whose own repeats came to different verdicts. */
  readonly unstable: number;
  /** The newest run that came to another verdict than the one before it; undefined where repeats alone differed. */
  readonly turned: Moment | undefined;
}

interface Decided extends Moment {
  readonly verdict: Verdict;
  readonly level: Level;
  readonly unstable: boolean;
}

/** The worst first. @param most so many of the newest runs of the target are looked at */
export function flakyOf(db: DatabaseSync, target: string, most: number): readonly Flaky[] {
  const rows = db
    .prepare(
      `WITH recent AS (
         SELECT runs.id, run, runs.started_ms, conditions_hash FROM runs JOIN targets ON targets.id = runs.target
         WHERE targets.name = ? ORDER BY runs.started_ms DESC, runs.id DESC LIMIT ?)
       SELECT clauses.name AS clause, recent.run, recent.started_ms, conditions_hash, level, verdict, unstable
       FROM recent JOIN verdicts ON verdicts.run = recent.id JOIN clauses ON clauses.id = verdicts.clause
       WHERE verdict IN ('pass', 'fail', 'warn')
       ORDER BY recent.started_ms, recent.id`,
    )
    .all(target, most);
  const alike = Map.groupBy(rows, ({ clause, conditions_hash }) => `${conditions_hash} ${clause}`);
  return [...alike.values()]
    .flatMap((same) =>
      judged(
        String(same[0]?.clause),
        same.map((row) => ({
          run: String(row.run),
          startedMs: Number(row.started_ms),
          verdict: row.verdict as Verdict, // insert() alone writes these columns, and from those types
          level: row.level as Level,
          unstable: row.unstable === 1,
        })),
      ),
    )
    .sort((a, b) => b.turns + b.unstable - (a.turns + a.unstable));
}

function judged(clause: string, runs: readonly Decided[]): readonly Flaky[] {
  const turns = runs.filter(({ verdict }, row) => row > 0 && verdict !== runs[row - 1]?.verdict);
  const unstable = runs.filter((run) => run.unstable).length;
  const newest = runs.at(-1);
  if (!newest || turns.length + unstable === 0) return [];
  const turned = turns.at(-1);
  return [
    {
      clause,
      level: newest.level,
      kind: turns.length > 1 || unstable > 0 ? 'flaky' : 'turned once',
      runs: runs.length,
      counts: Object.fromEntries(
        [...Map.groupBy(runs, ({ verdict }) => verdict)].map(([verdict, of]) => [verdict, of.length]),
      ),
      turns: turns.length,
      unstable,
      turned: turned && { run: turned.run, startedMs: turned.startedMs },
    },
  ];
}
