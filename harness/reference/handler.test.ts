import { expect, test } from 'vitest';
import { randomOf } from './handler.ts';
import { operations } from './rules.ts';

const turns = Array.from({ length: 20_000 }, (_, turn) => turn);

test('the same seed, operation and turn give the same random number', () => {
  expect(turns.map((turn) => randomOf(7, 'read', turn))).toEqual(
    turns.map((turn) => randomOf(7, 'read', turn)),
  );
});

test.each([1, 2, 3, 1000])('one in twenty is one in twenty: seed %i', (seed) => {
  for (const operation of operations) {
    const drawn = turns.filter((turn) => randomOf(seed, operation, turn) < 1 / 20).length;
    expect(drawn).toBeGreaterThan(900); // of 1,000 expected, by more than three deviations
    expect(drawn).toBeLessThan(1100);
  }
});

test('seeds and operations are independent', () => {
  const drawn = (seed: number, operation: (typeof operations)[number]) =>
    turns.map((turn) => randomOf(seed, operation, turn) < 1 / 20);
  const both = (one: readonly boolean[], other: readonly boolean[]) =>
    one.filter((is, turn) => is && other[turn]).length;
  expect(both(drawn(1, 'read'), drawn(2, 'read'))).toBeLessThan(80); // of 50 expected
  expect(both(drawn(1, 'read'), drawn(1, 'list'))).toBeLessThan(80);
});
