/** The kill matrix: each mutant with all suites. Exactly the expected clauses detect it, and no others. */
import { expect, test } from 'vitest';
import { mutants } from '../harness/reference/mutants.ts';
import { loadContract } from '../harness/run/contract.ts';
import { tryMutant } from '../harness/simulate/kill-matrix.ts';

const contract = await loadContract();

test.each(mutants)('$id: $breaks', async (mutant) => {
  const { survived, unexpected, detectedBy } = await tryMutant(mutant, contract);
  expect({ survived, unexpected }, `detected by ${detectedBy.join(', ')}`).toEqual({
    survived: [],
    unexpected: [],
  });
});
