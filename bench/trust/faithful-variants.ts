/** Servers that keep the contract, each in a taste of its own that is drawn: none may be accused of anything. */
import fc from 'fast-check';
import { collide, contractBut } from '../../harness/reference/contract.ts';
import { startReference } from '../../harness/reference/reference.ts';
import { singleVariants, type Variant } from '../../harness/reference/variants.ts';
import { gather, judgeRun } from '../../harness/run/assemble.ts';
import { readSuites } from '../../harness/run/clause.ts';
import { suiteFiles } from '../../harness/run/suites.ts';
import { simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';
import { loadRegister } from '../../spec/register.ts';
import type { Proof } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

/** A server, and the seed of the run that is made on it. */
interface Drawn {
  readonly chosen: readonly Variant[];
  readonly seed: number;
}

/** Of two switches that set one rule, the first is taken. */
export function compatible(drawn: readonly Variant[]): readonly Variant[] {
  const taken: Variant[] = [];
  for (const one of drawn) if (!taken.some(({ change }) => collide(change, one.change))) taken.push(one);
  return taken;
}

// The order is drawn too, so that of two that exclude each other either comes to its turn.
const someOf = (switches: readonly Variant[]): fc.Arbitrary<Drawn> =>
  fc.record({
    chosen: fc.shuffledSubarray([...switches]).map(compatible),
    seed: fc.nat(2 ** 31 - 1),
  });
const anyDrawn = someOf(singleVariants);
// A run over HTTP takes many times as long as one without a network.
const mostlyWithoutNetwork = fc.oneof(
  { weight: 4, arbitrary: someOf(singleVariants.filter(({ onTheWire }) => !onTheWire)) },
  { weight: 1, arbitrary: anyDrawn },
);

type Time = 'simulated' | 'real';

/** @returns what a run on that server says against it, a clause each: nothing, where it may be trusted */
async function accused({ chosen, seed }: Drawn, time: Time): Promise<readonly string[]> {
  const rules = contractBut(...chosen.map(({ change }) => change));
  const wire = time === 'real' || chosen.some(({ onTheWire }) => onTheWire);
  const events = await simulate(
    (clock) => (wire ? startReference({ clock, rules }) : withoutNetwork({ clock, rules })),
    { time, settings: { seed } },
  );
  const book = await readSuites(suiteFiles);
  const { clauseVerdicts } = judgeRun(gather(events).checks, [...book.keys()], loadRegister(), {
    strict: false,
  });
  const mayWarn = chosen.flatMap(({ warns = [] }) => warns);
  return [...clauseVerdicts]
    .filter(([id, verdict]) => verdict === 'fail' || (verdict === 'warn' && !mayWarn.includes(id)))
    .map(([id, verdict]) => `${verdict} of ${id}`);
}

const named = ({ chosen, seed }: Drawn): string =>
  `${chosen.map(({ id }) => id).join(' + ') || 'the reference'} (run with seed ${seed})`;

const measured = (tried: readonly Drawn[]): string => {
  const used = new Set(tried.flatMap(({ chosen }) => chosen));
  const switched = tried.map(({ chosen }) => chosen.length);
  return `${tried.length} servers, ${Math.min(...switched)} to ${Math.max(...switched)} of ${singleVariants.length} switches each, ${used.size} used`;
};

export const faithfulVariants: Proof = {
  id: 'faithful-variants',
  claims: 'A server that keeps the contract is accused of nothing, whatever its taste, in simulated time',
  sizes: { quick: 25, long: 1000 },
  seed: 1,
  async prove(size, seed) {
    const tried: Drawn[] = [];
    const property = fc.asyncProperty(mostlyWithoutNetwork, async (drawn) => {
      tried.push(drawn);
      const found = await accused(drawn, 'simulated');
      if (found.length > 0) throw new Error(found.join(', '));
    });
    const told = await fc.check(property, { numRuns: size, seed });
    const [smallest] = told.counterexample ?? [];
    const why = told.errorInstance instanceof Error ? told.errorInstance.message : 'no reason was given';
    return { measured: measured(tried), against: smallest ? [`${named(smallest)}: ${why}`] : [] };
  },
};

export const faithfulVariantsReal: Proof = {
  id: 'faithful-variants-real',
  claims:
    'A server that keeps the contract is accused of nothing, whatever its taste, in real time over HTTP',
  sizes: { quick: 1, long: 50 },
  seed: 1,
  async prove(size, seed) {
    const tried = fc.sample(anyDrawn, { numRuns: size, seed });
    const against: string[] = [];
    await sideBySide(tried, 6, async (drawn) => {
      const found = await accused(drawn, 'real');
      if (found.length > 0) against.push(`${named(drawn)}: ${found.join(', ')}`);
    });
    return { measured: measured(tried), against };
  },
};
