import { expect, test } from 'vitest';
import { covering } from './covering.ts';

const space = {
  login: ['none', 'unknown', 'wrong'],
  phase: ['queued', 'running', 'finished', 'failed'],
  force: ['omitted', 'false', 'true'],
  verbose: ['omitted', 'true'],
} as const;
const axes = ['login', 'phase', 'force', 'verbose'] as const;

const pairs = axes.flatMap((one, index) => axes.slice(index + 1).map((other) => [one, other] as const));

test.each(pairs)('every pair of %s and %s occurs', (one, other) => {
  const seen = new Set(covering(space).map((row) => `${row[one]} ${row[other]}`));
  expect(seen.size).toBe(space[one].length * space[other].length);
});

test('every triple with a value of the strong axis occurs', () => {
  const rows = covering(space, 'login');
  for (const [one, other] of pairs.filter((pair) => !(pair as readonly string[]).includes('login'))) {
    const seen = new Set(rows.map((row) => `${row.login} ${row[one]} ${row[other]}`));
    expect(seen.size).toBe(3 * space[one].length * space[other].length);
  }
});

test('there are not many more rows than the largest pair or triple needs', () => {
  expect(covering(space).length).toBeLessThanOrEqual(15);
  expect(covering(space, 'login').length).toBeLessThanOrEqual(45);
});

test('every row has a value of each axis, and the rows are the same each time', () => {
  const rows = covering(space);
  expect(
    rows.every((row) => axes.every((axis) => (space[axis] as readonly string[]).includes(row[axis]))),
  ).toBe(true);
  expect(covering(space)).toEqual(rows);
});

test('of one axis there is a row for each value', () => {
  expect(covering({ login: ['none', 'wrong'] })).toEqual([{ login: 'none' }, { login: 'wrong' }]);
});
