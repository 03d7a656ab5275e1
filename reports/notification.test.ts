import { expect, test } from 'vitest';
import { compare } from './history/compare.ts';
import { pastRun } from './history/past-run.ts';
import { notification } from './notification.ts';
import { type Night, night } from './samples/nights.ts';
import { evilText } from './samples/sample.ts';

const told = (before: Night, after: Night): string | undefined => {
  const run = pastRun(night(2, after));
  return notification(compare(pastRun(night(1, before)), run), run)?.text;
};
const of = (verdict: 'pass' | 'fail' | 'inconclusive' | 'skip'): Night => ({
  clauses: { a: verdict, z: 'pass' },
});

test.each([
  { before: of('pass'), after: of('pass'), says: undefined, why: 'nothing changed' },
  { before: of('fail'), after: of('fail'), says: undefined, why: 'what is still broken is known' },
  { before: of('skip'), after: of('inconclusive'), says: undefined, why: 'one doubt for another' },
  {
    before: of('pass'),
    after: of('fail'),
    says: '*my-mock*: conformant → non-conformant',
    why: 'newly broken',
  },
  { before: of('fail'), after: of('pass'), says: '• fixed: `a` (must)', why: 'fixed' },
  {
    before: of('pass'),
    after: of('inconclusive'),
    says: 'conformant → incomplete',
    why: 'the verdict of the run',
  },
])('$why: $says', ({ before, after, says }) => {
  if (says === undefined) expect(told(before, after)).toBeUndefined();
  else expect(told(before, after)).toContain(says);
});

test('it says what was seen, and what may explain it', () => {
  expect(told(of('pass'), { ...of('fail'), target: { server: 'Mock/2.0' } })).toBe(
    [
      '*my-mock*: conformant → non-conformant',
      'non-conformant: 1 of 2 must clauses broken, 1 proven (run night-02)',
      '• newly broken: `a` (must): seen as fail',
      '   the target changed, and nothing else that may explain it',
      'changed: the target: server Mock/1.0 → Mock/2.0',
    ]
      .join('\n')
      .replaceAll('→ Mock', '→ Mock'),
  );
});

test('of a first run only what is broken is news', () => {
  const [good, bad] = [of('pass'), of('fail')].map((clauses) => pastRun(night(1, clauses)));
  expect(good && notification(undefined, good)).toBeUndefined();
  expect(bad && notification(undefined, bad)?.text).toContain('the first run that is remembered');
});

test('many changes are counted, not listed', () => {
  const all = (verdict: 'pass' | 'fail'): Night => ({
    clauses: Object.fromEntries(Array.from({ length: 14 }, (_, row) => [`c${row}`, verdict])),
  });
  expect(told(all('pass'), all('fail'))).toContain('and 4 more');
  expect(told(all('pass'), all('fail'))?.match(/newly broken/g)).toHaveLength(10);
});

test('what a target said names nobody, links nowhere and starts no line', () => {
  const evil = `<!channel> <https://evil.example|here>${evilText}`;
  const text = told(of('pass'), {
    clauses: [{ id: 'a', verdict: 'fail', checks: [{ reason: evil, exchanges: ['read-1'] }] }],
    target: { server: evil },
  });
  expect(text).toContain('&lt;!channel&gt;');
  expect(text).not.toMatch(/<|>/);
  expect(text?.split('\n').filter((line) => line.startsWith('PASS'))).toEqual([]);
});
