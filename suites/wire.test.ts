/** What only a client on the wire can see: the reference and its variants over HTTP. */
import { expect, test } from 'vitest';
import { startReference } from '../harness/reference/reference.ts';
import { variants } from '../harness/reference/variants.ts';
import { simulate } from '../harness/simulate/simulation.ts';
import { clausesThat, judged } from './fixtures/verdicts.ts';

test('the reference passes every must and should clause, over HTTP', async () => {
  const events = await simulate((clock) => startReference({ clock }));
  expect(judged(events).verdict).toBe('conformant');
  expect(clausesThat(events, 'fail', 'warn', 'inconclusive', 'skip')).toEqual([]);
});

test.each(variants.filter(({ onTheWire }) => onTheWire))('$id: $says', async ({ rules }) => {
  const events = await simulate((clock) => startReference({ clock, rules }));
  expect(clausesThat(events, 'fail')).toEqual([]);
  expect(judged(events).verdict).toBe('conformant');
});
