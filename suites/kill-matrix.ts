/** The kill matrix as tests, in parts that run side by side. */
import { expect, test } from 'vitest';
import { tryMutant } from '../harness/kill-matrix.ts';
import { mutants } from '../harness/reference/mutants.ts';
import { loadRegister } from '../spec/register.ts';

const register = loadRegister();

/** A test for every wrong server of one part: exactly which clauses fail. */
export function testMutants(part: number, parts: number): void {
  test.each(mutants.filter((_, index) => index % parts === part))(
    '$id: $breaks',
    { timeout: 60_000 },
    async (mutant) => {
      const { survived, wronglyBlamed, convictedBy } = await tryMutant(mutant, register);
      expect({ survived, wronglyBlamed }, `convicted by ${convictedBy.join(', ')}`).toEqual({
        survived: [],
        wronglyBlamed: [],
      });
    },
  );
}
