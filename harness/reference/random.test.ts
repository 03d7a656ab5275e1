import { expect, test } from 'vitest';
import { luckOf } from './random.ts';
import { operations } from './rules.ts';

const turns = Array.from({ length: 20_000 }, (_, turn) => turn);

test('the same seed, operation and turn have the same luck', () => {
  expect(turns.map((turn) => luckOf(7, 'read', turn))).toEqual(turns.map((turn) => luckOf(7, 'read', turn)));
});

test.each([1, 2, 3, 1000])('one in twenty is one in twenty: seed %i', (seed) => {
  for (const operation of operations) {
    const unlucky = turns.filter((turn) => luckOf(seed, operation, turn) < 1 / 20).length;
    expect(unlucky).toBeGreaterThan(900); // of 1,000 expected, by more than three deviations
    expect(unlucky).toBeLessThan(1100);
  }
});

test('seeds and operations have nothing to do with each other', () => {
  const unlucky = (seed: number, operation: (typeof operations)[number]) =>
    turns.map((turn) => luckOf(seed, operation, turn) < 1 / 20);
  const both = (one: readonly boolean[], other: readonly boolean[]) =>
    one.filter((is, turn) => is && other[turn]).length;
  expect(both(unlucky(1, 'read'), unlucky(2, 'read'))).toBeLessThan(80); // of 50 expected
  expect(both(unlucky(1, 'read'), unlucky(1, 'list'))).toBeLessThan(80);
});
