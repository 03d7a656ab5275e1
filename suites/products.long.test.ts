/** Real products that serve another API: no clause about tasks passes on them. */
import { expect, test } from 'vitest';
import { simulate } from '../harness/simulate/simulation.ts';
import { products } from '../harness/testing/suites/products.ts';
import { clausesThat, passesOfTasks } from '../harness/testing/suites/verdicts.ts';

test.each(Object.entries(products))('%s', async (_, serve) => {
  const events = await simulate(
    async () => ({ ...(await serve()), user: 'somebody', password: 'some password' }),
    { time: 'real', settings: { settleS: 1, timeoutS: 5 } },
  );
  expect(clausesThat(events, 'fail')).not.toEqual([]);
  expect(passesOfTasks(events)).toEqual([]);
});
