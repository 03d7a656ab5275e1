import { expect, test } from 'vitest';
import { anchor, checkAnchor, exchangeAnchor } from './parts.ts';

test('a clause’s id is its address as it stands', () => {
  expect(anchor('cancel.commit-phase.refused')).toBe('cancel.commit-phase.refused');
  expect(checkAnchor('list.empty', 0)).toBe('list.empty:1');
});

test('no two names share an address, and none is one of the page’s own, or an exchange’s, or looks like filters', () => {
  const names = [
    'a b',
    'a_b',
    'a~20b',
    'a%20b',
    'a+b',
    'page:clauses',
    'exchange:read-1',
    'a:1',
    'verdict=fail',
    'ü',
    '"><',
  ];
  const addresses = [...names.map(anchor), 'page:clauses', exchangeAnchor('read-1'), checkAnchor('a', 0)];
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const address of names.map(anchor)) expect(address).toMatch(/^[A-Za-z0-9_.!~*'()-]+$/);
});
