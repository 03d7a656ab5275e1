import { expect, test } from 'vitest';
import { doubtAbout } from './auth.ts';
import { basic } from './requests-in.ts';

const login = { user: 'user', password: 'pass:word' };
const token = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  { why: 'the login, a colon in its password', header: basic('user', 'pass:word'), doubt: null },
  { why: 'no header', header: undefined, doubt: 'absent' },
  { why: 'the password and more', header: basic('user', 'pass:word2'), doubt: 'wrong password' },
  { why: 'the password in part', header: basic('user', 'pass'), doubt: 'wrong password' },
  { why: 'no password', header: basic('user', ''), doubt: 'wrong password' },
  { why: 'another user', header: basic('User', 'pass:word'), doubt: 'unknown user' },
  { why: 'no user', header: basic('', 'pass:word'), doubt: 'unknown user' },
  { why: 'no colon', header: token('user'), doubt: 'malformed' },
  { why: 'no base64', header: 'Basic %%%', doubt: 'malformed' },
  { why: 'an empty header', header: '', doubt: 'malformed' },
  { why: 'another scheme', header: 'Bearer abc', doubt: 'malformed' },
] as const)('$why: $doubt', ({ header, doubt }) => {
  expect(doubtAbout(header, login, 'any')).toBe(doubt);
});

test.each([
  { schemeCase: 'any', doubt: null },
  { schemeCase: 'exact', doubt: 'malformed' },
] as const)('a scheme in lower case, where $schemeCase case counts: $doubt', ({ schemeCase, doubt }) => {
  expect(doubtAbout(basic('user', 'pass:word').replace('Basic', 'basic'), login, schemeCase)).toBe(doubt);
});
