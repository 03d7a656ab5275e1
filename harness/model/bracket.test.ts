import { describe, expect, test } from 'vitest';
import { bracket, either, later, retained, surelyBefore } from './bracket.ts';

// The task ended between 1000 and 1200 ms and is kept for 60 s, with 2 s of grace.
const ended = bracket(1000, 1200);

describe('retained', () => {
  test.each([
    { read: bracket(59_900, 59_999), due: 'kept', why: 'over a second before any expiry' },
    { read: bracket(59_900, 60_000), due: 'unknown', why: 'a second before the earliest expiry' },
    { read: bracket(63_200, 63_300), due: 'unknown', why: 'at the latest expiry plus grace' },
    { read: bracket(63_201, 63_300), due: 'gone', why: 'past the latest expiry plus grace' },
    { read: bracket(0, 90_000), due: 'unknown', why: 'a read that took from before to after proves nothing' },
  ])('$due: $why', ({ read, due }) => {
    expect(retained(read, ended, { ttlMs: 60_000, graceMs: 2000 })).toBe(due);
  });
});

test('a bracket never runs backwards', () => {
  expect(() => bracket(2, 1)).toThrow('bracket runs backwards: 2 ms > 1 ms');
  expect(() => bracket(Number.NaN, 1)).toThrow(RangeError);
  expect(bracket(1, 1)).toEqual({ earliestMs: 1, latestMs: 1 }); // an instant is one too
});

test('touching brackets are not surely in order', () => {
  expect(surelyBefore(bracket(0, 5), bracket(5, 9))).toBe(false);
  expect(surelyBefore(bracket(0, 5), bracket(6, 9))).toBe(true);
});

test('later moves both ends; either holds both', () => {
  expect(later(bracket(1, 2), 10)).toEqual(bracket(11, 12));
  expect(either(bracket(1, 2), bracket(5, 9))).toEqual(bracket(1, 9));
});
