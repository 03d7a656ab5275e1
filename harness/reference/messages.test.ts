import { expect, test } from 'vitest';
import { basic } from '../testing/reference-client.ts';
import { credentialFault } from './messages.ts';

const login = { user: 'user', password: 'pass:word' };
const token = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  { why: 'the login, a colon in its password', header: basic('user', 'pass:word'), fault: null },
  { why: 'no header', header: undefined, fault: 'absent' },
  { why: 'the password and more', header: basic('user', 'pass:word2'), fault: 'wrong password' },
  { why: 'the password in part', header: basic('user', 'pass'), fault: 'wrong password' },
  { why: 'no password', header: basic('user', ''), fault: 'wrong password' },
  { why: 'another user', header: basic('User', 'pass:word'), fault: 'unknown user' },
  { why: 'no user', header: basic('', 'pass:word'), fault: 'unknown user' },
  { why: 'no colon', header: token('user'), fault: 'malformed' },
  { why: 'no base64', header: 'Basic %%%', fault: 'malformed' },
  { why: 'an empty header', header: '', fault: 'malformed' },
  { why: 'another scheme', header: 'Bearer abc', fault: 'malformed' },
] as const)('$why: $fault', ({ header, fault }) => {
  expect(credentialFault(header, login, 'any')).toBe(fault);
});

test.each([
  { schemeCase: 'any', fault: null },
  { schemeCase: 'exact', fault: 'malformed' },
] as const)('a scheme in lower case, where $schemeCase case counts: $fault', ({ schemeCase, fault }) => {
  expect(credentialFault(basic('user', 'pass:word').replace('Basic', 'basic'), login, schemeCase)).toBe(
    fault,
  );
});
