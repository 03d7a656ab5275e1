/** What doctor and a dry run foresee of a run by `/v1/crdbs`, and what the run then comes to. */
import { expect, test } from 'vitest';
import { dryRun } from '../cli/dry-run.ts';
import type { RunOptions } from '../config/options.ts';
import { takingS } from '../reference/crdbs-options.ts';
import { loadContract } from '../run/contract.ts';
import { selectedClauses } from '../run/plan.ts';
import { gather, judgeRun } from '../run/report.ts';
import { foreseenIn } from '../simulate/foresee.ts';
import { simulate, withoutNetwork } from '../simulate/simulation.ts';
import { reachOf } from './reach.ts';

const contract = await loadContract();

test('doctor, --dry-run and the report say the same number within reach; duration and tasks are as foreseen', async () => {
  const options: RunOptions = { provision: 'crdbs' };
  const selection = selectedClauses(options, contract.book);
  const reach = await reachOf({ provision: 'crdbs', like: {} }, { options, contract, selection });
  const written: string[] = [];
  await dryRun(options, { write: (text) => void written.push(text) });
  const said = written.join('');
  // A cluster that differs from the foreseen one in what no run can know before.
  const crdbs = { takesMs: takingS(1), slower: { create: 2, update: 1, remove: 2 }, list: 'array' } as const;
  const events = await simulate((clock) => withoutNetwork({ clock, crdbs }), { contract, crdbs: {} });
  const { must } = judgeRun(gather(events).checks, selection, contract.register, { strict: false }).summary;
  expect(reach.reachable).toBe(must.reachable);
  expect(said).toContain(`It could test ${must.reachable} of ${must.total} must clauses.`);
  const [foreseen] = reach.foreseen;
  const taken = foreseenIn(events);
  expect(foreseen?.durationS).toBeGreaterThan(0.7 * taken.durationS);
  expect(foreseen?.durationS).toBeLessThan(1.3 * taken.durationS);
  expect(foreseen?.operations).toBeGreaterThan(0.7 * taken.operations);
  expect(foreseen?.operations).toBeLessThan(1.3 * taken.operations);
  expect([foreseen?.readable, taken.readable].every((count) => count !== undefined && count <= 60)).toBe(
    true,
  );
});
