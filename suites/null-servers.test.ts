/** Servers without tasks: no clause about tasks passes on them. */
import { expect, test } from 'vitest';
import { simulate } from '../harness/simulate/simulation.ts';
import { nullServerKinds, startNullServer } from '../harness/testing/null-servers.ts';
import { passesOfTasks } from '../harness/testing/suites/verdicts.ts';

test.each(nullServerKinds.map((kind) => ({ kind })))('$kind', async ({ kind }) => {
  const events = await simulate(async (clock) => {
    const { url, close } = await startNullServer(kind, { clock });
    return { url, close, user: 'somebody', password: 'some password' };
  });
  expect(passesOfTasks(events)).toEqual([]);
});
