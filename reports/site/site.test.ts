import { expect, test } from 'vitest';
import type { Report } from '../../harness/model/report.ts';
import { evilText, hostile, type Night, night } from '../../harness/testing/reports/sample.ts';
import { pastRun } from '../history/runs.ts';
import { runFile, siteFiles, targetFile } from './site.ts';

/** The pages of some runs of one target, the oldest given first, by their paths. */
function pages(reports: readonly Report[]): ReadonlyMap<string, string> {
  const runs = reports.map(pastRun).reverse();
  const byId = new Map(reports.map((report) => [report.run.id, report]));
  const name = runs[0]?.target ?? '';
  const files = siteFiles([{ name, runs }], {
    reportOf: ({ id }) => byId.get(id) ?? night(0),
    sinceOf: ({ clauses }) => new Map([...clauses.keys()].map((id) => [id, `since ever, ${id}`])),
  });
  return new Map([...files].map(({ path, content }) => [path, content]));
}
const all = (site: ReadonlyMap<string, string>): string => [...site.values()].join('\n');
const plain = (html = ''): string => html.replaceAll(/<[^>]*>/g, '');
const broken: Night = { clauses: { a: 'fail', b: 'pass' } };

test('every link leads to a page of the site, and nothing is loaded from anywhere', () => {
  const site = pages([night(1), night(2, broken)]);
  expect([...site.keys()]).toEqual([
    'runs/night-02.html',
    'runs/night-01.html',
    'targets/my-mock.html',
    'index.html',
  ]);
  for (const [path, content] of site) {
    const links = [...content.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link);
    const own = links.filter((link) => !/^(#|data:image|https:\/\/redis\.io\/docs\/)/.test(link)); // or the ground of a clause
    const targets = own.map((link) => new URL(link, `http://site.invalid/${path}`).pathname.slice(1));
    expect(targets.filter((file) => !site.has(file))).toEqual([]);
    expect(content).toContain(
      'Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-',
    );
    expect(content).not.toMatch(/ src=/);
  }
});

test('the first page tells each target now, and each day by its last run', () => {
  const site = pages([night(1), night(2, broken), night(3, { hour: 30, run: { id: 'same-day' } })]);
  const index = plain(site.get('index.html'));
  expect(index).toContain('my-mock: ? incomplete');
  expect(site.get('index.html')).toContain('aria-label="incomplete, 2026-11-02 09:00, the last of 2 runs"');
  expect(site.get('index.html')).not.toContain('aria-label="non-conformant');
});

test('the page of a target tells what changed, and leaves out what did not', () => {
  const same = { ...broken, run: { durationMs: 9 } };
  const site = pages([
    night(1, { clauses: { b: 'pass' } }),
    night(2, broken),
    night(3, same),
    night(4, { clauses: { a: 'pass', b: 'pass' } }),
  ]);
  const page = plain(site.get('targets/my-mock.html'));
  expect(page).toContain('2026-11-02 03:00 non-conformant');
  expect(page).not.toContain('2026-11-03 03:00 non-conformant');
  expect(page).toContain('new: a (must), not judged → fail');
  expect(page).toContain('fixed: a (must), fail → pass');
  expect(page).toContain('1 clause passed');
});

test('the page of a run leads back, and says since when what broke is broken', () => {
  const page = pages([night(1), night(2, broken)]).get('runs/night-02.html') ?? '';
  expect(page).toContain('<a href="../targets/my-mock.html">my-mock</a>');
  expect(page).toContain('<p class="since">since ever, a</p>');
  expect(page).not.toContain('since ever, b');
});

test('what a target said is text, wherever it stands', () => {
  const evil = `<img src=x onerror=alert(1)>"'${evilText}`;
  const report = hostile(night(2, { ...broken, target: { server: 'x' }, run: { cutShort: 'y' } }), evil);
  const site = all(pages([night(1, { target: { name: report.target.name } }), report]));
  expect(['<img', '\u{1b}', '\u{202e}', '\u{0}'].filter((harm) => site.includes(harm))).toEqual([]);
  expect(site).toContain('&lt;img');
});

test.each(['../../etc/passwd', '..', '.hidden', 'a/b', 'CON', 'x'.repeat(300), 'ü', '', 'a%2e'])(
  'no name leads out of its folder: %s',
  (name) => {
    for (const file of [runFile(name), targetFile(name)])
      expect(file).toMatch(/^(runs|targets)\/[A-Za-z0-9_-]{1,80}\.html$/);
  },
);

test('names that look alike have pages of their own', () => {
  const names = ['a/b', 'a-b', 'a:b', 'A-b', 'a-B', 'a'.repeat(90), 'a'.repeat(91)];
  expect(new Set(names.map((name) => runFile(name).toLowerCase())).size).toBe(names.length);
});
