/** The servers that all tools are tried on: some that keep the contract, and wrong ones. */
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import { type RulesInTime, rules } from '../../harness/reference/reference.ts';
import { variants } from '../../harness/reference/variants.ts';
import { shuffled } from '../../harness/run/shuffle.ts';
import { loadRegister } from '../../spec/register.ts';
import { isSubtle } from './subtle.ts';

export interface Server {
  readonly id: string;
  readonly rules: RulesInTime;
  readonly kind: 'faithful' | 'plainly wrong' | 'subtly wrong';
}

const chosen = ['terse', 'leisurely', 'ended-is-409', 'cancel-in-3-s', 'charset'];

export const faithful: readonly Server[] = [
  { id: 'reference', rules, kind: 'faithful' },
  ...variants
    .filter(({ id }) => chosen.includes(id))
    .map((variant): Server => ({ id: variant.id, rules: variant.rules, kind: 'faithful' })),
];

/** What a quick run must convict: a `must` is broken, and not only now and then or after a while. */
export function convictable(all: readonly Mutant[] = mutants): readonly Mutant[] {
  const must = new Set(
    loadRegister()
      .clauses.filter(({ level }) => level === 'must')
      .map(({ id }) => id),
  );
  return all.filter(
    ({ killedBy, profile = 'quick' }) => profile === 'quick' && killedBy.some((id) => must.has(id)),
  );
}

/** So many wrong servers, drawn from the whole register by the seed: a smaller number is the beginning of a larger. */
export const wrong = (count: number, seed: number): readonly Server[] =>
  shuffled(convictable(), seed)
    .slice(0, count)
    .map((mutant) => ({
      id: mutant.id,
      rules: mutant.rules,
      kind: isSubtle(mutant) ? 'subtly wrong' : 'plainly wrong',
    }));
