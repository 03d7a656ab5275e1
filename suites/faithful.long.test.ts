/** Servers that keep the contract but for one choice that the docs leave open: no clause fails on them. */
import { expect, test } from 'vitest';
import { startReference } from '../harness/reference/reference.ts';
import { variants } from '../harness/reference/variants.ts';
import { simulate, withoutNetwork } from '../harness/simulate/simulation.ts';
import { clausesThat, judged } from '../harness/testing/suites/verdicts.ts';

test.each(variants)('$id: $says', async ({ rules, onTheWire }) => {
  const events = await simulate((clock) =>
    onTheWire ? startReference({ clock, rules }) : withoutNetwork({ clock, rules }),
  );
  expect(clausesThat(events, 'fail')).toEqual([]);
  expect(judged(events).verdict).toBe('conformant');
});
