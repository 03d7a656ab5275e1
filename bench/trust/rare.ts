/** A fault that shows in one answer of twenty is a matter of chance: how surely `full` sees it is measured. */
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import { isAsStated, tryMutant } from '../../harness/simulate/kill-matrix.ts';
import { loadRegister } from '../../spec/register.ts';
import type { Proof } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

const rare: readonly Mutant[] = mutants.filter(({ profile }) => profile === 'full');
const leastShare = 0.99;

export const rareFaults: Proof = {
  id: 'rare',
  claims: `A server that is wrong in one of twenty answers of an operation, drawn by a seed, is convicted by \`full\` with at least ${leastShare * 100} of 100 seeds, by the clause that it breaks and by no other`,
  sizes: { quick: rare.length, long: 100 * rare.length },
  seed: 1,
  async prove(size, seed) {
    const lucks = Array.from({ length: Math.ceil(size / rare.length) }, (_, index) => seed + index);
    const told = await Promise.all(rare.map((mutant) => shareOf(mutant, lucks)));
    return {
      measured: `${told.map(({ id, convicted }) => `\`${id}\` with ${convicted} of ${lucks.length} seeds`).join(', ')}`,
      against: told
        .filter(({ convicted }) => convicted < leastShare * lucks.length)
        .map(({ id, missed }) => `${id} isn't convicted as stated with the seeds ${missed.join(', ')}`),
    };
  },
};

/** With how many seeds a wrong server is convicted as it should be. */
async function shareOf(mutant: Mutant, lucks: readonly number[]) {
  const register = loadRegister();
  const missed: number[] = [];
  await sideBySide(lucks, 1, async (luck) => {
    if (!isAsStated(await tryMutant(mutant, register, { seed: luck }))) missed.push(luck);
  });
  return { id: mutant.id, convicted: lucks.length - missed.length, missed };
}
