/** What only a client on the wire can see: the reference over HTTP. Its variants: faithful.long.test.ts. */
import { expect, test } from 'vitest';
import { startReference } from '../harness/reference/reference.ts';
import { simulate } from '../harness/simulate/simulation.ts';
import { clausesThat, judged } from '../harness/testing/suites/verdicts.ts';

test('the reference passes every must and should clause, over HTTP', async () => {
  const events = await simulate((clock) => startReference({ clock }));
  expect(judged(events).verdict).toBe('conformant');
  expect(clausesThat(events, 'fail', 'warn', 'inconclusive', 'skip')).toEqual([]);
});
