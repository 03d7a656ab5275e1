/** What StrykerJS runs against each change of the reference cluster: all suites and the oracle, in simulated time. */
import { expect, test } from 'vitest';
import { isBroken } from '../../harness/model/verdict.ts';
import { gather } from '../../harness/run/report.ts';
import { simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';

test('a run finds nothing', async () => {
  const { checks } = gather(await simulate((clock) => withoutNetwork({ clock })));
  expect(checks.filter(isBroken).map(({ clause }) => clause)).toEqual([]);
  expect(checks.filter(({ verdict }) => verdict === 'inconclusive')).toEqual([]);
});
