/** Servers that keep the contract, with any combination of their options, and what a run wrongly reports against them. */
import fc from 'fast-check';
import { collide, contractBut } from '../../harness/reference/contract.ts';
import { type CrdbsOptions, instant } from '../../harness/reference/crdbs-options.ts';
import { singleVariants, type Variant } from '../../harness/reference/variants.ts';
import { forEach, runOnServer } from './trials.ts';

/** A faithful server with its options, the options of its cluster where tasks come about by `crdbs`, and the seed of its run. */
export interface FaithfulServer {
  readonly chosen: readonly Variant[];
  readonly crdbs?: Partial<CrdbsOptions>;
  readonly seed: number;
}

/** Of two options that set the same rule, the first is taken. */
function compatible(drawn: readonly Variant[]): readonly Variant[] {
  const taken: Variant[] = [];
  for (const one of drawn) if (!taken.some(({ change }) => collide(change, one.change))) taken.push(one);
  return taken;
}

export const withoutHttp = singleVariants.filter(({ onTheWire }) => !onTheWire);
const anySeed = fc.nat(2 ** 31 - 1);
const someOf = (switches: readonly Variant[]): fc.Arbitrary<readonly Variant[]> =>
  fc.shuffledSubarray([...switches]).map(compatible); // shuffled, so that either of two that exclude each other is taken
export const anyServer = (switches: readonly Variant[]): fc.Arbitrary<FaithfulServer> =>
  fc.record({ chosen: someOf(switches), seed: anySeed });
/** A run over HTTP takes many times as long as one without a network. */
export const mostlyWithoutHttp = fc.oneof(
  { weight: 4, arbitrary: anyServer(withoutHttp) },
  { weight: 1, arbitrary: anyServer(singleVariants) },
);

/** How many times as long as usual an operation of some kind takes. */
const slowness = fc.constantFrom(1, 1, 2, 5);

/** From operations that end at once to those that take as long as on a real cluster. */
const anyCluster: fc.Arbitrary<Partial<CrdbsOptions>> = fc.record({
  list: fc.constantFrom('wrapped' as const, 'array' as const),
  accepted: fc.constantFrom('id and status' as const, 'with guid' as const),
  whileBusy: fc.constantFrom('queued' as const, 'queued' as const, 'refused' as const),
  refusalBody: fc.constantFrom('error' as const, 'problem' as const),
  resultTtl: fc.constantFrom('applied' as const, 'refused' as const, 'fails the task' as const),
  takesMs: fc.oneof(
    { weight: 1, arbitrary: fc.constant(instant) },
    {
      weight: 6,
      arbitrary: fc.record({ queued: fc.nat(300), running: fc.nat(1500), committing: fc.nat(800) }),
    },
  ),
  slower: fc.record({ create: slowness, update: slowness, remove: slowness }),
  acrossDatabases: fc.constantFrom('at the same time' as const, 'one by one' as const),
  shards: fc.integer({ min: 3, max: 8 }),
  leaderless: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record({ fromMs: fc.integer({ min: 5000, max: 60_000 }), forMs: fc.nat(3000) }),
        { maxLength: 3 },
      ),
    },
  ),
});
export const anyCrdbsServer = (switches: readonly Variant[]): fc.Arbitrary<FaithfulServer> =>
  fc.record({ chosen: someOf(switches), crdbs: anyCluster, seed: anySeed });

/** @returns what a run wrongly reports against a faithful server */
async function falseFindings(server: FaithfulServer, realTime: boolean): Promise<readonly string[]> {
  const { chosen, seed, crdbs } = server;
  const { failed, warned, cutShort } = await runOnServer({
    seed,
    realTime,
    rules: contractBut(...chosen.map(({ change }) => change)),
    overHttp: chosen.some(({ onTheWire }) => onTheWire),
    ...(crdbs ? { crdbs } : {}),
  });
  const mayWarn = chosen.flatMap(({ warns }) => warns);
  const wrong = warned.filter((id) => !mayWarn.includes(id));
  return [...failed.map((id) => `fail of ${id}`), ...wrong.map((id) => `warn of ${id}`), ...cutShort];
}

const describeServer = ({ chosen, crdbs, seed }: FaithfulServer): string =>
  `${chosen.map(({ id }) => id).join(' + ') || 'the reference'} (${crdbs ? `${JSON.stringify(crdbs)}, ` : ''}seed ${seed})`;

/** In simulated time; a counterexample is reduced to its smallest form. */
export async function property(drawn: fc.Arbitrary<FaithfulServer>, size: number, seed: number) {
  const tried: FaithfulServer[] = [];
  const holds = fc.asyncProperty(drawn, async (server) => {
    tried.push(server);
    const found = await falseFindings(server, false);
    if (found.length > 0) throw new Error(found.join(', '));
  });
  const { counterexample, errorInstance } = await fc.check(holds, { numRuns: size, seed });
  const [smallest] = counterexample ?? [];
  const why = errorInstance instanceof Error ? errorInstance.message : 'no reason given';
  return { tried, against: smallest ? [`${describeServer(smallest)}: ${why}`] : [] };
}

export async function inRealTime(tried: readonly FaithfulServer[]): Promise<readonly string[]> {
  const against: string[] = [];
  await forEach(tried, 6, async (server) => {
    const found = await falseFindings(server, true);
    if (found.length > 0) against.push(`${describeServer(server)}: ${found.join(', ')}`);
  });
  return against;
}

export function countOptions(tried: readonly FaithfulServer[]): string {
  const counts = tried.map(({ chosen }) => chosen.length);
  const used = new Set(tried.flatMap(({ chosen }) => chosen)).size;
  return `${tried.length} servers, ${Math.min(...counts)} to ${Math.max(...counts)} of ${singleVariants.length} options each, ${used} used`;
}
