/** The kill matrix runs in simulated time and without a network: both are proven by the machine's own time, and HTTP. */
import type { Mutant } from '../../harness/reference/mutant.ts';
import { mutants } from '../../harness/reference/mutants.ts';
import { shuffled } from '../../harness/run/shuffle.ts';
import { type MatrixRow, type Trial, tryMutant } from '../../harness/simulate/kill-matrix.ts';
import { loadRegister } from '../../spec/register.ts';
import type { Proof } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

/** Wrong in time, where a simulation could be wrong too; they are tried first. */
const ofTime = (mutant: Mutant): boolean => mutant.killedBy.some((id) => id.startsWith('expiry.'));

export const overHttp: Proof = {
  id: 'over-http',
  claims: 'A wrong server is convicted by the same clauses over HTTP as without a network, in simulated time',
  sizes: { quick: 8, long: mutants.length },
  seed: 1,
  prove: (size, seed) => agreement(shuffled(mutants, seed).slice(0, size), { wire: true }, 2),
};

export const inRealTime: Proof = {
  id: 'in-real-time',
  claims:
    'A wrong server is convicted by the same clauses in real time over HTTP as in simulated time without a network',
  sizes: { quick: 4, long: mutants.length },
  seed: 1,
  prove: (size, seed) => {
    const drawn = shuffled(mutants, seed);
    const timeFirst = [...drawn.filter(ofTime), ...drawn.filter((mutant) => !ofTime(mutant))];
    return agreement(timeFirst.slice(0, size), { wire: true, time: 'real' }, 8);
  },
};

async function agreement(tried: readonly Mutant[], trial: Trial, atOnce: number) {
  const register = loadRegister();
  const against: string[] = [];
  await sideBySide(tried, atOnce, async (mutant) => {
    const here = told(await tryMutant(mutant, register));
    const there = told(await tryMutant(mutant, register, trial));
    if (here !== there) against.push(`${mutant.id}: ${there}; the matrix says: ${here}`);
  });
  const ofTimeToo = tried.filter(ofTime).length;
  return {
    measured: `${tried.length} of ${mutants.length} wrong servers, ${ofTimeToo} of them wrong in time; ${against.length} judged otherwise`,
    against,
  };
}

/**
 * Their tasks go after half a second, or two, before a busy machine has read them: which of the clauses that the
 * register names for them sees that first is chance.
 */
const racy: readonly string[] = ['milliseconds', 'creation-ttl-becomes-default'];

/** What a rare fault falls on depends on the order in which requests come: that it is convicted is all that must agree. */
const told = ({ mutant, verdict, detectedBy }: MatrixRow): string =>
  racy.includes(mutant.id) || mutant.profile === 'full' ? verdict : `${verdict}, ${detectedBy.join(' ')}`;
