/** A bad network hides few faults and moves no blame: wrong servers behind one are convicted of what they broke. */
import type { Mutant } from '../../harness/reference/mutant.ts';
import { mutants } from '../../harness/reference/mutants.ts';
import { shuffled } from '../../harness/run/shuffle.ts';
import { runOver } from './network/run.ts';
import { drawnWeather, inWords, isQuick } from './network/weather.ts';
import type { Proof, Proven } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

const convictedShare = 0.95;
const atOnce = 16;

export const badNetworksMutants: Proof = {
  id: 'bad-networks-mutants',
  claims: `Behind a bad network at least ${convictedShare * 100} % of the wrong servers are convicted, each in the least profile that convicts it without one, and no clause is blamed that is not broken`,
  sizes: { quick: 4, long: mutants.length },
  seed: 1,
  prove: async (size, seed): Promise<Proven> => {
    const against: string[] = [];
    const tried = shuffled(mutants, seed).slice(0, size);
    const untouched: string[] = [];
    const survivals: string[] = [];
    await sideBySide(tried, atOnce, async (mutant) => {
      const weather = drawnWeather(weatherSeed(mutant, size, seed));
      const { clauseVerdicts } = await runOver({
        weather,
        seed,
        rules: mutant.rules,
        settings: { profile: mutant.profile ?? 'quick' },
      });
      const accused = [...clauseVerdicts]
        .filter(([, found]) => found === 'fail' || found === 'warn')
        .map(([id]) => id);
      const innocent = accused.filter((id) => ![...mutant.killedBy, ...mutant.mayFail].includes(id));
      const survived = mutant.killedBy.filter((id) => !accused.includes(id));
      if (survived.length === mutant.killedBy.length) untouched.push(mutant.id);
      else if (survived.length > 0) survivals.push(mutant.id);
      if (innocent.length > 0)
        against.push(`${mutant.id} (${inWords(weather)}): wrongly blamed: ${innocent.join(', ')}`);
    });
    const share = 1 - untouched.length / tried.length;
    const mayEscape = Math.max(1, Math.floor(tried.length * (1 - convictedShare))); // of a few, one proves nothing
    if (untouched.length > mayEscape) against.push(`not convicted: ${untouched.join(', ')}`);
    return {
      measured: `${tried.length} of ${mutants.length} wrong servers: ${(share * 100).toFixed(1)} % convicted by a clause that they broke (${survivals.length} of them by fewer clauses than without the network)${untouched.length > 0 ? `, not ${untouched.join(', ')}` : ''}`,
      against,
    };
  },
};

/** A network for each; where few are tried, one in which a run takes seconds. */
function weatherSeed(mutant: Mutant, size: number, seed: number): number {
  const first = seed + mutants.indexOf(mutant);
  if (size === mutants.length) return first;
  let drawn = first;
  while (!isQuick(drawnWeather(drawn))) drawn++;
  return drawn;
}
