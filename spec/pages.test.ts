import { describe, expect, test } from 'vitest';
import { fixture, fixturePage, pageOf } from '../harness/testing/docs-samples.ts';
import { atMarks, expandShortcodes, pageKey, parsePage } from './pages.ts';
import { SpecError } from './record.ts';

describe('a page in each of its three forms', () => {
  test.each([
    { file: 'kettles.hugo.txt', key: 'requests/kettles' },
    { file: 'kettles.page.json.txt', key: 'requests/kettles' },
    { file: 'kettles.published.txt', key: 'kettles.published.txt' },
  ])('$file has its title and the key of its address, or of its file', ({ file, key }) => {
    const page = fixturePage(file);
    expect(page.title).toBe('Kettle requests');
    expect(page.key).toBe(key);
    expect(page.unread).toEqual([]);
  });

  test('a published page has the key of the place that it was fetched from', () => {
    const page = parsePage(
      fixture('kettles.published.txt'),
      'https://docs.example.test/rest-api/requests/kettles/index.html.md',
    );
    expect(page.key).toBe('requests/kettles');
  });
});

test.each([
  { title: 'CRDB tasks requests', key: 'requests/crdb_tasks' },
  { title: 'CRDB task object', key: 'objects/crdb_task' },
])('a page titled $title that states no address has its key in any file', ({ title, key }) => {
  expect(parsePage(`---\nTitle: ${title}\n---\nwords\n`, 'latest/any-name.md').key).toBe(key);
  expect(parsePage(`# ${title}\n\nwords\n`, '/tmp/page').key).toBe(key);
  expect(parsePage(`---\nTitle: ${title}\nurl: /x/rest-api/own/\n---\n`, 'page').key).toBe('own');
});

test('lines are those of the file, also after a code block of many lines', () => {
  const text = fixture('kettles.hugo.txt');
  const page = fixturePage('kettles.hugo.txt');
  const line = 1 + text.slice(0, text.lastIndexOf('| Code |')).split('\n').length - 1;
  expect(page.blocks.at(-1)?.where).toBe(`kettles.hugo.txt:${line}`);
});

test('in a page JSON lines are those of its content, and it says so', () => {
  const page = fixturePage('kettles.page.json.txt');
  expect(page.blocks[0]?.where).toBe('kettles.page.json.txt (content):2');
});

test.each([
  { text: '', says: 'x is empty.' },
  { text: ' \n ', says: 'x is empty.' },
  { text: '<!DOCTYPE html><html>', says: 'HTML' },
  { text: fixture('kettles.page.json.txt').slice(0, 400), says: 'broken JSON, perhaps cut off' },
  { text: '{"title":"x"}', says: 'not a docs page' },
  { text: '{"title":"x","content":"y"}', says: 'not a docs page' },
  { text: '[1,2]', says: 'not a docs page' },
  { text: 'just some words', says: 'no title' },
  { text: '---\n: : :\n---\nwords', says: 'no title' },
  { text: `# x\n${'> '.repeat(500)}a\n`, says: 'nests its blocks too deeply' },
  { text: `# x\n\n${'*a_'.repeat(80_000)}\n`, says: 'x:3: a paragraph has 240000 characters' },
])('refused: $says', ({ text, says }) => {
  const parse = () => parsePage(text, 'x');
  expect(parse).toThrow(SpecError);
  expect(parse).toThrow(says);
});

test.each([
  {
    address: 'https://redis.io/docs/latest/operate/rs/7.8/references/rest-api/requests/crdb_tasks/',
    key: 'requests/crdb_tasks',
  },
  {
    address:
      'https://redis.io/docs/latest/operate/rs/references/rest-api/requests/crdb_tasks/index.html.md?x#y',
    key: 'requests/crdb_tasks',
  },
  { address: '/a/rest-api-7.8/requests/bdbs/_index.md', key: 'requests/bdbs' },
  { address: '/a/rest-api-7.8/objects/crdb_task.md', key: 'objects/crdb_task' },
  { address: 'docs\\requests\\bdbs\\alerts.md', key: 'requests/bdbs/alerts' },
  { address: '/tmp/crdb_tasks.page.json', key: 'crdb_tasks' },
  { address: '/a/rest-api/_index.md', key: '' },
])('$address is the page $key', ({ address, key }) => expect(pageKey(address)).toBe(key));

test('Windows line ends and a byte order mark change nothing', () => {
  const text = fixture('kettles.hugo.txt');
  const page = pageOf(text.replaceAll('\n', '\r\n'));
  expect(page.title).toBe('Kettle requests');
  expect(page.blocks).toHaveLength(fixturePage('kettles.hugo.txt').blocks.length);
});

describe('shortcodes', () => {
  test('a link inside the reference becomes an ordinary one', () => {
    expect(expandShortcodes('[x]({{< relref "/a/b#c" >}}) and [y]({{<relref "/d">}})').markdown).toBe(
      '[x](/a/b#c) and [y](/d)',
    );
  });

  test('layout tags go and the enclosed text stays', () => {
    expect(expandShortcodes('{{<note>}}\nhot\n{{</note>}}\n').markdown).toBe('\nhot\n\n');
  });

  test('a code block of many lines is one mark on one line, and lines keep their numbers', () => {
    const source = '| a | {{<code>}}\n[{\n}]{{</code>}} | b |\nafter';
    const { markdown, codes, lines, unread } = expandShortcodes(source);
    expect(lines).toEqual([1, 4]);
    expect(atMarks(markdown)).toEqual(['| a | ', 0, ' | b |\nafter']);
    expect(codes).toEqual(['\n[{\n}]']);
    expect(unread).toEqual([]);
  });

  test('a code block that is never closed is reported where it begins, and hides nothing', () => {
    const { markdown, unread } = expandShortcodes('\n{{<code>}} two {{<code>}} three {{</code>}} four');
    expect(unread).toEqual([{ line: 2, reason: 'a code block that is never closed' }]);
    expect(markdown).toContain('two');
    expect(markdown).toContain('four');
  });

  test('a tag of many lines is none in the page, and lines keep their numbers', () => {
    const { markdown, lines } = expandShortcodes('a\n[x]({{< relref\n"/b"\n>}})\nc');
    expect([markdown, lines]).toEqual(['a\n[x](/b)\nc', [1, 2, 5]]);
  });

  test('an unknown shortcode is reported by its name', () => {
    expect(expandShortcodes('a {{< table-children x="y" >}}').unread).toEqual([
      { line: 1, reason: 'the shortcode `table-children`' },
    ]);
  });

  test('a page can not bring a mark of its own', () => {
    expect(atMarks(expandShortcodes('a \uE0007\uE001 b').markdown)).toEqual(['a  7  b']);
  });

  test.each(['{{<', '{{< >}}', '>}} {{<', '{{</code>}}'])('%s does no harm', (text) => {
    expect(() => expandShortcodes(text)).not.toThrow();
  });
});
