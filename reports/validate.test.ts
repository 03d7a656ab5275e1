import { describe, expect, test } from 'vitest';
import type { Report } from '../harness/model/report.ts';
import { reports } from '../harness/testing/reports/reports.ts';
import { exchange, sampleReport } from '../harness/testing/reports/sample.ts';
import { firstProblem, validateReport } from './validate.ts';

test.each(Object.entries(reports))('a built report is whole: %s', (_, report) =>
  expect(validateReport(report)).toEqual([]),
);

test('so is what comes back from the file', () => {
  expect(validateReport(JSON.parse(JSON.stringify(reports.nonConformant)))).toEqual([]);
});

/** A report that is broken in one place: everything but `at` is whole. */
type Broken = { readonly at: string; readonly value: unknown; readonly problem: string };

function breakAt({ at, value }: Broken): unknown {
  const report: unknown = structuredClone(whole);
  const steps = at.split('.');
  const last = steps.pop() ?? '';
  const place = steps.reduce((inner: unknown, step) => (inner as Record<string, unknown>)[step], report);
  const object = place as Record<string, unknown>; // a path of this test that leads nowhere fails on the next line
  if (value === undefined) delete object[last];
  else object[last] = value;
  return report;
}

const whole: Report = sampleReport({
  clauses: [{ id: 'a', verdict: 'fail', checks: [{ exchanges: ['read-1'] }] }],
  exchanges: [exchange('read-1')],
});

describe('a broken one is refused, and the line says where and why', () => {
  test('the one to be broken is whole', () => {
    expect(validateReport(whole)).toEqual([]);
    expect(firstProblem(whole)).toBeUndefined();
  });

  test('a setting whose name is a text of somebody', () => {
    for (const name of ['<b>x</b>', 'a b', '\u202e', ''])
      expect(firstProblem(breakAt({ at: 'run.settings', value: { [name]: 1 }, problem: '' }))).toContain(
        'run.settings',
      );
  });

  test.each<Broken>([
    {
      at: 'schema',
      value: 'crdb-conformance/report@2',
      problem: 'schema must be equal to constant: "crdb-conformance/report@1"',
    },
    {
      at: 'verdict',
      value: 'ok',
      problem:
        'verdict must be equal to one of the allowed values: ["conformant","non-conformant","incomplete"]',
    },
    { at: 'verdct', value: 1, problem: 'the report must NOT have additional properties: "verdct"' },
    { at: 'run.cutShort', value: undefined, problem: "run must have required property 'cutShort'" },
    { at: 'run.startedAt', value: 'yesterday', problem: 'run.startedAt must match format "date-time"' },
    {
      at: 'run.settings.timeoutS',
      value: null,
      problem: 'run.settings.timeoutS must be number,boolean,string',
    },
    {
      at: 'target.url',
      value: 'http://me:pw@h',
      problem: 'target.url must match pattern "^https?://[^@/?#]+(/|$)"',
    },
    { at: 'target.url', value: 'http://h:99999', problem: 'target.url is not a URL' },
    { at: 'summary.must.proven', value: 1.5, problem: 'summary.must.proven must be integer' },
    {
      at: 'clauses.0.level',
      value: 'shall',
      problem: 'clauses.0.level must be equal to one of the allowed values: ["must","should","may"]',
    },
    {
      at: 'clauses.0.since',
      value: '7.8',
      problem: 'clauses.0 must NOT have additional properties: "since"',
    },
    { at: 'clauses.0.source.url', value: 'not one', problem: 'clauses.0.source.url must match format "uri"' },
    {
      at: 'clauses.0.checks.0.clause',
      value: 'a',
      problem: 'clauses.0.checks.0 must NOT have additional properties: "clause"',
    },
    {
      at: 'clauses.0.checks.0.exchanges',
      value: [],
      problem: 'clauses.0.checks.0.exchanges must NOT have fewer than 1 items',
    },
    {
      at: 'clauses.0.checks.0.exchanges',
      value: ['read-2'],
      problem: 'check "case 1" of a names the exchange read-2, which is not recorded',
    },
    { at: 'clauses.1', value: whole.clauses[0], problem: 'clause a is listed twice' },
    {
      at: 'clauses.0.checks.1',
      value: whole.clauses[0]?.checks[0],
      problem: 'clause a has two checks named "case 1"',
    },
    {
      at: 'tasks.0.phases.0.phase',
      value: 'started',
      problem:
        'tasks.0.phases.0.phase must be equal to one of the allowed values: ["queued","running","committing","finished","failed"]',
    },
    {
      at: 'exchanges.0.response',
      value: undefined,
      problem: "exchanges.0 must have required property 'response'",
    },
    {
      at: 'exchanges.0.request.headers.authorization',
      value: 'Basic eDp5',
      problem: 'exchanges.0.request.headers must NOT be valid',
    },
    { at: 'exchanges.1', value: whole.exchanges[0], problem: 'two exchanges have the id read-1' },
  ])('$at: $problem', (broken) => {
    expect(validateReport(breakAt(broken))).toContain(broken.problem);
    expect(firstProblem(breakAt(broken))).toBe(broken.problem);
  });
});

test('one mistake is one line', () => {
  const check = { at: 'clauses.0.checks.0.exchanges', value: [], problem: '' };
  expect(validateReport(breakAt(check))).toEqual([
    'clauses.0.checks.0.exchanges must NOT have fewer than 1 items',
  ]);
});

test.each([null, 'text', [], {}])('%j is no report', (value) =>
  expect(validateReport(value)).not.toEqual([]),
);

test('of very many problems the first are told', () => {
  const report = { ...whole, exchanges: Array.from({ length: 1000 }, () => 1) };
  const problems = validateReport(report);
  expect(problems).toHaveLength(21);
  expect(problems.at(-1)).toBe('and 980 more');
});
