import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memoryPages, validateXML } from 'xmllint-wasm';
import type { Report } from '../harness/model/report.ts';
import { reports } from '../harness/testing/reports/reports.ts';
import {
  bigReport,
  evilText,
  exchange,
  hostile,
  type SampleCheck,
  sampleReport,
} from '../harness/testing/reports/sample.ts';
import { junit } from './junit.ts';

const lenient = { requireComplete: false };
const strict = { requireComplete: true };

/** One check of a clause of its own, and what stands in its test case. */
function inside(check: SampleCheck, options = lenient): string {
  const id = 'cancel.commit-phase.refused';
  const report = sampleReport({
    clauses: [{ id, verdict: 'pass', statement: 'It is refused.', checks: [check] }],
    exchanges: [
      exchange('read-1'),
      exchange('read-2', { sentAt: 2000, receivedAt: 3500 }),
      exchange('read-3', { lost: 'no answer within 10 s' }),
    ],
  });
  return /<testcase [^>]*?(?:\/>|>\s*([\s\S]*?)\s*<\/testcase>)/.exec(junit(report, options))?.[1] ?? '';
}

describe('a check', () => {
  test('that passes is an empty test case', () => expect(inside({ verdict: 'pass' })).toBe(''));

  test('that passes only when it is tried again says so', () => {
    const reason = 'answered 200 (1 of 2 tries were lost: no answer within 10 s)';
    expect(inside({ verdict: 'pass', reason, exchanges: ['read-1', 'read-3'] })).toBe(
      `<system-out>${reason}</system-out>`,
    );
    expect(inside({ verdict: 'pass', reason, exchanges: ['read-1'] })).toBe('');
  });

  test('that fails is a failure: the reason is its message, the proof its text', () => {
    const check = {
      reason: 'answered "200", expected 406',
      expected: '406',
      seen: '200',
      exchanges: ['read-1', 'read-2'],
    };
    expect(inside({ verdict: 'fail', ...check })).toBe(
      `<failure type="must" message="answered &quot;200&quot;, expected 406">cancel.commit-phase.refused (must): It is refused.
stated: Stated for running and queued tasks.
https://redis.io/docs/latest/operate/rs/references/rest-api/requests/crdb_tasks/#get-crdb_task
expected: 406
seen: 200
curl -isSg --path-as-is -X GET -u &quot;$CRDB_USER:$CRDB_PASSWORD&quot; http://127.0.0.1:4010/v1/crdb_tasks/7
sleep 1
curl -isSg --path-as-is -X GET -u &quot;$CRDB_USER:$CRDB_PASSWORD&quot; http://127.0.0.1:4010/v1/crdb_tasks/7
evidence: read-1, read-2</failure>`,
    );
  });

  test('that was skipped says what was missing', () => {
    const skipped = '<skipped message="needs --allow-force"/>';
    expect(inside({ verdict: 'skip', reason: 'needs --allow-force' })).toBe(skipped);
    expect(inside({ verdict: 'skip', reason: 'needs --allow-force' }, strict)).toBe(skipped);
  });

  test('without proof is skipped, and says why', () => {
    const check = { verdict: 'inconclusive', reason: 'no answer within 10 s' } as const;
    expect(inside(check)).toBe('<skipped message="inconclusive: no answer within 10 s"/>');
    expect(inside({ ...check, because: 'cancel.running.accepted' })).toBe(
      '<skipped message="inconclusive: not judged: prerequisite cancel.running.accepted did not pass: no answer within 10 s"/>',
    );
  });

  test('without proof is an error where completeness is asked for', () => {
    expect(inside({ verdict: 'inconclusive', reason: 'no answer' }, strict)).toMatch(
      /^<error type="inconclusive" message="no answer">cancel\.commit-phase\.refused \(must\): [\s\S]*<\/error>$/,
    );
  });

  test('that warns passes with the warning in its output', () => {
    expect(inside({ verdict: 'warn', reason: '`crdb_guid` is null' })).toMatch(
      /^<system-out>warning: `crdb_guid` is null\n[\s\S]*<\/system-out>$/,
    );
  });

  test('that only observed passes with what it saw', () => {
    expect(inside({ verdict: 'observed', seen: 'it is listed' })).toBe(
      '<system-out>observed: it is listed</system-out>',
    );
  });
});

test('a test case is named by clause and case, and takes as long as its exchanges', () => {
  const report = sampleReport({
    clauses: [{ id: 'a.b', verdict: 'pass', checks: [{ name: 'true', exchanges: ['read-2', 'read-1'] }] }],
    exchanges: [exchange('read-1'), exchange('read-2', { sentAt: 2000, receivedAt: 3500 })],
  });
  expect(junit(report, lenient)).toContain('<testcase classname="a.b" name="true" time="2.500"/>');
});

describe('the counts', () => {
  const counts = (xml: string, element: string) =>
    [...xml.matchAll(new RegExp(`<${element} [^>]*>`, 'g'))].map(([tag]) =>
      [...tag.matchAll(/(name|tests|failures|errors|skipped|time)="([^"]*)"/g)]
        .map(([, name, value]) => `${name} ${value}`)
        .join(', '),
    );

  test('are right for each suite and for all', () => {
    const xml = junit(reports.nonConformant, lenient);
    expect(counts(xml, 'testsuites')).toEqual([
      'name crdb-conformance, tests 22, failures 12, errors 0, time 6.240',
    ]);
    expect(counts(xml, 'testsuite').slice(0, 2)).toEqual([
      'name cancel, tests 8, failures 2, errors 0, skipped 4, time 0.201',
      'name status, tests 9, failures 9, errors 0, skipped 0, time 0.001',
    ]);
  });

  test('are right where completeness is asked for', () => {
    const xml = junit(reports.nonConformant, strict);
    expect(counts(xml, 'testsuites')).toEqual([
      'name crdb-conformance, tests 22, failures 12, errors 4, time 6.240',
    ]);
    expect(counts(xml, 'testsuite')[0]).toBe(
      'name cancel, tests 8, failures 2, errors 3, skipped 1, time 0.201',
    );
  });
});

test('a run that was cut short says so in every suite', () => {
  const xml = junit(reports.cutShort, lenient);
  expect(xml).toContain('<property name="cut short" value="interrupted by Ctrl-C"/>');
  expect(xml).toContain('<system-err>The run was cut short: interrupted by Ctrl-C</system-err>');
});

describe('the schema of Jenkins', () => {
  const all: Readonly<Record<string, Report>> = {
    ...reports,
    big: bigReport(300),
    hostile: hostile(reports.nonConformant, evilText),
    'hostile and cut short': hostile(reports.cutShort, evilText),
    'without any check': sampleReport({ clauses: [] }),
  };
  const schema = readFileSync(new URL('../harness/testing/reports/junit.xsd', import.meta.url), 'utf8');
  // Every call starts a thread and loads WebAssembly: all files in one.
  const problems = async (files: Readonly<Record<string, string>>) => {
    const xml = Object.entries(files).map(([fileName, contents]) => ({ fileName, contents }));
    const { errors } = await validateXML({ xml, schema, maxMemoryPages: memoryPages.GiB });
    return errors.map(({ rawMessage }) => rawMessage);
  };

  test('is kept by every report', async () => {
    const entries = Object.entries(all).flatMap(([name, report]) =>
      [lenient, strict].map((options) => [
        `${name} ${options.requireComplete}.xml`.replaceAll(' ', '-'),
        junit(report, options),
      ]),
    );
    expect(await problems(Object.fromEntries(entries))).toEqual([]);
  });

  test('refuses a wrong one', async () => {
    const xml = junit(reports.nonConformant, lenient);
    const wrong = await problems({
      'count.xml': xml.replace('tests="22"', 'tests="many"'),
      'twice.xml': xml.replace('<skipped', '<failure/><skipped'),
      'escape.xml': xml.replace('406', '\u{1b}'),
    });
    for (const file of ['count.xml', 'twice.xml', 'escape.xml']) expect(wrong.join('\n')).toContain(file);
  });
});
