import { expect, test } from 'vitest';
import { collide, contractBut, leavesOf, rules } from './contract.ts';
import { accepted, refusedWith } from './rules.ts';

test('what a change does not name stays as it was', () => {
  const changed = contractBut({ cancel: { outcome: { running: { graceful: refusedWith(400) } } } });
  expect([changed.cancel.outcome.running.graceful, changed.cancel.outcome.running.forced]).toEqual([
    { status: 400, acts: false },
    rules.cancel.outcome.running.forced,
  ]);
});
test('lists are replaced, not merged', () => {
  expect(contractBut({ routes: [] }).routes).toEqual([]);
});
test('later changes win, and null is a value', () => {
  const changed = contractBut({ auth: { challenge: 'Basic' } }, { auth: { challenge: null } });
  expect(changed.auth.challenge).toBe(null);
});
test('the contract itself stays as it is', () => {
  contractBut({ list: { status: 500 } });
  expect(rules.list.status).toBe(200);
});

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
