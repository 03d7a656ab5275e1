import type { Nodes, Root } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { describe, expect, test } from 'vitest';
import { reports } from '../harness/testing/reports/reports.ts';
import { bigReport, evilWords, hostile, sampleReport } from '../harness/testing/reports/sample.ts';
import { limitBytes, markdown } from './markdown.ts';

const parsed = (text: string): Root => unified().use(remarkParse).use(remarkGfm).parse(text);

/** Every node of a page, in the order of reading. */
const nodes = (node: Nodes): readonly Nodes[] => [
  node,
  ...('children' in node ? node.children.flatMap((child) => nodes(child)) : []),
];

test('the first line is the verdict, in the words of every report', () => {
  expect(markdown(reports.nonConformant).split('\n')[0]).toBe(
    '## ❌ non-conformant: 3 of 8 must clauses broken, 2 proven (7 within reach)',
  );
});

test('a run that was cut short says so before all else', () => {
  expect(markdown(reports.cutShort).split('\n')[2]).toBe('The run was cut short: interrupted by Ctrl-C');
});

describe('a broken clause is folded, and holds', () => {
  const page = markdown(reports.nonConformant);
  test.each([
    [
      'its id, level and statement',
      '<details><summary><b>fail</b> <code>cancel.commit-phase.refused</code> (must; 2 of 3 checks): A graceful cancel of a task in its commit phase is refused with 406.</summary>',
    ],
    [
      'its ground and where the docs state it',
      'stated: Stated for running and queued tasks. ([docs](https://redis.io/docs/',
    ],
    [
      'what was expected and seen',
      '`committing, force omitted`: POST /v1/crdb\\_tasks/7/actions/cancel answered 200, expected 406; expected `406`, seen `200`',
    ],
    [
      'the line that repeats it',
      '```sh\ncurl -isSg --path-as-is -X GET -u "$CRDB_USER:$CRDB_PASSWORD" http://127.0.0.1:4010/v1/crdb_tasks/7\n',
    ],
    ['the names of those that saw the same', 'the same for `committing, force=false`'],
  ])('%s', (_, words) => expect(page).toContain(words));
});

test('what is not proven is one folded list each', () => {
  const page = markdown(reports.nonConformant);
  expect(page).toContain(
    '<details><summary>Inconclusive: 2</summary>\n\n- `expiry.default.gone` (must): the read fell too near to the expiry to prove anything\n- `cancel.commit-phase.untouched` (must): not judged: prerequisite cancel.commit-phase.refused did not pass: the refusal was not shown\n',
  );
});

describe('where failures are known', () => {
  const entry = { fingerprint: 'x', reason: 'known to @octocat', lines: [12, 17] as const };
  const page = markdown({
    ...reports.nonConformant,
    expectations: {
      file: 'expectations.yaml',
      met: [{ ...entry, clause: 'robustness.malformed-id.read', checks: ['2,000 characters'] }],
      unexpected: [],
      outdated: [{ ...entry, clause: 'list.empty', problem: 'passes again' }],
    },
  });

  test('a failure says so, and why', () => {
    expect(page.match(/^`known failure: known to @octocat`$/gm)).toHaveLength(1);
  });

  test('what is to be removed is listed', () => {
    expect(page).toContain(
      '### Known failures to remove: 1\n\n- expectations.yaml: list.empty passes again: delete lines 12 to 17\n',
    );
  });
});

const wanton = hostile(bigReport(6000, 600), evilWords);
const wantonPage = markdown(wanton);

describe('is at most 60,000 bytes', () => {
  test.each([
    ['of a big run', bigReport(6000, 600)],
    ['of one that repeats its hostile words', hostile(reports.nonConformant, evilWords.repeat(500))],
    ['in letters of four bytes', hostile(bigReport(6000, 600), '𝔘'.repeat(400))],
  ])('%s', (_, report) => {
    const page = markdown(report);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(limitBytes);
    expect(textOf(parsed(page.slice(0, page.indexOf('\n'))))).toContain(report.verdict);
  });

  test('of a big hostile one, and what had no room is counted', () => {
    expect(Buffer.byteLength(wantonPage)).toBeLessThanOrEqual(limitBytes);
    const told = wantonPage.match(/<b>fail<\/b>/g)?.length ?? 0;
    expect(told).toBeGreaterThan(0);
    expect(wantonPage).toContain(`\nand ${wanton.summary.fail - told} more broken clauses: see report.json`);
  });
});

describe('hostile words stay words', () => {
  const spoilt = {
    ...reports.nonConformant,
    clauses: reports.nonConformant.clauses.map((clause) => ({
      ...clause,
      id: clause.id + evilWords,
      reason: evilWords,
      source: { ...clause.source, url: `javascript:${evilWords}` },
    })),
  };
  const elsewhere = sampleReport({ clauses: [{ id: 'a', verdict: 'fail' }] });
  const astray = {
    ...elsewhere,
    clauses: elsewhere.clauses.map((clause) => ({
      ...clause,
      source: { ...clause.source, url: 'javascript:alert(1)' },
    })),
  };
  const pages = [hostile(reports.nonConformant, evilWords), hostile(spoilt, evilWords), astray].map(
    (report) => markdown(report),
  );
  const all = [...pages, wantonPage].flatMap((page) => nodes(parsed(page)));

  test('there is no link but to the docs, and no picture', () => {
    const links = all.filter((node) => node.type === 'link');
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(({ url }) => !url.startsWith('https://redis.io/docs/'))).toEqual([]);
    expect(all.filter(({ type }) => /image|definition|footnote/i.test(type))).toEqual([]);
  });

  test('there is no HTML but what folds', () => {
    const html = all.filter((node) => node.type === 'html').map(({ value }) => value);
    const folds =
      /^(<\/details>|<details><summary>(<b>(fail|warn)<\/b> <code>[^<>]*<\/code> \([^<>]*\): (<code>[^<>]*<\/code>|[^<>]*)|[A-Z][a-z ]*: \d+)<\/summary>)$/;
    expect(html.filter((value) => !folds.test(value))).toEqual([]);
  });

  test('there is no heading but ours', () => {
    const headings = all.filter((node) => node.type === 'heading').map((node) => textOf(node));
    expect(
      headings.filter((words) => !/^(\S+ non-conformant: |(Broken|Warnings): \d+$)/.test(words)),
    ).toEqual([]);
  });

  test('no user is mentioned, and no issue: such words are code', () => {
    const words = all.filter((node) => node.type === 'text').map(({ value }) => value);
    expect(words.filter((value) => /[@#$]|GH-|www\.|:\/\//.test(value))).toEqual([]);
    const html = all
      .filter((node) => node.type === 'html')
      .map(({ value }) => value.replaceAll(/<code>[^<>]*<\/code>|&#?\w+;/g, ''));
    expect(html.filter((value) => /[@#$]|GH-|www\.|:\/\//.test(value))).toEqual([]);
  });
});

test('each observation is an entry with the name of its check', () => {
  const checks = ['queued', 'finished'].map((name) => ({
    name,
    verdict: 'observed' as const,
    seen: `${name}: not listed`,
  }));
  const text = markdown(sampleReport({ clauses: [{ id: 'list.queued', verdict: 'observed', checks }] }));
  expect(text).toContain('Observed: 2');
  expect(text).toContain('`list.queued`, `queued`: queued: not listed');
});
