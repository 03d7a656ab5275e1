/** The kill matrix as tests: exactly which clauses convict each wrong server, and that every check can fail. */
import { expect, test } from 'vitest';
import { readSuites, titleOf } from '../harness/clause.ts';
import { type MatrixRow, needless, tryMutant } from '../harness/kill-matrix.ts';
import { mutants } from '../harness/reference/mutants.ts';
import { suiteFiles } from '../harness/suites.ts';
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

/** No wrong server of ours needs them in a run of their clause alone, and why they are there all the same. */
const judgedByEveryExchange =
  'what it sees is charged to the clause of its own request; every exchange judges it';
const needlessBecause: Readonly<Record<string, string>> = {
  'list.empty (moment=first)': 'a row that nobody made may be another user’s task: then it is skipped',
  'list.statuses (once)': judgedByEveryExchange,
  'read.statuses (running)': judgedByEveryExchange,
  'cancel.statuses (running)': judgedByEveryExchange,
};

test('every check is needed to convict some wrong server, but for those that are told with a reason', {
  timeout: 60_000,
}, async () => {
  const found = await needless(rows, [...book.values()].flat(), register);
  expect(found.map(({ check }) => titleOf(check)).sort()).toEqual(Object.keys(needlessBecause).sort());
});
