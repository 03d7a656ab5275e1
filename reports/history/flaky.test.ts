import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Verdict } from '../../harness/model/verdict.ts';
import { type Night, night } from '../samples/nights.ts';
import { openHistory } from './file.ts';
import { ownFolder } from './fixtures/folder.ts';
import { flakyOf } from './flaky.ts';
import { flakyText } from './flaky-text.ts';
import { keep } from './keep.ts';

const folder = ownFolder();
let files = 0;

function found(nights: readonly (Verdict | Night)[], most = 100) {
  using history = openHistory(join(folder, `${files++}.db`));
  for (const [row, told] of nights.entries())
    keep(history, night(row + 1, typeof told === 'string' ? { clauses: { a: told } } : told));
  return history.read((db) => flakyOf(db, 'my-mock', most));
}

test.each<{ nights: readonly (Verdict | Night)[]; kind: string | undefined; why: string }>([
  { nights: ['pass', 'fail', 'pass'], kind: 'flaky', why: 'there and back again' },
  { nights: ['fail', 'pass', 'fail', 'pass'], kind: 'flaky', why: 'more than once' },
  { nights: ['pass', 'pass', 'fail', 'fail'], kind: 'turned once', why: 'and stayed so' },
  { nights: ['pass', 'pass'], kind: undefined, why: 'as it was' },
  { nights: ['pass', 'inconclusive', 'skip', 'pass'], kind: undefined, why: 'a doubt is no verdict' },
  {
    nights: ['pass', { clauses: { a: 'fail' }, target: { server: 'Mock/2.0' } }, 'pass'],
    kind: undefined,
    why: 'the target was another one meanwhile',
  },
  {
    nights: ['pass', 'pass', { clauses: { a: 'fail' }, run: { profile: 'full' } }],
    kind: undefined,
    why: 'it was asked otherwise',
  },
  {
    nights: ['pass', { clauses: { a: 'fail' }, target: { name: 'other' } }, 'pass'],
    kind: undefined,
    why: 'another target’s',
  },
])('$kind: $why', ({ nights, kind }) => {
  expect(found(nights).map((one) => one.kind)).toEqual(kind === undefined ? [] : [kind]);
});

test('only so many of the newest runs are looked at', () => {
  expect(found(['fail', 'pass', 'pass', 'pass'], 3)).toEqual([]);
});

test('the worst comes first, with its counts and its last turn', () => {
  const nights = [
    { a: 'pass', b: 'pass' },
    { a: 'pass', b: 'fail' },
    { a: 'fail', b: 'pass' },
    { a: 'fail', b: 'fail' },
  ] as const;
  const flaky = found(nights.map((clauses): Night => ({ clauses })));
  expect(flaky.map(({ clause }) => clause)).toEqual(['b', 'a']);
  const text = flakyText(flaky, { target: 'my-mock', runs: 4 }, 120);
  expect(text).toContain(
    'Flaky on my-mock, the last 4 runs (1)\n  b (must)\n    pass in 2, fail in 2 of 4 runs under the same conditions; 3 turns, last in run night-04',
  );
  expect(text).toContain('rather the target than a flake (1)\n  a (must)');
});

test('a run whose own repeats differed is enough', () => {
  using history = openHistory(join(folder, `${files++}.db`));
  const repeats = {
    times: 2,
    planned: 2,
    shown: 1,
    firstSeed: 1,
    clauses: [{ id: 'a', verdicts: { fail: 1, pass: 1 } }],
    unstable: ['a'],
  };
  keep(history, { ...night(1, { clauses: { a: 'fail' } }), repeats });
  expect(history.read((db) => flakyOf(db, 'my-mock', 9))).toMatchObject([
    { kind: 'flaky', unstable: 1, turns: 0 },
  ]);
});
