/** The runs in a history: a run from its report, into the file once, and back out of it by target, id or order. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { ClauseResult, Report } from '../../harness/model/report.ts';
import type { Level, RunVerdict, Verdict } from '../../harness/model/verdict.ts';
import { tally } from '../text/sentences.ts';
import { holdsMoreValues, longestReport, mostValues } from '../validate.ts';
import { type History, HistoryError } from './database.ts';

/** What is remembered of a run, the same from a report and from a history: enough to compare two. */
export interface PastRun {
  readonly id: string;
  /** Names the server under test across runs. */
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly durationMs: number;
  readonly verdict: RunVerdict;
  /** `31 of 48 must clauses proven, none broken` */
  readonly tally: string;
  readonly cutShort: string | null;
  readonly conditions: Conditions;
  readonly clauses: ReadonlyMap<string, PastVerdict>;
}

export interface PastVerdict {
  readonly level: Level;
  readonly verdict: Verdict;
  /** Of the first check with that verdict; null for a pass. */
  readonly reason: string | null;
  /** From its first request to its last response. */
  readonly tookMs: number;
}

/** What may explain that a verdict changed: the target, the suites, the docs, the settings. */
export interface Conditions {
  readonly target: Fields;
  readonly suites: Fields;
  readonly docs: Fields;
  readonly settings: Fields;
}
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** Settings that can't change a clause's verdict. */
const idleSettings = new Set([
  'strict',
  'requireComplete',
  'maxDurationS',
  'ca',
  'insecure',
  'cert',
  'proxy',
  'nodes',
  'key',
]);

const conditionsOf = ({ target, run }: Report): Conditions => ({
  target: { server: target.server }, // its URL may differ each time, as that of a mock on a free port does
  suites: { harness: run.harnessVersion, suites: run.hashes.suites, clauses: run.hashes.clauses },
  docs: { edition: run.docsVersion, openapi: run.hashes.openapi },
  settings: {
    profile: run.profile,
    provisioner: target.provisioner,
    capabilities: target.capabilities.toSorted().join(', '),
    ...Object.fromEntries(Object.entries(run.settings).filter(([name]) => !idleSettings.has(name))),
  },
});

export function pastRun(report: Report): PastRun {
  const { run, verdict, clauses } = report;
  const spans = new Map(report.exchanges.map(({ id, ...span }) => [id, span]));
  return {
    id: run.id,
    target: targetName(report),
    startedMs: Date.parse(run.startedAt),
    durationMs: Math.round(run.durationMs),
    verdict,
    tally: tally(report),
    cutShort: run.cutShort,
    conditions: conditionsOf(report),
    clauses: new Map(
      clauses.map((clause) => [
        clause.id,
        {
          level: clause.level,
          verdict: clause.verdict,
          reason: reasonOf(clause),
          tookMs: tookMs(clause, spans),
        },
      ]),
    ),
  };
}

/** The name that the user gave; without one it is the host, and the path distinguishes servers on one host. */
function targetName({ target: { name, url } }: Report): string {
  const { host, pathname } = new URL(url);
  return name === host ? name + pathname.replace(/\/+$/, '') : name;
}

const reasonOf = ({ verdict, checks }: ClauseResult): string | null =>
  verdict === 'pass' ? null : (checks.find((check) => check.verdict === verdict)?.reason ?? null);

function tookMs(
  { checks }: ClauseResult,
  spans: ReadonlyMap<string, { readonly sentAt: number; readonly receivedAt: number }>,
): number {
  const own = checks.flatMap(({ exchanges }) => exchanges).flatMap((id) => spans.get(id) ?? []);
  const first = Math.min(...own.map(({ sentAt }) => sentAt));
  const last = Math.max(...own.map(({ receivedAt }) => receivedAt));
  return own.length === 0 ? 0 : Math.round(last - first);
}

/** @returns whether the run is new there @throws {HistoryError} it can't be written */
export const keepRun = (history: History, report: Report): boolean =>
  history.write((db) => insertRun(db, report));

/** The same within a transaction of the caller's. */
export function insertRun(db: DatabaseSync, report: Report): boolean {
  const run = pastRun(report);
  const { changes } = db
    .prepare(
      `INSERT INTO runs (run, target, started_ms, verdicts, past, report) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (run) DO NOTHING`,
    )
    .run(
      run.id,
      run.target,
      run.startedMs,
      JSON.stringify(Object.fromEntries([...run.clauses].map(([id, { verdict }]) => [id, verdict]))),
      JSON.stringify({ ...run, clauses: Object.fromEntries(run.clauses) }),
      zstdCompressSync(JSON.stringify(report)), // 1.6 MB come to some 75 kB, in some 40 ms
    );
  return changes > 0;
}

/** The casts are sound: insertRun() alone writes this column, and from a PastRun. */
function runIn({ past }: Readonly<Record<string, SQLOutputValue>>): PastRun {
  const { clauses, ...run } = JSON.parse(String(past)) as Omit<PastRun, 'clauses'> & {
    readonly clauses: Readonly<Record<string, PastVerdict>>;
  };
  return { ...run, clauses: new Map(Object.entries(clauses)) };
}

const newestFirst = 'ORDER BY started_ms DESC, rowid DESC';

/** Each target by its newest run and its number of runs; the one that was tested last comes first. */
export const newestOfEach = (db: DatabaseSync): readonly { readonly run: PastRun; readonly runs: number }[] =>
  db
    .prepare('SELECT target, count(*) AS runs FROM runs GROUP BY target ORDER BY max(started_ms) DESC')
    .all()
    .flatMap(({ target, runs }) =>
      newestOf(db, String(target), 1).map((run) => ({ run, runs: Number(runs) })),
    );

/** The newest runs of a target, the newest first. */
export const newestOf = (db: DatabaseSync, target: string, most: number): readonly PastRun[] =>
  db.prepare(`SELECT past FROM runs WHERE target = ? ${newestFirst} LIMIT ?`).all(target, most).map(runIn);

/** The run of that id; else the first two whose ids begin with it, for what names two names none. */
export function runsNamed(db: DatabaseSync, id: string): readonly PastRun[] {
  const exact = db.prepare('SELECT past FROM runs WHERE run = ?').all(id);
  const found =
    exact.length > 0
      ? exact
      : db
          .prepare('SELECT past FROM runs WHERE substr(run, 1, length(?1)) = ?1 ORDER BY run LIMIT 2')
          .all(id);
  return found.map(runIn);
}

/**
 * The report of a run, as it was kept.
 * @throws {RangeError} the history holds no such run
 * @throws {HistoryError} what is kept there is no report
 */
export function keptReport(db: DatabaseSync, id: string): Report {
  const row = db.prepare('SELECT report FROM runs WHERE run = ?').get(id);
  if (!(row?.report instanceof Uint8Array)) throw new RangeError(`the history holds no run ${id}`);
  try {
    const text = zstdDecompressSync(row.report, { maxOutputLength: longestReport });
    if (holdsMoreValues(text, mostValues)) throw new RangeError(`it has more than ${mostValues} values`);
    return JSON.parse(text.toString()); // insertRun() writes whole reports
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HistoryError(
      `The report of the run ${id} can’t be read from the history: ${why}.`,
      'The file is damaged, or another program wrote it: begin a new one with --history.',
      { cause: error },
    );
  }
}

export interface Moment {
  readonly run: string;
  readonly startedMs: number;
}

export type Since =
  /** The first run that showed it broken, after it had passed or been unknown. */
  | { readonly kind: 'since'; readonly first: Moment }
  /** No run before this one showed it broken after that one, in which it passed. */
  | { readonly kind: 'new'; readonly passed: Moment };

/**
 * Looks back from a run, past inconclusive ones, to the last in which each broken clause passed.
 * @returns by clause id; nothing for a clause that no earlier run of the target judged
 */
export function sinceWhen(db: DatabaseSync, run: PastRun): ReadonlyMap<string, Since> {
  const open = new Set([...run.clauses].flatMap(([id, of]) => (isBroken(of) ? [id] : [])));
  const found = new Map<string, Since>();
  const earlier = db.prepare(
    `SELECT run, started_ms, verdicts FROM runs WHERE target = ? AND started_ms < ? ${newestFirst}`,
  );
  let text = '{}';
  let verdicts: Readonly<Record<string, Verdict>> = {};
  for (const row of open.size === 0 ? [] : earlier.iterate(run.target, run.startedMs)) {
    // Most runs have the verdicts of the run after them: to parse those again would take most of the time.
    if (row.verdicts !== text) {
      text = String(row.verdicts);
      verdicts = JSON.parse(text); // insertRun() writes it
    }
    const moment = { run: String(row.run), startedMs: Number(row.started_ms) };
    for (const clause of open) {
      const verdict = Object.hasOwn(verdicts, clause) ? verdicts[clause] : undefined;
      if (verdict === 'fail' || verdict === 'warn') found.set(clause, { kind: 'since', first: moment });
      if (verdict !== 'pass') continue;
      if (!found.has(clause)) found.set(clause, { kind: 'new', passed: moment });
      open.delete(clause);
    }
    if (open.size === 0) break;
  }
  return found;
}

export const isBroken = (of: PastVerdict | undefined): boolean =>
  of?.verdict === 'fail' || of?.verdict === 'warn';
