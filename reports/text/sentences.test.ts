import { toString as textOf } from 'mdast-util-to-string';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { describe, expect, test } from 'vitest';
import type { Expectations, Report } from '../../harness/model/report.ts';
import type { RunVerdict } from '../../harness/model/verdict.ts';
import { conformant, reports } from '../../harness/testing/reports/reports.ts';
import { exchange, sampleReport } from '../../harness/testing/reports/sample.ts';
import { annotations } from '../github.ts';
import { toHtml } from '../html.ts';
import { junit } from '../junit.ts';
import { markdown } from '../markdown.ts';
import { terminal } from '../terminal.ts';
import { validateReport } from '../validate.ts';
import { byWorth, headline, nextStep, notProven } from './sentences.ts';

const headlineReport = (
  verdict: RunVerdict,
  must: [proven: number, broken: number, reachable: number, total: number],
  warn = 0,
) => {
  const [proven, broken, reachable, total] = must;
  return {
    ...conformant,
    verdict,
    summary: { ...conformant.summary, warn, must: { proven, broken, reachable, total } },
  };
};

test.each([
  { run: headlineReport('conformant', [48, 0, 48, 48]), line: 'conformant: all 48 must clauses proven' },
  { run: headlineReport('conformant', [1, 0, 1, 1]), line: 'conformant: the one must clause is proven' },
  {
    run: headlineReport('incomplete', [31, 0, 33, 48]),
    line: 'incomplete: 31 of 48 must clauses proven (33 within reach), none broken',
  },
  {
    run: headlineReport('incomplete', [47, 0, 48, 48]),
    line: 'incomplete: 47 of 48 must clauses proven, none broken',
  },
  { run: headlineReport('incomplete', [0, 0, 0, 0]), line: 'incomplete: no must clause was selected' },
  {
    run: headlineReport('non-conformant', [40, 2, 46, 48]),
    line: 'non-conformant: 2 of 48 must clauses broken, 40 proven (46 within reach)',
  },
  {
    run: headlineReport('non-conformant', [48, 0, 48, 48], 1),
    line: 'non-conformant: 48 of 48 must clauses proven, none broken, 1 should clause broken (--strict)',
  },
  {
    run: headlineReport('non-conformant', [0, 0, 0, 0], 2),
    line: 'non-conformant: no must clause was selected, 2 should clauses broken (--strict)',
  },
  // Nothing is broken, and a cut run must not look whole.
  {
    run: headlineReport('incomplete', [48, 0, 48, 48]),
    line: 'incomplete: 48 of 48 must clauses proven, none broken',
  },
])('$line', ({ run, line }) => expect(headline(run)).toBe(line));

const run = sampleReport({
  clauses: [
    { id: 'list.a', verdict: 'fail', checks: [{ name: 'one', exchanges: ['read-1'], reason: 'as ever' }] },
    {
      id: 'list.b',
      verdict: 'fail',
      checks: [
        { name: 'one', exchanges: ['read-1'], reason: 'as ever' },
        { name: 'two', exchanges: ['read-1'], reason: 'quite new' },
      ],
    },
    { id: 'list.c', verdict: 'pass' },
  ],
  exchanges: [exchange('read-1')],
});
const known = { reason: 'known', owner: 'ops', link: 'https://issues.example/7', expires: '2026-12-31' };
const lines = [12, 17] as const;
const met: Expectations['met'] = [
  { clause: 'list.a', fingerprint: 'list: seen x', ...known, lines, checks: ['one'] },
  { clause: 'list.b', fingerprint: 'list: seen x', reason: 'known', lines, checks: ['one'] },
];
const outdated: Expectations['outdated'] = [
  { clause: 'list.c', fingerprint: 'list: seen y', reason: 'r', lines, problem: 'passes again' },
  {
    clause: 'list.c',
    fingerprint: 'list: seen z',
    ...known,
    lines: [18, 18],
    target: 'eu',
    problem: 'past its date',
  },
];
const unexpected: Expectations['unexpected'] = [
  { clause: 'list.b', fingerprint: 'list: seen new', checks: ['two'] },
];
const report: Report = { ...run, expectations: { file: 'e.yaml', met, unexpected, outdated } };
const calm: Report = { ...run, expectations: { file: 'e.yaml', met, unexpected: [], outdated: [] } };
const page = (shown: Report) => terminal(shown, { colour: false, width: 120 });

test('the report is one still', () =>
  expect([validateReport(report), validateReport(run)]).toEqual([[], []]));

test('one of an unknown shape is none', () => {
  const broken = { ...report, expectations: { ...calm.expectations, met: [{ ...met[0], odd: 1 }] } };
  expect(validateReport(broken).join()).toContain('expectations.met.0');
});

test.each([
  { shown: calm, says: '; every failure is known' },
  { shown: report, says: '; 1 unexpected failure; 2 known failures to remove' },
])('the headline: $says', ({ shown, says }) => expect(headline(shown).endsWith(says)).toBe(true));

describe('on the terminal', () => {
  test('a known failure has its reason in the place of its proof', () => {
    expect(page(report)).toContain('── Known failures: 2 ─');
    expect(page(report)).toContain(
      '· list.a, 1 check: list: seen x\n  known failure: known (ops, https://issues.example/7, until 2026-12-31)',
    );
    expect(page(report)).not.toContain('FAIL list.a');
  });
  test('a clause with another failure is reported with that alone', () => {
    expect(page(report)).toContain('FAIL list.b (must; 1 of 1 check)');
    expect(page(report)).toContain('quite new');
    expect(page(report)).not.toContain('as ever');
  });
  test('what is to be removed is named with the lines to delete', () => {
    expect(page(report)).toContain('· e.yaml: list.c passes again: delete lines 12 to 17\n');
    expect(page(report)).toContain('· e.yaml: list.c (of eu) expired after 2026-12-31: delete line 18\n');
  });
});

test('in JUnit a known failure is skipped, and what is to be removed fails', () => {
  const xml = junit(report, { requireComplete: false });
  expect(xml).toContain(
    '<skipped message="known failure: known (ops, https://issues.example/7, until 2026-12-31): as ever"/>',
  );
  expect(xml.match(/<failure type="must" message="[^"]*/g)).toEqual([
    '<failure type="must" message="quite new',
  ]);
  expect(xml).toContain('<testsuite name="known failures" tests="2" failures="2"');
  expect(xml).toContain('message="e.yaml: list.c passes again: delete lines 12 to 17"');
});

test('as an annotation it is a warning', () => {
  const told = annotations(report).split('\n');
  expect(told.filter((line) => line.startsWith('::error')).map((line) => line.slice(0, 26))).toEqual([
    '::error title=list.b (must',
    '::error title=list.c is a ',
    '::error title=list.c is a ',
  ]);
  expect(told.filter((line) => line.startsWith('::warning')).join()).toContain('list.a (must)');
});

test('the page shows which failures are known and why, which are not, and what to remove', () => {
  const shown = toHtml(report).replace(/<[^>]*>/g, '');
  expect(shown).toContain('; 1 unexpected failure; 2 known failures to remove');
  expect(shown).toContain('Known failures: 2 of 3 failures');
  expect(shown).toContain('list.a: known failure: known (ops, https://issues.example/7, until 2026-12-31)');
  expect(shown).toContain('list.b: list: seen new');
  expect(shown).toContain('e.yaml: list.c passes again: delete lines 12 to 17');
  expect(toHtml(run)).not.toContain('page:expected');
});

describe('every form says the same sentences', () => {
  const entry = { fingerprint: 'x', reason: 'known since May', owner: 'ops', lines: [12, 17] as const };
  const shown: Report = {
    ...reports.nonConformant,
    target: { ...reports.nonConformant.target, url: 'https://mock.example' },
    run: { ...reports.nonConformant.run, cutShort: 'interrupted', settings: { insecure: true } },
    expectations: {
      file: 'e.yaml',
      met: [{ ...entry, clause: 'robustness.malformed-id.read', checks: ['2,000 characters'] }],
      unexpected: [{ clause: 'read.schema', fingerprint: 'y', checks: ['answer of read-1'] }],
      outdated: [{ ...entry, clause: 'list.empty', problem: 'passes again' }],
    },
  };
  const decoded = (markup: string): string =>
    markup
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(
        /&(quot|#39|lt|gt|amp);/g,
        (_, name) => ({ quot: '"', '#39': "'", lt: '<', gt: '>' })[String(name)] ?? '&',
      )
      .replaceAll(/\s+/g, ' ');
  const forms = {
    terminal: terminal(shown, { colour: false, width: 10_000 }),
    html: decoded(toHtml(shown)),
    markdown: decoded(textOf(unified().use(remarkParse).parse(markdown(shown)))),
    junit: junit(shown, { requireComplete: false }).replaceAll('&quot;', '"'),
  };

  test.each([
    '3 of 8 must clauses broken, 2 proven (7 within reach); 1 unexpected failure; 1 known failure to remove',
    'The run was cut short: interrupted',
    'not judged: prerequisite cancel.commit-phase.refused did not pass',
    'forced cancels in the commit phase need --allow-force',
    'the read fell too near to the expiry to prove anything',
    'known failure: known since May (ops)',
    'e.yaml: list.empty passes again: delete lines 12 to 17',
    'POST /v1/crdb_tasks/7/actions/cancel answered 200, expected 406',
    'a queued task is in the list',
  ])('%s', (sentence) => {
    for (const [form, text] of Object.entries(forms)) expect(text, form).toContain(sentence);
  });

  test.each([
    'Insecure: the certificate was not verified (--insecure), so the identity of the server is not proven',
    'Next: crdb-conformance explain cancel.commit-phase.refused says what the docs require',
    'Known failures to remove',
    'Inconclusive',
  ])('in those for people: %s', (sentence) => {
    const { junit: _, ...forPeople } = forms;
    for (const [form, text] of Object.entries(forPeople))
      expect(text.toLowerCase(), form).toContain(sentence.toLowerCase());
  });
});

describe('of what is not proven, what a reader can do something about comes first', () => {
  const open = sampleReport({
    clauses: [
      { id: 'out-of-reach', verdict: 'skip', checks: [{ reason: 'none: makes no task in phase queued' }] },
      { id: 'consequence', verdict: 'inconclusive', checks: [{ because: 'broken' }] },
      { id: 'proven', verdict: 'pass', checks: [{}, { verdict: 'skip', reason: 'needs --allow-force' }] },
      { id: 'untouched', verdict: 'skip', checks: [] },
      { id: 'needs-option', verdict: 'skip', checks: [{ reason: 'this needs --allow-force too' }] },
      { id: 'race', verdict: 'inconclusive', checks: [{ reason: 'the task left its phase' }] },
      { id: 'broken', verdict: 'fail' },
    ],
  });

  test('cause by cause', () =>
    expect(notProven(open).map(({ clauses }) => clauses.join())).toEqual([
      'race',
      'needs-option',
      'consequence',
      'out-of-reach',
      'proven',
      'untouched',
    ]));

  test('clause by clause', () =>
    expect(byWorth(open.clauses).map(({ id }) => id)).toEqual([
      'broken',
      'needs-option',
      'race',
      'out-of-reach',
      'consequence',
      'untouched',
      'proven',
    ]));
});

describe('the next step is a command', () => {
  const exchanges = [exchange('read-1')];
  const broken = { id: 'a', verdict: 'fail' as const, checks: [{ name: 'one', verdict: 'fail' as const }] };
  const open = {
    id: 'b',
    verdict: 'inconclusive' as const,
    checks: [{ verdict: 'inconclusive' as const, reason: 'no answer' }],
  };
  const known = {
    file: 'e.yaml',
    met: [{ clause: 'a', fingerprint: 'x', reason: 'known', checks: ['one'], lines: [1, 3] as const }],
    unexpected: [],
    outdated: [],
  };

  test('explain, for what is broken before what is not proven', () => {
    expect(nextStep(sampleReport({ clauses: [broken, open], exchanges }))).toContain('explain a says');
    expect(nextStep(sampleReport({ clauses: [open], exchanges }))).toBe(
      'Next: crdb-conformance explain b says what its proof needs',
    );
  });

  test('a known failure needs none', () => {
    const report = { ...sampleReport({ clauses: [broken], exchanges }), expectations: known };
    expect(nextStep(report)).toBeUndefined();
  });
});

describe('an inconclusive check that looks like a fault', () => {
  const report = sampleReport({
    clauses: [
      { id: 'race', verdict: 'inconclusive', checks: [{ reason: 'the task left its phase' }] },
      {
        id: 'odd',
        verdict: 'inconclusive',
        checks: [{ reason: 'it went on to finished', suspicious: true }],
      },
    ],
  });

  test('is named before the others, under a title of its own', () => {
    expect(notProven(report).map(({ part, clauses }) => [part, ...clauses])).toEqual([
      ['suspicious', 'odd'],
      ['inconclusive', 'race'],
    ]);
    expect(byWorth(report.clauses).map(({ id }) => id)).toEqual(['odd', 'race']);
    const said = page(report);
    expect(said.indexOf('Worth a look')).toBeGreaterThan(0);
    expect(said.indexOf('Worth a look')).toBeLessThan(said.indexOf('Inconclusive'));
    const commented = markdown(report);
    expect(commented.indexOf('Worth a look')).toBeLessThan(commented.indexOf('Inconclusive'));
  });
});

const explored = (clauses: number): Report => ({
  ...conformant,
  run: {
    ...conformant.run,
    oracle: {
      tasks: 40,
      undecided: 0,
      upheld: {},
      exploration: { scripts: 12, requests: 130, clauses, pairs: 90 },
    },
  },
});

test.each([
  { clauses: 29, says: false },
  { clauses: 9, says: true },
])('an exploration of $clauses clauses: what it tried, and whether that is little', ({ clauses, says }) => {
  const tried = `12 random scripts with 130 requests tested ${clauses} clauses`;
  const report = explored(clauses);
  for (const text of [terminal(report, { colour: false, width: 200 }), markdown(report), toHtml(report)]) {
    expect(text).toContain(tried);
    expect(text.includes('Little was explored: 9 clauses tested')).toBe(says);
  }
});
