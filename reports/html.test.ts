/** What holds of the page as a whole, whatever the report. How it behaves in a browser: harness/cli/html.long.test.ts. */
import { HtmlValidate } from 'html-validate';
import { describe, expect, test } from 'vitest';
import type { Report } from '../harness/model/report.ts';
import { reports } from '../harness/testing/reports/reports.ts';
import { bigReport, evilText, hostile, sampleReport } from '../harness/testing/reports/sample.ts';
import { mostInFlight, toHtml } from './html.ts';
import { byWorth, headline } from './text/sentences.ts';

const validator = new HtmlValidate({ root: true, extends: ['html-validate:standard'] });
async function wrong(page: string): Promise<string[]> {
  const { results } = await validator.validateString(page);
  return results.flatMap(({ messages }) => messages).map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

/** Tags as the page's templates write them: whatever else begins with `<` was put there by somebody else. */
const ourTag =
  /^<(?:\/[a-z][a-z0-9]*|[a-z][a-z0-9]*(?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:="[^"<>]*")?)*\s*\/?|!doctype html)>/;
/** What loads, runs or ends something. One of each of the page's own is there, or none. */
const once = [
  '<script',
  '<style',
  '<title',
  '<main',
  '</main',
  '</body',
  '</html',
  '</title',
  '</script',
  '</style',
];
const never = ['<img', '<base', '<iframe', '<object', '<textarea', '</textarea', '<a href="javascript:'];

/** A tag without its attributes' values. */
const namesIn = (tag: string): string => tag.replace(/="[^"]*"/g, '');

function unlikeOurs(page: string): string[] {
  const text = page.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '<$1></$1>');
  const strange = [...text.matchAll(/</g)]
    .map(({ index }) => text.slice(index, index + 3000))
    .filter((from) => !ourTag.test(from) || /\son/.test(namesIn(ourTag.exec(from)?.[0] ?? '')));
  const count = (part: string): number => text.split(part).length - 1;
  return [
    ...strange.map((from) => from.slice(0, 80)),
    ...once.filter((part) => count(part) !== 1),
    ...never.filter((part) => count(part) > 0),
  ];
}

const harm = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '</script></style></title></textarea><svg onload=alert(1)>',
  '--><!-- <base href=//evil>',
  '</pre></code></details></section></main>',
  'javascript:alert(1)',
  `&lt;img&gt; \${alert(1)} {{alert(1)}}`,
  evilText,
];

/** Every text of a report replaced, ids too, as somebody would forge it. */
const forged = (report: Report, evil: string): Report =>
  JSON.parse(
    JSON.stringify(report, (key, value: unknown) =>
      typeof value === 'string' && !words.includes(key)
        ? `${value}${key === 'url' ? '/' : ''}${evil}`
        : value,
    ),
  );
/** Words of ours: the schema allows no others. */
const words = [
  'schema',
  'verdict',
  'level',
  'basis',
  'operation',
  'credentials',
  'profile',
  'phase',
  'startedAt',
];

describe.each(Object.entries(reports))('%s', (_, report) => {
  const page = toHtml(report);

  test('is valid HTML', async () => expect(await wrong(page)).toEqual([]));

  test('says the verdict in its title and in its first heading', () => {
    expect(page).toContain(`<title>my-mock: ${headline(report)}</title>`);
    expect(page).toContain(`<h1>${report.verdict}</h1>`);
  });

  test('shows every clause with its verdict, and as many of each as the summary counts', () => {
    const told = [...page.matchAll(/data-verdict="([a-z]+)".*?<h3><code>(.*?)<\/code>/g)];
    expect(told.map(([, verdict, id]) => `${id}: ${verdict}`)).toEqual(
      byWorth(report.clauses).map(({ id, verdict }) => `${id}: ${verdict}`),
    );
    for (const verdict of ['pass', 'fail', 'warn', 'skip', 'inconclusive', 'observed'] as const)
      expect(page.match(new RegExp(`data-verdict="${verdict}"`, 'g')) ?? []).toHaveLength(
        report.summary[verdict],
      );
  });

  test('loads nothing: its links lead to the docs and into itself alone', () => {
    const targets = [...page.matchAll(/\s(?:href|src|action|data)="([^"]*)"/g)].map(([, to = '']) => to);
    expect(targets.filter((to) => !/^(#|https:\/\/redis\.io\/|data:image\/svg\+xml,)/.test(to))).toEqual([]);
  });

  test.each(harm)('what a target or a forger says stays text: %s', (evil) => {
    expect(unlikeOurs(toHtml(hostile(report, evil)))).toEqual([]);
    const spoilt = toHtml(forged(report, evil));
    expect(unlikeOurs(spoilt)).toEqual([]);
  });
});

test('with all hostile texts at once the page is still valid HTML', async () =>
  expect(await wrong(toHtml(forged(reports.nonConformant, harm.join(''))))).toEqual([]));

test('a link that leads to no page of the web is none', () => {
  const [clause] = reports.conformant.clauses;
  const page = (url: string) =>
    toHtml({
      ...reports.conformant,
      clauses: clause ? [{ ...clause, source: { ...clause.source, url } }] : [],
    });
  expect(page('https://redis.io/docs/x')).toContain('href="https://redis.io/docs/x"');
  expect(page('javascript:alert(1)')).not.toContain('href="javascript:');
});

test('the hashes of the policy are those of the script and the style, and nothing else may run', async () => {
  const page = toHtml(reports.conformant);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
    .exec(page)?.[1]
    ?.replaceAll('&#39;', "'");
  for (const [name, of] of [
    ['script-src', /<script>([\s\S]*?)<\/script>/.exec(page)?.[1]],
    ['style-src', /<style>([\s\S]*?)<\/style>/.exec(page)?.[1]],
  ] as const) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(of));
    expect(policy).toContain(`${name} 'sha256-${Buffer.from(digest).toString('base64')}'`);
  }
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});

test('a run of 20,000 exchanges stays below 5 MB, tells what is broken whole, and where the rest is', () => {
  const page = toHtml(bigReport(10_020));
  expect(Buffer.byteLength(page)).toBeLessThan(5_000_000);
  expect(page).toContain('id="exchange:cancel-1-0"'); // of a clause that fails
  expect(page).toContain('and 67 more checks: see report.json');
});

test('a report without any clause is a page too', async () => {
  const page = toHtml(sampleReport({ clauses: [] }));
  expect(page).toContain('no must clause was selected');
  expect(await wrong(page)).toEqual([]);
});

test.each([
  { what: 'none', brackets: [], most: 0 },
  {
    what: 'one after the other',
    brackets: [
      [0, 5],
      [5, 9],
    ],
    most: 1,
  },
  {
    what: 'two of three',
    brackets: [
      [0, 5],
      [6, 9],
      [4, 7],
    ],
    most: 2,
  },
  {
    what: 'all',
    brackets: [
      [1, 9],
      [2, 8],
      [3, 7],
    ],
    most: 3,
  },
])('requests in flight at most: $what', ({ brackets, most }) => {
  const exchanges = brackets.map(([sentAt = 0, receivedAt = 0]) => ({ sentAt, receivedAt }));
  expect(mostInFlight(exchanges)).toBe(most);
});
