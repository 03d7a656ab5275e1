/**
 * A process of its own in simulated time. `waiting`: prints the milliseconds that a run on the reference cluster takes.
 * `slowest`: those of the slowest mutant in the profile quick, with its id. `quick`: tries every mutant as the fast kill
 * matrix does.
 */
import { mutants } from '../harness/reference/mutants.ts';
import type { RulesInTime } from '../harness/reference/rules.ts';
import { loadContract } from '../harness/run/contract.ts';
import { gather } from '../harness/run/report.ts';
import { tryMutantQuickly } from '../harness/simulate/kill-matrix.ts';
import { simulate, withoutNetwork } from '../harness/simulate/simulation.ts';

const contract = await loadContract();

async function simulatedMs(rules?: RulesInTime): Promise<number> {
  const events = await simulate((clock) => withoutNetwork({ clock, seed: 1, ...(rules ? { rules } : {}) }), {
    contract,
  });
  return Math.max(...gather(events).exchanges.map(({ receivedAt }) => receivedAt));
}

const measures: Readonly<Record<string, () => Promise<string>>> = {
  waiting: async () => `${await simulatedMs()}`,
  async slowest() {
    let [slowestMs, slowest] = [0, ''];
    for (const { id, rules } of mutants) {
      const ms = await simulatedMs(rules);
      if (ms > slowestMs) [slowestMs, slowest] = [ms, id];
    }
    return `${slowestMs} ${slowest}`;
  },
  async quick() {
    for (const mutant of mutants) await tryMutantQuickly(mutant, contract);
    return `${mutants.length}`;
  },
};
const [asked = 'waiting'] = process.argv.slice(2);
const printed = await measures[asked]?.();
process.stdout.write(`${printed}\n`, () => process.exit());
