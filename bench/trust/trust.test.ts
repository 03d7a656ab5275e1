/** Each quick proof at its smallest size: no network, simulated time. */
import { expect, test } from 'vitest';
import { proofs } from './proofs.ts';

test.each(proofs.filter(({ quick }) => quick))('$name: $shows', async ({ prove, smallest, seed }) => {
  const { against, measured } = await prove(smallest, seed);
  expect(against, measured).toEqual([]);
});
