import { describe, expect, test } from 'vitest';
import { reports } from '../harness/testing/reports/reports.ts';
import { bigReport, evilWords, hostile, sampleReport } from '../harness/testing/reports/sample.ts';
import { annotations } from './github.ts';

test('the verdict is a notice, a broken clause an error, a warning a warning', () => {
  const [verdict, ...others] = annotations(reports.nonConformant).split('\n');
  expect(verdict).toBe(
    '::notice title=crdb-conformance%3A non-conformant::non-conformant: 3 of 8 must clauses broken, 2 proven (7 within reach)',
  );
  expect(others.map((line) => line.slice(0, line.indexOf('::', 2)))).toEqual([
    '::error title=cancel.commit-phase.refused (must)',
    '::error title=read.schema (must)',
    '::error title=robustness.malformed-id.read (must)',
    '::warning title=auth.www-authenticate (should)',
    '',
  ]);
});

test('an error tells the statement, the proof and the place in the docs', () => {
  expect(annotations(reports.nonConformant).split('\n')[1]).toBe(
    '::error title=cancel.commit-phase.refused (must)::A graceful cancel of a task in its commit phase is refused with 406.%0APOST /v1/crdb_tasks/7/actions/cancel answered 200, expected 406%0Ahttps://redis.io/docs/latest/operate/rs/references/rest-api/requests/crdb_tasks/#get-crdb_task',
  );
});

test('a strict run’s warnings are errors', () => {
  expect(annotations(reports.strict)).toContain('\n::error title=verbose.adds (should)::');
});

test('of each level so many as GitHub shows, the last of which counts the others', () => {
  const report = bigReport(600, 600);
  const lines = annotations(report).split('\n');
  for (const level of ['error', 'warning']) {
    const of = lines.filter((line) => line.startsWith(`::${level} `));
    expect(of).toHaveLength(10);
    const all = report.summary[level === 'error' ? 'fail' : 'warn'];
    expect(of.at(-1)).toBe(`::${level} title=crdb-conformance::and ${all - 9} more clauses: see the reports`);
  }
});

describe('hostile words', () => {
  test('make no command of their own, and end none', () => {
    const told = annotations(reports.nonConformant).split('\n').length;
    const lines = annotations(hostile(reports.nonConformant, evilWords)).split('\n');
    expect(lines).toHaveLength(told);
    expect(lines.filter((line) => line !== '' && !/^::(notice|error|warning) title=/.test(line))).toEqual([]);
  });

  test('are escaped by the rules: a title ends at no colon or comma, and a percent sign is one', () => {
    const report = sampleReport({ clauses: [{ id: 'a::b,c=%0A', verdict: 'fail', statement: '100%0A' }] });
    expect(annotations(report).split('\n')[1]).toMatch(
      /^::error title=a%3A%3Ab%2Cc=%250A \(must\)::100%250A%0A/,
    );
  });
});
