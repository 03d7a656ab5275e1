import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const known = ['cancel', 'expiry', 'list', 'lifecycle'];

test.each([
  { name: 'cancle', near: 'cancel', why: 'two letters changed places' },
  { name: 'CANCEL', near: 'cancel', why: 'another case' },
  { name: 'lst', near: 'list', why: 'a letter is missing' },
  { name: 'ls', near: 'list', why: 'a short name has two letters to be wrong in' },
  { name: 'robustness', near: undefined, why: 'near to none of them' },
  { name: '', near: undefined, why: 'nothing is near to nothing' },
])('$name: $near: $why', ({ name, near }) => {
  expect(nearest(name, known)).toBe(near);
});

test('of no names none is near', () => expect(nearest('list', [])).toBeUndefined());
