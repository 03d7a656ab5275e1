import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { badge, shieldsEndpoint } from './badge.ts';
import { reports } from './samples/reports.ts';
import { sampleReport } from './samples/sample.ts';

test.each([
  { report: reports.conformant, message: 'conformant: 2 of 2', color: 'brightgreen' },
  { report: reports.nonConformant, message: 'non-conformant: 3 of 8 broken', color: 'red' },
  { report: reports.incomplete, message: 'incomplete: 2 of 5', color: 'yellow' },
  { report: reports.strict, message: 'non-conformant: 1 of 1, 1 warning', color: 'red' },
  { report: reports.cutShort, message: 'incomplete: 1 of 2, cut short', color: 'yellow' },
  {
    report: sampleReport({
      run: { settings: { selection: 'list' } },
      clauses: [{ id: 'list.empty', verdict: 'pass' }],
    }),
    message: 'conformant: 1 of 1 selected',
    color: 'brightgreen',
  },
])('$message', ({ report, message, color }) => {
  expect(JSON.parse(shieldsEndpoint(report))).toEqual({
    schemaVersion: 1,
    label: 'crdb_tasks contract',
    message,
    color,
  });
  expect(badge(report)).toContain(`<title>crdb_tasks contract: ${message}</title>`);
  expect(XMLValidator.validate(badge(report))).toBe(true);
});
