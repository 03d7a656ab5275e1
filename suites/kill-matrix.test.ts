/** The fast kill matrix: the clauses of each mutant detect it. The long tier proves that no others do. */
import { expect, test } from 'vitest';
import { mutants } from '../harness/reference/mutants.ts';
import { loadContract } from '../harness/run/contract.ts';
import { tryMutant, tryMutantQuickly } from '../harness/simulate/kill-matrix.ts';

const contract = await loadContract();

test.each(mutants)('$id: $breaks', async (mutant) => {
  const { survived, unexpected, detectedBy } = await tryMutantQuickly(mutant, contract);
  expect({ survived, unexpected }, `detected by ${detectedBy.join(', ')}`).toEqual({
    survived: [],
    unexpected: [],
  });
});

test('an operation that the target does not have is one finding', async () => {
  const absent = mutants.find(({ id }) => id === 'mock-cancel-by-delete');
  expect(absent && (await tryMutant(absent, contract)).detectedBy).toEqual(['cancel.running.accepted']);
});

test('a change of another task that only the isolation probe sees is a finding', async () => {
  const mutant = mutants.find(({ id }) => id === 'cancels-all');
  const row = mutant && (await tryMutant(mutant, contract, { selection: ['list.status.200'] }));
  expect(row?.detectedBy).toEqual(['cancel.that-task-alone']);
});
