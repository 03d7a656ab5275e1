/**
 * The kill matrix: each mutant with all suites. Exactly the expected clauses detect it, and no structural clause passes
 * although an exchange of the same run breaks it.
 */
import { expect, test } from 'vitest';
import { globalClauses, globalFindings } from '../harness/judge/global-checks.ts';
import { mutants } from '../harness/reference/mutants.ts';
import type { CheckContext } from '../harness/run/check-context.ts';
import { loadContract } from '../harness/run/contract.ts';
import { tryMutant } from '../harness/simulate/kill-matrix.ts';

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

test.each(mutants)('$id: $breaks', async (mutant) => {
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
});
