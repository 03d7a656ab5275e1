/** Each mutant on five variants that are drawn by a seed: a clause that it breaks detects it there too. */
import { expect, test } from 'vitest';
import { loadContract } from '../../harness/run/contract.ts';
import { drawnPairs, isDetected } from './variant-proofs.ts';

const contract = await loadContract();

test.each(drawnPairs(5, 2))('$mutant.id on $variant.id', async (pair) => {
  expect(await isDetected(pair, contract)).toBe(true);
});
