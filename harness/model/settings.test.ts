import { expect, test } from 'vitest';
import { shuffled } from './settings.ts';

const things = Array.from({ length: 50 }, (_, index) => index);

test('the same seed gives the same order, another seed another one', () => {
  expect(shuffled(things, 7)).toEqual(shuffled(things, 7));
  expect(shuffled(things, 7)).not.toEqual(shuffled(things, 8));
});

test('nothing is lost and nothing comes twice', () => {
  expect([...shuffled(things, 1)].sort((a, b) => a - b)).toEqual(things);
  expect(shuffled(things, 1)).not.toEqual(things);
});
