/** The other proofs at their smallest size: HTTP, real time, bad networks, processes. */
import { expect, test } from 'vitest';
import { proofs } from './proofs.ts';

test.each(proofs.filter(({ quick }) => !quick))('$name: $shows', async ({ prove, smallest, seed }) => {
  const { against, measured } = await prove(smallest, seed);
  expect(against, measured).toEqual([]);
});
