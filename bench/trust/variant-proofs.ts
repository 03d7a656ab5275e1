/** Each fault on servers that keep the contract in another way: it is detected there too, and no other clause is blamed. */
import { shuffled } from '../../harness/model/settings.ts';
import { collide } from '../../harness/reference/contract.ts';
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import { type Variant, variants } from '../../harness/reference/variants.ts';
import { type Contract, loadContract } from '../../harness/run/contract.ts';
import { tryMutant } from '../../harness/simulate/kill-matrix.ts';
import { type Proof, percent } from './trials.ts';

/** Variants that can be seen without HTTP. */
export const variantsWithoutHttp = variants.filter(({ onTheWire }) => !onTheWire);

/** Variants on which a mutant of some rule is a server that keeps the contract, or can't be told from one. */
const hides: readonly { readonly variant: RegExp; readonly mutants: RegExp; readonly why: string }[] = [
  {
    variant: /^malformed-ids-400$/,
    mutants:
      /^((read|cancel)-)?id-(cleaned|up-to-|in-braces|in-parentheses|after-equals-sign|after-backslash|decoded-twice|trimmed|without-(line-break|tab|plus|name-space|invisible)|after-last-slash|unquoted|normalised|cut-at-64)|^slash-after-id$|-stands-for-any$|^uuid-(in-braces|with-name-space)$|^no-id-is-the-oldest$/,
    why: 'an id of any other form is refused with 400 before the fault could act',
  },
  {
    variant: /^forgetful-control$/,
    mutants: /-another-guid$|^one-guid-for-all$|^id-for-guid$|^guid-kept-by-id$/,
    why: 'the control protocol names no guid that a read could contradict',
  },
  {
    variant: /^failed-for-good$/,
    mutants: /^failed-expired-is-410$|-ttl-ignored-for-failed$|^cancelled-for-500-s-at-most$/,
    why: 'a failed or cancelled task never expires, whatever TTL it was given',
  },
  {
    variant: /^minimal-bodies$/,
    mutants: /-verbose-loses-its-operation$|^verbose-contradicts-operation$|^timestamps-|^ended-ticks-on$/,
    why: 'no read shows an operation or a time that could be wrong or be missing',
  },
  {
    variant: /^unicode$/,
    mutants: /-verbose-loses-its-operation$|^verbose-contradicts-operation$/,
    why: 'each read shows the operation that the variant puts there',
  },
  {
    variant: /^reaper$/,
    mutants: /^from-(creation|start)$/,
    why: 'an expired task is removed up to a second later, and the check runs a task 0.2 s longer than its TTL',
  },
  {
    variant: /^slash-is-the-list$/,
    mutants: /^no-id-is-the-oldest$/,
    why: 'a path without an id is the list',
  },
  {
    variant: /^ids-of-any-case$/,
    mutants: /^capital-not-found$/,
    why: 'the task is found by its id in lower case',
  },
  {
    variant: /^(end-shown-early|cancel-in-1500-ms|cancel-in-3-s)$/,
    mutants: /^cancelled-runs-for-a-moment$/,
    why: 'a cancelled task may still be running at that moment',
  },
  {
    variant: /^cancel-at-once$/,
    mutants: /^second-cancel-takes-back$/,
    why: 'the first cancel has taken effect before the second comes',
  },
];

/** A fault, on a server that keeps the contract in another way. */
export interface Pair {
  readonly mutant: Mutant;
  readonly variant: Variant;
}

/** Each mutant with the variants that set other rules and don't hide it. */
const pairsByMutant: readonly (readonly Pair[])[] = mutants
  .filter(({ profile }) => profile === undefined)
  .map((mutant) =>
    variantsWithoutHttp
      .filter(({ change }) => !mutant.changes.some((one) => collide(one, change)))
      .filter(({ id }) => !hides.some((one) => one.variant.test(id) && one.mutants.test(mutant.id)))
      .map((variant) => ({ mutant, variant })),
  );
const pairs = pairsByMutant.flat();

/** So many pairs of each mutant. */
export const drawnPairs = (perMutant: number, seed: number): readonly Pair[] =>
  pairsByMutant.flatMap((all, index) => shuffled(all, seed + index).slice(0, perMutant));

const perMutant = 5;
const blameShare = 0.98;
const nameOf = ({ mutant, variant }: Pair): string => `${mutant.id} on ${variant.id}`;
const rightOf = ({ mutant }: Pair): readonly string[] => [...mutant.killedBy, ...mutant.mayFail];

/** The clauses that detect a fault on a variant, of those that are selected; of all where none are. */
async function detectedBy({ mutant, variant }: Pair, contract: Contract, selection?: readonly string[]) {
  const rules = mutant.on(variant.change);
  return (await tryMutant({ ...mutant, rules }, contract, selection ? { selection } : {})).detectedBy;
}

/** Whether a clause that breaks detects it: first these clauses run alone, and all where they do not. */
export async function isDetected(pair: Pair, contract: Contract): Promise<boolean> {
  const right = rightOf(pair);
  const within = (found: readonly string[]): boolean => found.some((id) => right.includes(id));
  return within(await detectedBy(pair, contract, right)) || within(await detectedBy(pair, contract));
}

export const variantProofs: readonly Proof[] = [
  {
    name: 'mutants-on-variants',
    shows: `A fault is detected also on a server that keeps the contract in another way, and at least ${percent(blameShare)} of the runs blame no other clause`,
    full: drawnPairs(perMutant, 1).length,
    smallest: 1,
    quick: true,
    seed: 1,
    async prove(size, seed) {
      const contract = await loadContract();
      const missed: string[] = [];
      const blamed: string[] = [];
      const tried = shuffled(drawnPairs(perMutant, seed), seed).slice(0, size);
      for (const pair of tried) {
        const right = rightOf(pair);
        const found = await detectedBy(pair, contract);
        if (!found.some((id) => right.includes(id))) missed.push(nameOf(pair));
        const wrong = found.filter((id) => !right.includes(id) && !pair.variant.warns.includes(id));
        if (wrong.length > 0) blamed.push(`${nameOf(pair)}: ${wrong.join(', ')}`);
      }
      const share = 1 - blamed.length / tried.length;
      return {
        measured: `${tried.length} of ${pairs.length} pairs of a fault and a variant, up to ${perMutant} of each fault: ${tried.length - missed.length} detected; ${percent(share)} blame no other clause`,
        against: [
          ...missed.map((name) => `not detected: ${name}`),
          ...(share < blameShare ? blamed.map((line) => `blames another clause: ${line}`) : []),
        ],
      };
    },
  },
  {
    name: 'mutants-on-all-variants',
    shows:
      'Each fault is detected on each server that keeps the contract in another way, by a clause that it breaks',
    full: pairs.length,
    smallest: 1,
    quick: true,
    seed: 1,
    async prove(size, seed) {
      const contract = await loadContract();
      const missed: string[] = [];
      for (const pair of shuffled(pairs, seed).slice(0, size))
        if (!(await isDetected(pair, contract))) missed.push(nameOf(pair));
      return {
        measured: `${size - missed.length} of ${size} pairs of a fault and a variant`,
        against: missed.map((name) => `not detected: ${name}`),
      };
    },
  },
];
