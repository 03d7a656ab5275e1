import { expect, test } from 'vitest';
import { exchange } from '../samples/sample.ts';
import { bodiesCompared, expectedAndSeen } from './compared.ts';

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
