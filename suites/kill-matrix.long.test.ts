/** The kill matrix: each mutant with all suites. Exactly the expected clauses detect it, and no others. */
import { expect, test } from 'vitest';
import { mutants } from '../harness/reference/mutants.ts';
import { tryMutant } from '../harness/simulate/kill-matrix.ts';
import { loadRegister } from '../spec/register.ts';

const register = loadRegister();

test.each(mutants)('$id: $breaks', async (mutant) => {
  const { survived, unexpected, detectedBy } = await tryMutant(mutant, register);
  expect({ survived, unexpected }, `detected by ${detectedBy.join(', ')}`).toEqual({
    survived: [],
    unexpected: [],
  });
});
