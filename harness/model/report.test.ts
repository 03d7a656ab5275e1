import { expect, test } from 'vitest';
import { exchange, sampleRecord } from '../testing/reports/sample.ts';
import { buildReport, type Judgement } from './report.ts';

const record = sampleRecord({
  clauses: [
    { id: 'b', verdict: 'fail', checks: [{ name: 'one', exchanges: ['read-1'] }] },
    { id: 'a', verdict: 'pass', checks: [{ name: 'two' }, { name: 'three', because: 'b' }] },
  ],
  exchanges: [exchange('read-1')],
});
const clause = (id: string) => ({
  id,
  level: 'must' as const,
  basis: 'stated' as const,
  operation: 'read' as const,
  statement: 'It holds.',
  reason: 'Stated.',
  source: { page: 'p', anchor: 'a', url: 'https://docs/7.8' },
});
const judgement: Judgement = {
  verdict: 'non-conformant',
  summary: {
    pass: 1,
    fail: 1,
    warn: 0,
    skip: 1,
    inconclusive: 0,
    observed: 0,
    must: { proven: 1, broken: 1, reachable: 2, total: 3 },
  },
  clauseVerdicts: new Map([
    ['a', 'pass'],
    ['b', 'fail'],
    ['c', 'skip'],
  ]),
};
const build = (...ids: string[]) => buildReport(record, ids.map(clause), judgement);

test('clauses stand in the order of the register, each with its verdict and its own checks', () => {
  expect(
    build('a', 'b', 'c').clauses.map(({ id, verdict, checks }) => [
      id,
      verdict,
      checks.map(({ name }) => name),
    ]),
  ).toEqual([
    ['a', 'pass', ['two', 'three']],
    ['b', 'fail', ['one']],
    ['c', 'skip', []],
  ]);
});

test('a clause holds what the schema knows of it and no more', () => {
  expect(build('a', 'b').clauses[0]).toStrictEqual({
    id: 'a',
    level: 'must',
    basis: 'stated',
    operation: 'read',
    statement: 'It holds.',
    reason: 'Stated.',
    source: { page: 'p', anchor: 'a', url: 'https://docs/7.8' },
    verdict: 'pass',
    checks: [
      {
        name: 'two',
        suite: 'a',
        verdict: 'pass',
        reason: 'GET /v1/crdb_tasks/7 answered 200',
        exchanges: [],
      },
      {
        name: 'three',
        suite: 'a',
        verdict: 'pass',
        reason: 'GET /v1/crdb_tasks/7 answered 200',
        because: 'b',
        exchanges: [],
      },
    ],
  });
});

test('judgement, run, target, tasks and exchanges are taken as they are', () => {
  const { verdict, summary, run, target, tasks, exchanges } = build('a', 'b');
  expect({ verdict, summary, run, target, tasks, exchanges }).toStrictEqual({
    verdict: judgement.verdict,
    summary: judgement.summary,
    run: record.run,
    target: record.target,
    tasks: record.tasks,
    exchanges: record.exchanges,
  });
});

test('a check is never left out silently', () => {
  expect(() => build('a')).toThrow('there are checks of clause b, and the report is not about it');
});

test('nor is a clause without a verdict', () => {
  expect(() => build('a', 'b', 'd')).toThrow('clause d has no verdict');
});
