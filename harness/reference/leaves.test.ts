import { expect, test } from 'vitest';
import { contractBut } from './change.ts';
import { changeIn, collide, leavesOf } from './leaves.ts';
import { accepted } from './rules.ts';

test('a change sets the rules that it names, down to single values', () => {
  expect(leavesOf({ list: { lagMs: 1 }, read: { verbose: { true: 500 } } })).toEqual([
    'list.lagMs',
    'read.verbose.true',
  ]);
});

test.each([
  { one: { list: { lagMs: 1 } }, other: { list: { lagMs: 2 } }, so: true, why: 'one rule' },
  { one: { list: { lagMs: 1 } }, other: { read: { lagMs: 1 } }, so: false, why: 'another part' },
  {
    one: { list: { lagMs: 1 } },
    other: { list: { status: 500 } },
    so: false,
    why: 'another rule of one part',
  },
  {
    one: { cancel: { again: accepted } },
    other: { cancel: { again: null } },
    so: true,
    why: 'a rule that is an object or none',
  },
])('$why: $so', ({ one, other, so }) => {
  expect([collide(one, other), collide(other, one)]).toEqual([so, so]);
});

test('what some rules change of the contract is found again', () => {
  const change = { list: { lagMs: 1 }, cancel: { outcome: { committing: { graceful: accepted } } } };
  expect(leavesOf(changeIn(contractBut(change)))).toEqual([
    'list.lagMs',
    'cancel.outcome.committing.graceful.status',
    'cancel.outcome.committing.graceful.acts',
  ]);
  expect(changeIn(contractBut())).toEqual({});
});
