import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { holdsMoreValues } from '../../reports/validate.ts';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { retold } from '../testing/cli/forged.ts';
import { simulated } from '../testing/cli/simulated.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { readReport } from './report-file.ts';

let report: Report;
beforeAll(async () => {
  report = await simulated({ mutant: 'cancels-in-commit', clauses: ['cancel.commit-phase.refused'] });
});

function fileWith(content: string): string {
  const file = join(freshFolder(), 'report.json');
  writeFileSync(file, content);
  return file;
}
/** The error that a reader sees: the line of the problem, without the file's name, and the line of the remedy. */
function refusal(file: string): readonly string[] {
  try {
    readReport(file);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.exitCode).toBe(2);
    expect(`${error.message}${error.remedy}`).not.toMatch(/\p{C}/u);
    return [error.message.replace(file, 'FILE'), error.remedy];
  }
}

test('a whole report is read as it was written', () => {
  expect(readReport(fileWith(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
});

test('so is one that was changed and adds up: only its evidence could tell', () => {
  expect(refusal(fileWith(JSON.stringify(retold(report, 'cancel.commit-phase.refused', 'pass'))))).toEqual(
    [],
  );
});

describe('refused in two lines', () => {
  const of = (change: Partial<Record<keyof Report, unknown>>) => () =>
    JSON.stringify({ ...report, ...change });
  test.each<{ says: string; content: () => string; line: string | RegExp }>([
    { says: 'an empty file', content: () => '', line: 'FILE is not JSON, or is incomplete.' },
    {
      says: 'one that is cut off',
      content: () => of({})().slice(0, -2),
      line: 'FILE is not JSON, or is incomplete.',
    },
    {
      says: 'an excuse that hides what it doesn’t excuse',
      content: of({ expectations: { file: 'e.yaml', met: [], unexpected: [], outdated: [] } }),
      line: 'FILE contradicts itself: its known failures do not match its clauses: 1 failures are unexpected.',
    },
    {
      says: 'another major schema',
      content: of({ schema: 'crdb-conformance/report@2' }),
      line: 'FILE has the report schema 2, but this program reads crdb-conformance/report@1.',
    },
    {
      says: 'a schema that would like to do harm',
      content: of({ schema: '\u001b[2J\n' }),
      line: /^FILE is not a report of this program: its schema is "\\u001b\[2J\\n", expected/,
    },
    {
      says: 'a text',
      content: () => '"report"',
      line: /^FILE is not a report of this program: its schema is missing/,
    },
    {
      says: 'one that lacks a part',
      content: of({ exchanges: undefined }),
      line: "FILE is not a valid report: the report must have required property 'exchanges'.",
    },
    {
      says: 'a name that would like to do harm',
      content: () => of({})().replace('{', '{"\\u001b[2J\\n":1,'),
      line: 'FILE is not a valid report: the report must NOT have additional properties: "\\u001b[2J\\n".',
    },
    {
      says: 'an address that is none',
      content: () => JSON.stringify({ ...report, target: { ...report.target, url: 'http://h:99999/' } }),
      line: 'FILE is not a valid report: target.url is not a URL.',
    },
    {
      says: 'an altered verdict',
      content: of({ verdict: 'conformant' }),
      line: 'FILE contradicts itself: its verdict is conformant, but its clauses give non-conformant.',
    },
    {
      says: 'an altered summary',
      content: () =>
        JSON.stringify({
          ...report,
          summary: { ...report.summary, must: { ...report.summary.must, broken: 0 } },
        }),
      line: /^FILE contradicts itself: its summary does not match its clauses, which give /,
    },
    {
      says: 'an altered clause',
      content: () =>
        JSON.stringify({
          ...report,
          clauses: report.clauses.map((clause) =>
            clause.id === 'cancel.commit-phase.refused' ? { ...clause, verdict: 'pass' } : clause,
          ),
        }),
      line: 'FILE contradicts itself: clause cancel.commit-phase.refused is reported as pass, but its checks give fail.',
    },
  ])('$says', ({ content, line }) => {
    const [problem = '', remedy = ''] = refusal(fileWith(content()));
    expect(problem).toEqual(line instanceof RegExp ? expect.stringMatching(line) : line);
    expect(remedy).not.toBe('');
  });

  test('500 MB, before anything of it is read', () => {
    const file = fileWith('{');
    truncateSync(file, 500_000_000); // takes no room on the disk
    expect(refusal(file)[0]).toBe('FILE has 477 MiB; at most 128 MiB are read.');
  });

  test('more values than any run leaves, before they are parsed', () => {
    const file = fileWith(`{"schema":"crdb-conformance/report@1","exchanges":[${'{},'.repeat(2_000_001)}1]}`);
    expect(refusal(file)[0]).toBe('FILE has more than 4000000 values, more than the report of any run.');
  });

  test('what is no file', () => {
    const folder = join(freshFolder(), 'report.json');
    expect(refusal(folder)[0]).toBe('FILE can’t be read.');
    mkdirSync(folder);
    expect(refusal(folder)[0]).toBe('FILE/report.json can’t be read.');
    expect(refusal('/dev/zero')[0]).toBe(
      '/dev/zero can’t be read: it is not a file.'.replace('/dev/zero', 'FILE'),
    );
  });
});

test.each([
  { text: '[]', values: 1 },
  { text: '[1,[2,{"a":3}]]', values: 5 },
  { text: '[{},{},{}]', values: 6 },
  { text: '["[,{\\",[{"]', values: 1 },
  { text: '["\\\\",["x"]]', values: 3 },
])('$text holds $values values', ({ text, values }) => {
  expect(holdsMoreValues(Buffer.from(text), values)).toBe(false);
  expect(holdsMoreValues(Buffer.from(text), values - 1)).toBe(true);
});
