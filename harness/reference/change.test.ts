import { expect, test } from 'vitest';
import { contractBut } from './change.ts';
import { rules } from './contract.ts';
import { refusedWith } from './rules.ts';

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
