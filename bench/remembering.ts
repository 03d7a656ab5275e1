/** How long a history of ten thousand nights takes to answer: 60 clauses each, of one target. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '../harness/model/verdict.ts';
import { compare } from '../reports/history/compare.ts';
import { openHistory, readHistory } from '../reports/history/database.ts';
import { insertRun, newestOf, newestOfEach, pastRun, runsNamed, sinceWhen } from '../reports/history/runs.ts';
import { night, nightId } from '../reports/samples/sample.ts';

const nights = 10_000;
const target = 'my-mock';

function verdictOf(clause: number, number: number): Verdict {
  if (clause === 0) return number % 7 === 0 ? 'fail' : 'pass';
  return clause < 50 && number > 100 ? 'pass' : 'fail'; // ten have been broken since the first night
}

const report = (number: number) =>
  night(number, {
    clauses: Object.fromEntries(
      Array.from({ length: 60 }, (_, clause) => [`suite.clause-${clause}`, verdictOf(clause, number)]),
    ),
  });

/** @returns milliseconds for the question that takes longest, as the median of five times that it is asked */
export function slowestAnswerMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'crdb-bench-history-'));
  const file = join(folder, 'history.db');
  try {
    {
      using history = openHistory(file);
      history.write((db) => {
        for (let number = 1; number <= nights; number++) insertRun(db, report(number));
      });
    }
    const last = pastRun(report(nights));
    const questions = [
      asking(file, (db) => newestOfEach(db)), // history
      asking(file, (db) => newestOf(db, target, 21)),
      asking(file, (db) => {
        const [one, other] = [nightId(1), nightId(nights)].map((id) => runsNamed(db, id)[0]);
        return one && other && compare(one, other);
      }),
      asking(file, (db) => sinceWhen(db, last)), // of ten that are broken
      asking(file, (db) => newestOf(db, target, 60)), // site
    ];
    return Math.max(...questions.map(medianOf));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As a command asks: the file is opened first. */
const asking =
  (file: string, ask: Parameters<ReturnType<typeof readHistory>['read']>[0]): (() => unknown) =>
  () => {
    using history = readHistory(file);
    return history.read(ask);
  };

function medianOf(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return times.sort((a, b) => a - b)[2] ?? Number.NaN;
}
