/** The other proofs at their smallest size: HTTP, real time, processes. Those of bad networks stand in network.long.test.ts. */
import { expect, test } from 'vitest';
import { networkProofs } from './network-proofs.ts';
import { proofs } from './proofs.ts';

const chosen = proofs.filter((proof) => !proof.quick && !networkProofs.includes(proof));

test.each(chosen)('$name: $shows', async ({ prove, smallest, seed }) => {
  const { against, measured } = await prove(smallest, seed);
  expect(against, measured).toEqual([]);
});
