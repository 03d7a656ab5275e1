import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exchange } from '../../harness/testing/reports/sample.ts';
import { bodiesCompared, body, expectedAndSeen, laidOut } from './exchange.ts';

test('laying out changes the space between tokens alone', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.parse(laidOut(text))).toEqual(JSON.parse(text));
      // Between tokens there are line feeds and indentation; within strings JSON has neither a raw line feed.
      expect(laidOut(text).replace(/\n */g, '').replaceAll('": ', '":')).toBe(text.replaceAll('": ', '":'));
    }),
  );
});

const deep = '['.repeat(1000) + ']'.repeat(1000);

test.each([
  { text: '{"a":1,"a":2}', shown: '{\n  "a": 1,\n  "a": 2\n}', why: 'a field named twice is shown twice' },
  { text: '[1e400,1.0]', shown: '[\n  1e400,\n  1.0\n]', why: 'a number is spelled as it came' },
  { text: '{"a":1', shown: '{"a":1', why: 'what is cut off stays as it is' },
  { text: 'null', shown: 'null', why: 'a word is no object' },
  { text: deep, shown: deep, why: 'what is deep would be all indentation' },
])('$why', ({ text, shown }) => expect(laidOut(text)).toBe(shown));

test('a long body is folded, and what is beyond the limit is counted', () => {
  const page = `${body('x\n'.repeat(2500), 4000)}`;
  expect(page).toMatch(/<\/pre>\s*<details class="rest"><summary>\d+ more characters<\/summary>/);
  expect(page).toContain('… 1000 more characters');
  expect(page.split('x').length - 1).toBeGreaterThan(1900);
});

test('controls are spelled out, lines stay', () => {
  expect(`${body('a\r\nb\u{1b}[2J\u{202e}', 100)}`).toBe('<pre>a\nb\\u{1b}[2J\\u{202e}</pre>');
});

const check = { name: 'a', suite: 's', verdict: 'fail', reason: 'r', exchanges: [] } as const;
const answered = (id: string, body: string, status = 200) =>
  exchange(id, { response: { status, headers: {}, body } });

test('what differs between expected and seen is marked on both sides', () => {
  const shown = `${expectedAndSeen({ ...check, expected: 'status started, in both reads', seen: 'status queued, in both reads' })}`;
  expect(shown).toContain('status <mark>started</mark>, in both reads');
  expect(shown).toContain('status <mark>queued</mark>, in both reads');
});

test('where nearly nothing is the same, marks would only disturb', () => {
  expect(`${expectedAndSeen({ ...check, expected: '406', seen: '200' })}`).not.toContain('<mark>');
});

test('a check that says neither has no such lines', () => expect(expectedAndSeen(check)).toBeNull());

test('two reads are compared line by line', () => {
  const [shown = ''] = bodiesCompared([
    answered('read-1', '{"id":"7","status":"started"}'),
    answered('read-2', '{"id":"7","status":"queued"}'),
  ]).map(String);
  expect(shown).toContain('<code>read-1</code> to <code>read-2</code>');
  expect(shown).toContain('<del>-   &quot;status&quot;: &quot;started&quot;\n</del>');
  expect(shown).toContain('<ins>+   &quot;status&quot;: &quot;queued&quot;\n</ins>');
});

test.each([
  { why: 'the same', other: answered('b', '{"id":"7","status":"started"}') },
  { why: 'laid out otherwise', other: answered('b', '{ "id": "7",\n"status": "started" }') },
  { why: 'no 200', other: answered('b', 'no', 404) },
  {
    why: 'cut',
    other: exchange('b', { response: { status: 200, headers: {}, body: '{', truncated: true } }),
  },
  { why: 'lost', other: exchange('b', { lost: 'connection reset' }) },
  { why: 'of another operation', other: { ...answered('b', '[]'), operation: 'list' as const } },
])('nothing is compared with what is $why', ({ other }) =>
  expect(bodiesCompared([answered('a', '{"id":"7","status":"started"}'), other])).toEqual([]),
);
