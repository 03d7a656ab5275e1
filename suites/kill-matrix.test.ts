/** The kill matrix as tests: exactly which clauses convict each wrong server, and that every check can fail. */
import { expect, test } from 'vitest';
import { mutants } from '../harness/reference/mutants.ts';
import { readSuites, titleOf } from '../harness/run/clause.ts';
import { suiteFiles } from '../harness/run/suites.ts';
import { type MatrixRow, tryMutant } from '../harness/simulate/kill-matrix.ts';
import { idleReasons, redundant } from '../harness/simulate/redundant.ts';
import { loadRegister } from '../spec/register.ts';

const register = loadRegister();
const book = await readSuites(suiteFiles);
const rows: MatrixRow[] = [];

test.each(mutants)('$id: $breaks', { timeout: 60_000 }, async (mutant) => {
  const row = await tryMutant(mutant, register);
  rows.push(row);
  const { survived, wronglyBlamed, convictedBy } = row;
  expect({ survived, wronglyBlamed }, `convicted by ${convictedBy.join(', ')}`).toEqual({
    survived: [],
    wronglyBlamed: [],
  });
});

test('an operation that the target does not have is one finding', async () => {
  const absent = mutants.find(({ id }) => id === 'mock-cancel-by-delete');
  expect(absent && (await tryMutant(absent, register)).convictedBy).toEqual(['cancel.running.accepted']);
});

test('every check is needed to convict some wrong server, but for those that are told with a reason', {
  timeout: 60_000,
}, async () => {
  const found = await redundant(rows, [...book.values()].flat(), register);
  expect(found.filter(({ reason }) => reason === undefined).map(({ check }) => titleOf(check))).toEqual([]);
  expect(idleReasons(found)).toEqual([]);
});
