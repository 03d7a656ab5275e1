/** Measurements within this process. */
import { strictEqual } from 'node:assert';
import { join } from 'node:path';
import type { Report } from '../harness/model/report.ts';
import { night } from '../harness/testing/reports/sample.ts';
import { compare } from '../reports/history/compare.ts';
import { openHistory, readHistory } from '../reports/history/database.ts';
import { insertRun, newestOf, newestOfEach, pastRun, sinceWhen } from '../reports/history/runs.ts';
import { loadValidators } from '../spec/validators.ts';
import { folder } from './processes.ts';

export function secondsOf(work: () => unknown): number {
  const fromMs = performance.now();
  work();
  return (performance.now() - fromMs) / 1000;
}

const statuses = ['queued', 'started', 'finished', 'failed'];
const hundredThousandTasks = (): string =>
  JSON.stringify(
    Array.from({ length: 100_000 }, (_, index) => ({
      id: `7d1f3a52-0000-4000-8000-${String(index).padStart(12, '0')}`,
      crdb_guid: 'e1a1f8b2-7c5d-4b0e-9a43-5d2f0c9b7a11',
      status: statuses[index % statuses.length],
      started: '2025-01-01T00:00:00Z',
      ended: '2025-01-01T00:01:40Z',
      errors: index % 4 === 3 ? [{ cluster_name: 'a', description: 'lost', error_code: 'gone' }] : [],
    })),
  );

/** Validating, as a multiple of parsing the same bytes. */
export function validating(): number {
  const bytes = hundredThousandTasks();
  const validators = loadValidators();
  let parsed: unknown;
  const parseS = secondsOf(() => {
    parsed = JSON.parse(bytes);
  });
  const validateS = secondsOf(() =>
    strictEqual(validators.validate('list', 200, validators.withoutNulls(parsed).value).length, 0),
  );
  return validateS / parseS;
}

const nights = 10_000;
const clauses = Array.from({ length: 60 }, (_, index) => `suite.clause-${index}`);
/** The first clause fails every week; the last ten have failed since the first night. */
const nightReport = (number: number): Report =>
  night(number, {
    clauses: Object.fromEntries(
      clauses.map((id, index) => [id, index >= 50 || (index === 0 && number % 7 === 0) ? 'fail' : 'pass']),
    ),
  });

/** Of the questions that `history`, `compare`, `site` and a run ask, the slowest. */
export function slowestHistoryQuestion(): number {
  const file = join(folder, 'history.db');
  {
    using history = openHistory(file);
    history.write((db) => {
      for (let number = 1; number <= nights; number++) insertRun(db, nightReport(number));
    });
  }
  const [first, last] = [pastRun(nightReport(1)), pastRun(nightReport(nights))];
  using history = readHistory(file);
  return history.read((db) =>
    Math.max(
      secondsOf(() => newestOfEach(db)),
      secondsOf(() => newestOf(db, last.target, 60)),
      secondsOf(() => sinceWhen(db, last)),
      secondsOf(() => compare(first, last)),
    ),
  );
}
