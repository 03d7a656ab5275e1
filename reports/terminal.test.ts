import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Report } from '../harness/model/report.ts';
import { reports } from '../harness/testing/reports/reports.ts';
import { bigReport, evilText, exchange, hostile, sampleReport } from '../harness/testing/reports/sample.ts';
import { terminal } from './terminal.ts';
import { printable } from './text/escape.ts';

const lines = (report: Report, width = 80) => terminal(report, { colour: false, width }).split('\n');
const part = (report: Report, title: string) => {
  const all = lines(report);
  const begin = all.findIndex((line) => line.startsWith(`── ${title}`));
  const rest = all.slice(begin + 1);
  return begin < 0
    ? []
    : rest.slice(
        0,
        rest.findIndex((line) => line.startsWith('── ') || line.startsWith('Took')),
      );
};

test('the first five lines are the verdict', () => {
  expect(lines(reports.nonConformant, 120).slice(0, 5)).toEqual([
    ' NON-CONFORMANT  3 of 8 must clauses broken, 2 proven (7 within reach)',
    'Broken     cancel.commit-phase.refused, read.schema, robustness.malformed-id.read',
    'Target     my-mock, http://127.0.0.1:4010, server Mock/1.0',
    'Tasks by   control (queued, running, committing, finished, failed, age, cancel_failure)',
    '',
  ]);
});

test.each(Object.entries(reports))('%s: the verdict is the last line too', (_, report) => {
  const all = lines(report, 120);
  expect(all.slice(-2)).toEqual([all[0], '']);
});

test('a run that was cut short says so at once', () => {
  expect(lines(reports.cutShort)[1]).toBe('The run was cut short: interrupted by Ctrl-C');
});

test('the table counts the checks of each suite', () => {
  expect(lines(reports.nonConformant).slice(6, 14)).toEqual([
    'checks      pass  fail  warn  inconclusive  skip  observed',
    'cancel         2     2     ·             3     1         ·',
    'status         ·     9     ·             ·     ·         ·',
    'robustness     ·     1     ·             ·     ·         ·',
    'list           1     ·     ·             ·     ·         1',
    'auth           ·     ·     1             ·     ·         ·',
    'expiry         ·     ·     ·             1     ·         ·',
    'all            3    12     1             4     1         1',
  ]);
});

test('a failure has its clause, its basis, the docs, what was expected and seen, and how to repeat it', () => {
  const told = part(reports.nonConformant, 'Broken: 3 clauses');
  expect(told.slice(0, 14)).toEqual([
    'The cURL lines take the login from $CRDB_USER and $CRDB_PASSWORD.',
    '',
    'FAIL cancel.commit-phase.refused (must; 2 of 3 checks)',
    '  A graceful cancel of a task in its commit phase is refused with 406.',
    '  stated: Stated for running and queued tasks.',
    '  https://redis.io/docs/latest/operate/rs/references/rest-api/requests/crdb_tasks/#get-crdb_task',
    '  · committing, force omitted',
    '    POST /v1/crdb_tasks/7/actions/cancel answered 200, expected 406',
    '    expected  406    seen  200',
    '    curl -isSg --path-as-is -X GET -u "$CRDB_USER:$CRDB_PASSWORD" http://127.0.0.1:4010/v1/crdb_tasks/7',
    `    curl -isSg --path-as-is -X POST -u "$CRDB_USER:$CRDB_PASSWORD" -H 'Content-Type: application/json' --data-raw '' http://127.0.0.1:4010/v1/crdb_tasks/7/actions/cancel`,
    '    evidence  read-1, cancel-2',
    '    the same for  committing, force=false',
    '',
  ]);
});

test('where the login comes from is said once, before the first line that needs it', () => {
  const hint = 'The cURL lines take the login from $CRDB_USER and $CRDB_PASSWORD.';
  const warned = sampleReport({
    clauses: [{ id: 'a', level: 'should', verdict: 'warn', checks: [{ exchanges: ['read-1'] }] }],
    exchanges: [exchange('read-1')],
  });
  for (const report of [reports.nonConformant, warned]) {
    const all = lines(report);
    expect(all.filter((line) => line === hint)).toHaveLength(1);
    expect(all.indexOf(hint)).toBeLessThan(all.findIndex((line) => line.includes('"$CRDB_USER')));
  }
  expect(lines(reports.strict)).not.toContain(hint);
});

test('of many ways to fail the first three are told whole, and the others named', () => {
  const checks = Array.from({ length: 6 }, (_, n) => ({
    name: `id ${n}`,
    expected: '404',
    seen: `${500 + n}`,
  }));
  const told = part(sampleReport({ clauses: [{ id: 'a', verdict: 'fail', checks }] }), 'Broken');
  expect(told.filter((line) => line.startsWith('  · '))).toEqual([
    '  · id 0',
    '  · id 1',
    '  · id 2',
    '  · other failures: id 3; id 4; id 5',
  ]);
});

test('where much is broken, one way for each clause is enough', () => {
  const told = part(bigReport(1500), 'Broken: 10 clauses');
  expect(told.filter((line) => line.startsWith('    evidence'))).toHaveLength(10);
});

test('a warning inside a clause with another verdict is shown as well', () => {
  const checks = [{ verdict: 'pass' as const }, { verdict: 'warn' as const, reason: '`crdb_guid` is null' }];
  const told = part(sampleReport({ clauses: [{ id: 'a', verdict: 'warn', checks }] }), 'Warnings: 1 clause');
  expect(told).toContain('    `crdb_guid` is null');
});

test('a clause stands under the worst that can be said of it, once', () => {
  const checks = [{ name: 'one' }, { name: 'two', verdict: 'warn' as const }];
  const report = sampleReport({ clauses: [{ id: 'a', verdict: 'fail', checks }] });
  expect(part(report, 'Broken: 1 clause')).toContain('FAIL a (must; 1 of 2 checks)');
  expect(part(report, 'Warnings')).toEqual([]);
});

test.each([
  { why: 'no answer within 10 s', advises: true },
  { why: 'no answer within 10 s', concurrency: 4, advises: false },
  { why: 'connect ECONNREFUSED 127.0.0.1:80', advises: false },
  { why: 'no answer within 10 s', cutShort: 'the target stopped answering', advises: false },
])('many losses on a mock, $why: whether fewer requests at once may help', (given) => {
  const { why, concurrency, cutShort = null, advises } = given;
  const exchanges = Array.from({ length: 10 }, (_, at) => exchange(`read-${at}`, { lost: why }));
  const settings = concurrency === undefined ? {} : { concurrency };
  const report = sampleReport({ clauses: [], exchanges, run: { cutShort, settings } });
  const text = terminal(report, { colour: false, width: 200 });
  expect(text).toContain('10 of 10 responses were lost');
  expect(text.includes('fewer requests at once may help: --concurrency 16')).toBe(advises);
});

test.each([
  {
    verdict: 'pass',
    exchanges: ['read-1', 'read-2'],
    says: '1 of 2 responses were lost; 1 check needed another try',
  },
  { verdict: 'pass', exchanges: ['read-1'], says: '1 of 2 responses were lost' },
  { verdict: 'inconclusive', exchanges: ['read-2'], says: '1 of 2 responses were lost' },
] as const)('what the network took is shown: $verdict by $exchanges', ({ verdict, exchanges, says }) => {
  const report = sampleReport({
    clauses: [{ id: 'a', verdict, checks: [{ verdict, exchanges }] }],
    exchanges: [exchange('read-1'), exchange('read-2', { lost: 'read ECONNRESET' })],
  });
  expect(lines(report)).toContain(`Network    ${says}`);
});

test('where nothing was lost, nothing is said of it', () => {
  expect(lines(reports.conformant).filter((line) => line.startsWith('Network'))).toEqual([]);
});

test('doubts stand under what caused them', () => {
  expect(part(reports.nonConformant, 'Inconclusive: 4 checks')).toEqual([
    '· the read fell too near to the expiry to prove anything:',
    '  expiry.default.gone',
    '· not judged: prerequisite cancel.commit-phase.refused did not pass:',
    '  cancel.commit-phase.untouched (2)',
    '· no answer within 10 s:',
    '  cancel.commit-phase.refused',
    '',
  ]);
});

test('one cause of 240 doubts is one entry', () => {
  expect(part(reports.dead, 'Inconclusive: 240 checks')).toEqual([
    '· connect ECONNREFUSED 127.0.0.1:4010:',
    expect.stringMatching(/^ {2}clause\.number-0 \(5\), /),
    expect.any(String),
    expect.stringMatching(/ and \d+ more$/),
    '',
  ]);
});

test('skips stand under what was missing', () => {
  expect(part(reports.incomplete, 'Not tested: 3 checks and 1 whole clause')).toEqual([
    '· none: makes no task in phase committing:',
    '  cancel.commit-phase.refused (2)',
    '· none: makes no task in phase queued:',
    '  status.queued',
    '· not checked in this run:',
    '  auth.malformed',
    '',
  ]);
});

test('what was observed is a line each', () => {
  expect(part(reports.conformant, 'Observed: 1 check')).toEqual([
    '· list.queued, case 1: a queued task is in the list',
    '',
  ]);
});

test('it ends with the time, and where the reports are', () => {
  const text = terminal(reports.conformant, {
    colour: false,
    width: 80,
    files: ['out/report.json'],
  });
  expect(text.split('\n').slice(-5)).toEqual([
    '',
    'Took       6.2 s; profile quick, seed 42',
    'Reports    out/report.json',
    ' CONFORMANT  all 2 must clauses proven',
    '',
  ]);
});

test('a harness that was blocked says so', () => {
  expect(lines(reports.nonConformant).join(' ')).toContain('the program itself was blocked for up');
});

describe.each([
  ...Object.entries(reports),
  ['big', bigReport(1500)] as const,
  ['hostile', hostile(reports.nonConformant, evilText)] as const,
  ['hostile and cut short', hostile(reports.dead, evilText)] as const,
])('%s', (_, report) => {
  test.each([80, 120])('fits %i columns, cURL lines and links aside', (width) => {
    const long = lines(report, width).filter((line) => [...line].length > width);
    expect(long.filter((line) => !/^ +(curl|https:)/.test(line))).toEqual([]);
  });

  test('holds no character that could do harm', () => {
    for (const line of lines(report)) expect(printable(line, line.length)).toBe(line);
  });

  test('says the same with colours', () => {
    const coloured = terminal(report, { colour: true, width: 80 });
    expect(coloured).toContain('\u{1b}[');
    expect(stripVTControlCharacters(coloured)).toBe(lines(report).join('\n'));
  });

  test('is no longer than a person reads', () => expect(lines(report).length).toBeLessThan(400));
});
