/** A real cluster's way of making tasks: they move by themselves, are never held, and are caught in their phase or missed. */
import fc from 'fast-check';
import { contractBut } from '../../harness/reference/contract.ts';
import { type CrdbsOptions, instant } from '../../harness/reference/crdbs-options.ts';
import { mutants } from '../../harness/reference/mutants.ts';
import { type RulesInTime, startReference } from '../../harness/reference/reference.ts';
import { singleVariants, type Variant } from '../../harness/reference/variants.ts';
import { gather, judgeRun } from '../../harness/run/assemble.ts';
import { readSuites } from '../../harness/run/clause.ts';
import { suiteFiles } from '../../harness/run/suites.ts';
import { simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';
import { loadRegister } from '../../spec/register.ts';
import { compatible } from './faithful-variants.ts';
import type { Proof } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

interface Cluster {
  readonly rules: RulesInTime;
  readonly crdbs: Partial<CrdbsOptions>;
  readonly seed: number;
  readonly wire: boolean;
}

interface Found {
  readonly failed: readonly string[];
  readonly warned: readonly string[];
  readonly passed: number;
  /** What the run left on the cluster, or what broke in it. */
  readonly broke: readonly string[];
}

/** Everything that a run by `crdbs` comes to on such a cluster. */
async function found({ rules, crdbs, seed, wire }: Cluster, time: 'simulated' | 'real'): Promise<Found> {
  const events = await simulate(
    (clock) =>
      wire || time === 'real'
        ? startReference({ clock, rules, crdbs })
        : withoutNetwork({ clock, rules, crdbs }),
    { time, crdbs: {}, settings: { seed } },
  );
  const book = await readSuites(suiteFiles);
  const { clauseVerdicts, summary } = judgeRun(gather(events).checks, [...book.keys()], loadRegister(), {
    strict: false,
  });
  const of = (wanted: string) =>
    [...clauseVerdicts].filter(([, verdict]) => verdict === wanted).map(([id]) => id);
  return {
    failed: of('fail'),
    warned: of('warn'),
    passed: summary.pass,
    broke: events.flatMap((event) => (event.type === 'cut-short' ? [event.reason] : [])),
  };
}

interface Drawn {
  readonly chosen: readonly Variant[];
  readonly crdbs: Partial<CrdbsOptions>;
  readonly seed: number;
}

/** Times are in milliseconds, from an operation that is over at once to one that takes as long as on a real cluster. */
const anyQuirks: fc.Arbitrary<Partial<CrdbsOptions>> = fc.record({
  list: fc.constantFrom('wrapped' as const, 'array' as const),
  accepted: fc.constantFrom('id and status' as const, 'with guid' as const),
  whileBusy: fc.constantFrom('queued' as const, 'queued' as const, 'refused' as const),
  refusalBody: fc.constantFrom('error' as const, 'problem' as const),
  resultTtl: fc.constantFrom('heeded' as const, 'refused' as const, 'fails the task' as const),
  takesMs: fc.oneof(
    { weight: 1, arbitrary: fc.constant(instant) },
    {
      weight: 6,
      arbitrary: fc.record({ queued: fc.nat(300), running: fc.nat(1500), committing: fc.nat(800) }),
    },
  ),
  leaderless: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record({ fromMs: fc.integer({ min: 5000, max: 60_000 }), forMs: fc.nat(3000) }),
        {
          maxLength: 3,
        },
      ),
    },
  ),
});

const drawn = (switches: readonly Variant[]): fc.Arbitrary<Drawn> =>
  fc.record({
    chosen: fc.shuffledSubarray([...switches]).map(compatible),
    crdbs: anyQuirks,
    seed: fc.nat(2 ** 31 - 1),
  });

/** What is said against a server that keeps the contract: nothing, where it may be trusted. */
async function accused(
  { chosen, crdbs, seed }: Drawn,
  time: 'simulated' | 'real',
): Promise<readonly string[]> {
  const rules = contractBut(...chosen.map(({ change }) => change));
  const wire = chosen.some(({ onTheWire }) => onTheWire);
  const { failed, warned, broke } = await found({ rules, crdbs, seed, wire }, time);
  const mayWarn = chosen.flatMap(({ warns = [] }) => warns);
  return [
    ...failed.map((id) => `fail of ${id}`),
    ...warned.filter((id) => !mayWarn.includes(id)).map((id) => `warn of ${id}`),
    ...broke,
  ];
}

const named = ({ chosen, crdbs, seed }: Drawn): string =>
  `${chosen.map(({ id }) => id).join(' + ') || 'the reference'} (${JSON.stringify(crdbs)}, run with seed ${seed})`;

export const crdbs: Proof = {
  id: 'crdbs',
  claims:
    'By the operations of a real cluster, whose tasks move by themselves, a server that keeps the contract is accused of nothing in simulated time, and nothing is left on it',
  sizes: { quick: 2, long: 150 },
  seed: 1,
  async prove(size, seed) {
    const tried: Drawn[] = [];
    const withoutWire = singleVariants.filter(({ onTheWire }) => !onTheWire);
    const property = fc.asyncProperty(drawn(withoutWire), async (one) => {
      tried.push(one);
      const against = await accused(one, 'simulated');
      if (against.length > 0) throw new Error(against.join(', '));
    });
    const told = await fc.check(property, { numRuns: size, seed });
    const [smallest] = told.counterexample ?? [];
    const why = told.errorInstance instanceof Error ? told.errorInstance.message : 'no reason was given';
    return {
      measured: `${tried.length} clusters, each of another taste, with operations from 0 to 2.6 s; on ${tried.filter(({ crdbs: { leaderless = [] } }) => leaderless.length > 0).length} of them the leader changed`,
      against: smallest ? [`${named(smallest)}: ${why}`] : [],
    };
  },
};

export const crdbsReal: Proof = {
  id: 'crdbs-real',
  claims: 'The same in real time over HTTP',
  sizes: { quick: 1, long: 8 },
  seed: 2,
  async prove(size, seed) {
    const tried = fc.sample(drawn(singleVariants), { numRuns: size, seed }).map((one) => ({
      ...one,
      crdbs: { ...one.crdbs, takesMs: { queued: 5, running: 30, committing: 15 } }, // or each would take minutes
    }));
    const against: string[] = [];
    await sideBySide(tried, 6, async (one) => {
      const said = await accused(one, 'real');
      if (said.length > 0) against.push(`${named(one)}: ${said.join(', ')}`);
    });
    return { measured: `${tried.length} clusters whose operations take 50 ms`, against };
  },
};

/**
 * Wrong servers whose fault shows where tasks are neither held nor aged. Some are convicted by another clause than in the
 * kill matrix: the one that is to blame there needs a task that is moved.
 */
const plainlyWrong: readonly string[] = [
  'read-wrapped',
  'failed-is-200',
  'list-wrapped',
  'malformed-accepted',
  'read-guid-for-id',
  'committing-as-finished',
  'mock-task-id',
  'running-names-another-guid',
  'mock-completed',
  'commit-phase-is-405',
  'read-frozen',
  'mock-error-text',
  'finished-asks-another-id',
  'list-frozen',
  'status-falls-back',
  'finished-names-another-guid',
];

export const crdbsMutants: Proof = {
  id: 'crdbs-mutants',
  claims:
    'By the operations of a real cluster wrong servers are convicted, where their tasks needn’t be held or aged',
  sizes: { quick: 2, long: plainlyWrong.length },
  seed: 1,
  async prove(size, seed) {
    const against: string[] = [];
    for (const id of plainlyWrong.slice(0, size)) {
      const mutant = mutants.find((one) => one.id === id);
      if (!mutant) throw new RangeError(`there is no wrong server ${id}`);
      const { failed } = await found({ rules: mutant.rules, crdbs: {}, seed, wire: false }, 'simulated');
      if (failed.length === 0) against.push(`${id} (${mutant.breaks}): not convicted`);
    }
    return { measured: `${size} wrong servers, ${size - against.length} of them convicted`, against };
  },
};
