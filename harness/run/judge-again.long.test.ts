import { expect, test } from 'vitest';
import { simulate, withoutNetwork } from '../simulate/simulation.ts';
import { clausesOf, differences, run, target } from '../testing/evidence-samples.ts';
import { loadContract } from './contract.ts';
import { judgeAgain } from './judge-again.ts';
import { gather } from './report.ts';

test('the evidence of a full run, with thousands of exchanges, comes to the same records, word for word', async () => {
  const events = await simulate((clock) => withoutNetwork({ clock }), { settings: { profile: 'full' } });
  const { checks, exchanges } = gather(events);
  const evidence = { target: target('control'), run: { ...run, profile: 'full' as const }, exchanges };
  const again = gather(await judgeAgain(evidence, clausesOf(checks), await loadContract()));
  expect(differences(checks, again.checks)).toEqual([]);
});
