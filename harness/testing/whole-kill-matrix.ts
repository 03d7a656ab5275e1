/**
 * The kill matrix: each mutant with all suites. Exactly the expected clauses detect it, and no structural clause passes
 * although an exchange of the same run breaks it. Two files have a half each, so that two cores work on it.
 */
import { expect, test } from 'vitest';
import { globalClauses, globalFindings } from '../judge/global-checks.ts';
import type { Mutant } from '../reference/mutant.ts';
import { mutants } from '../reference/mutants.ts';
import type { CheckContext } from '../run/check-context.ts';
import { loadContract } from '../run/contract.ts';
import { tryMutant } from '../simulate/kill-matrix.ts';

const contract = await loadContract();

/** The contract, with what each check sent. */
function recordingContract() {
  const sent: CheckContext['sent'] = [];
  const book = new Map(
    [...contract.book].map(([id, checks]) => [
      id,
      checks.map((check) => ({
        ...check,
        run: (context: CheckContext) => check.run(context).finally(() => sent.push(...context.sent)),
      })),
    ]),
  );
  return { sent, recording: { ...contract, book } };
}

/** Tests every second mutant, beginning with the first (0) or the second (1). */
export function testHalfOfMatrix(half: 0 | 1): void {
  const mutantsOfHalf = mutants.filter((_, at) => at % 2 === half);
  test.each(mutantsOfHalf)('$id: $breaks', testMutant);
}

async function testMutant(mutant: Mutant): Promise<void> {
  const { sent, recording } = recordingContract();
  const { survived, unexpected, detectedBy, passed } = await tryMutant(mutant, recording);
  expect({ survived, unexpected }, `detected by ${detectedBy.join(', ')}`).toEqual({
    survived: [],
    unexpected: [],
  });
  const broken = sent.flatMap(({ exchange, tolerates }) =>
    globalFindings(exchange, tolerates, contract.validators).filter(({ verdict }) => verdict !== 'pass'),
  );
  const against = new Set(broken.map(({ clause }) => clause));
  expect(globalClauses.filter((clause) => against.has(clause) && passed.includes(clause))).toEqual([]);
}
