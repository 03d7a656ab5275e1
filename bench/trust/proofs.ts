/** Why a verdict can be trusted: every proof, in the order of docs/trust.md. Longer ones stand in files of their own. */
import fc from 'fast-check';
import { shuffled } from '../../harness/model/settings.ts';
import { collide, contractBut } from '../../harness/reference/contract.ts';
import { type CrdbsOptions, instant } from '../../harness/reference/crdbs-options.ts';
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import { singleVariants, type Variant, variants } from '../../harness/reference/variants.ts';
import { loadContract } from '../../harness/run/contract.ts';
import { judgeAgain } from '../../harness/run/judge-again.ts';
import { gather } from '../../harness/run/report.ts';
import { isAsStated, type MatrixRow, tryMutant } from '../../harness/simulate/kill-matrix.ts';
import { clausesOf, differences, run, target } from '../../harness/testing/evidence-samples.ts';
import { attacksProof } from './attacks.ts';
import { hostileProof } from './hostile-proof.ts';
import { killedProofs } from './killed-proofs.ts';
import { networkProofs } from './network-proofs.ts';
import { oracleProofs } from './oracle-proofs.ts';
import { forEach, type Proof, runOnServer } from './trials.ts';

/** Faults in time, where simulated time could hide one. */
const isOfTime = (mutant: Mutant): boolean => mutant.killedBy.some((id) => id.startsWith('expiry.'));

/** Their tasks expire after 0.5 or 2 s, before a busy machine has read them: which of their clauses fails is chance. */
const racy: readonly string[] = ['milliseconds', 'creation-ttl-becomes-default'];

/** Which clause detects a rare fault depends on the order of requests: there only the verdict must agree. */
const resultOf = ({ mutant, verdict, detectedBy }: MatrixRow): string =>
  racy.includes(mutant.id) || mutant.profile === 'full' ? verdict : `${verdict}, ${detectedBy.join(' ')}`;

/** A faithful server with its options, the options of its cluster where tasks come about by `crdbs`, and the seed of its run. */
interface FaithfulServer {
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

const withoutHttp = singleVariants.filter(({ onTheWire }) => !onTheWire);
const anySeed = fc.nat(2 ** 31 - 1);
const someOf = (switches: readonly Variant[]): fc.Arbitrary<readonly Variant[]> =>
  fc.shuffledSubarray([...switches]).map(compatible); // shuffled, so that either of two that exclude each other is taken
const anyServer = (switches: readonly Variant[]): fc.Arbitrary<FaithfulServer> =>
  fc.record({ chosen: someOf(switches), seed: anySeed });
/** A run over HTTP takes many times as long as one without a network. */
const mostlyWithoutHttp = fc.oneof(
  { weight: 4, arbitrary: anyServer(withoutHttp) },
  { weight: 1, arbitrary: anyServer(singleVariants) },
);

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
const anyCrdbsServer = (switches: readonly Variant[]): fc.Arbitrary<FaithfulServer> =>
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
async function property(drawn: fc.Arbitrary<FaithfulServer>, size: number, seed: number) {
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

async function inRealTime(tried: readonly FaithfulServer[]): Promise<readonly string[]> {
  const against: string[] = [];
  await forEach(tried, 6, async (server) => {
    const found = await falseFindings(server, true);
    if (found.length > 0) against.push(`${describeServer(server)}: ${found.join(', ')}`);
  });
  return against;
}

function countOptions(tried: readonly FaithfulServer[]): string {
  const counts = tried.map(({ chosen }) => chosen.length);
  const used = new Set(tried.flatMap(({ chosen }) => chosen)).size;
  return `${tried.length} servers, ${Math.min(...counts)} to ${Math.max(...counts)} of ${singleVariants.length} options each, ${used} used`;
}

/** Faults that show where tasks are neither held nor aged. */
const visibleByCrdbs: readonly string[] = (
  'read-wrapped failed-is-200 list-wrapped malformed-accepted read-guid-for-id committing-as-finished mock-task-id ' +
  'running-names-another-guid mock-completed commit-phase-is-405 read-frozen mock-error-text finished-asks-another-id ' +
  'list-frozen status-falls-back finished-names-another-guid'
).split(' ');

const rare: readonly Mutant[] = mutants.filter(({ profile }) => profile === 'full');
const rareShare = 0.99;
const judged: readonly Pick<Mutant, 'id' | 'rules'>[] = [...mutants, ...variants];

export const proofs: readonly Proof[] = [
  {
    name: 'in-real-time',
    shows:
      'The same clauses detect a faulty server in real time over HTTP as in simulated time without a network',
    full: mutants.length,
    smallest: 2,
    seed: 1,
    async prove(size, seed) {
      const drawn = shuffled(mutants, seed);
      const ofTimeFirst = [...drawn.filter(isOfTime), ...drawn.filter((mutant) => !isOfTime(mutant))];
      const tried = ofTimeFirst.slice(0, size);
      const against: string[] = [];
      await forEach(tried, 8, async (mutant) => {
        const matrix = resultOf(await tryMutant(mutant, await loadContract()));
        const real = resultOf(await tryMutant(mutant, await loadContract(), { wire: true, time: 'real' }));
        if (matrix !== real) against.push(`${mutant.id}: ${real}; the matrix says: ${matrix}`);
      });
      const ofTime = tried.filter(isOfTime).length;
      return {
        measured: `${size} of ${mutants.length} faulty servers, ${ofTime} of them faulty in time; ${against.length} judged differently`,
        against,
      };
    },
  },
  {
    name: 'faithful-variants',
    shows: 'A server that keeps the contract gets no false finding, whatever its options, in simulated time',
    full: 1000,
    smallest: 3,
    quick: true,
    seed: 1,
    async prove(size, seed) {
      const servers = size < 10 ? anyServer(withoutHttp) : mostlyWithoutHttp;
      const { tried, against } = await property(servers, size, seed);
      return { measured: countOptions(tried), against };
    },
  },
  {
    name: 'faithful-variants-real',
    shows:
      'A server that keeps the contract gets no false finding, whatever its options, in real time over HTTP',
    full: 50,
    smallest: 1,
    seed: 1,
    async prove(size, seed) {
      const tried = fc.sample(anyServer(singleVariants), { numRuns: size, seed });
      return { measured: countOptions(tried), against: await inRealTime(tried) };
    },
  },
  ...networkProofs,
  {
    name: 'rare',
    shows: `A server that fails in one of twenty responses of an operation is detected by \`full\` with at least ${rareShare * 100} of 100 seeds, by the clause that it breaks and by no other`,
    full: 100 * rare.length,
    smallest: 1,
    seed: 1,
    async prove(size, seed) {
      const seeds = Array.from({ length: Math.ceil(size / rare.length) }, (_, index) => seed + index);
      const rows = await Promise.all(
        rare.slice(0, size).map(async ({ id, ...mutant }) => {
          const missed: number[] = [];
          await forEach(seeds, 1, async (luck) => {
            if (!isAsStated(await tryMutant({ id, ...mutant }, await loadContract(), { seed: luck })))
              missed.push(luck);
          });
          return { id, missed };
        }),
      );
      return {
        measured: rows
          .map(({ id, missed }) => `\`${id}\` with ${seeds.length - missed.length} of ${seeds.length} seeds`)
          .join(', '),
        against: rows
          .filter(({ missed }) => missed.length > (1 - rareShare) * seeds.length)
          .map(({ id, missed }) => `${id} isn't detected as stated with the seeds ${missed.join(', ')}`),
      };
    },
  },
  ...oracleProofs,
  hostileProof,
  attacksProof,
  ...killedProofs,
  {
    name: 'crdbs',
    shows:
      'With the operations of a real cluster, whose tasks move by themselves, a server that keeps the contract gets no false finding in simulated time, and the run leaves nothing behind',
    full: 150,
    smallest: 1,
    quick: true,
    seed: 1,
    async prove(size, seed) {
      const { tried, against } = await property(anyCrdbsServer(withoutHttp), size, seed);
      const changes = tried.filter(({ crdbs }) => (crdbs?.leaderless ?? []).length > 0).length;
      return {
        measured: `${tried.length} clusters with different options and operations of 0 to 2.6 s; on ${changes} of them the leader changed`,
        against,
      };
    },
  },
  {
    name: 'crdbs-real',
    shows: 'The same in real time over HTTP',
    full: 8,
    smallest: 1,
    seed: 2,
    async prove(size, seed) {
      const takesMs = { queued: 5, running: 30, committing: 15 }; // or each run would take minutes
      const drawn = fc.sample(anyCrdbsServer(singleVariants), { numRuns: size, seed });
      const tried = drawn.map((server) => ({ ...server, crdbs: { ...server.crdbs, takesMs } }));
      return {
        measured: `${tried.length} clusters whose operations take 50 ms`,
        against: await inRealTime(tried),
      };
    },
  },
  {
    name: 'crdbs-mutants',
    shows:
      'With the operations of a real cluster faulty servers are detected where no task needs to be held or aged',
    full: visibleByCrdbs.length,
    smallest: 1,
    seed: 1,
    async prove(size, seed) {
      const against: string[] = [];
      for (const id of visibleByCrdbs.slice(0, size)) {
        const mutant = mutants.find((one) => one.id === id);
        if (!mutant) throw new RangeError(`there is no faulty server ${id}`);
        const { failed } = await runOnServer({ rules: mutant.rules, crdbs: {}, seed });
        if (failed.length === 0) against.push(`${id} (${mutant.breaks}): not detected`);
      }
      return { measured: `${size} faulty servers, ${size - against.length} of them detected`, against };
    },
  },
  {
    name: 'judged-again',
    shows: 'A run that is judged again from its evidence, offline, comes to the same records, word for word',
    full: judged.length,
    smallest: 2,
    quick: true,
    seed: 1,
    async prove(size, seed) {
      const contract = await loadContract();
      const against: string[] = [];
      let tookMs = 0;
      for (const { id, rules } of shuffled(judged, seed).slice(0, size)) {
        const { checks, exchanges } = await runOnServer({ rules, seed });
        const kept = JSON.stringify({ target: target('control'), run: { ...run, seed }, exchanges });
        const fromMs = performance.now();
        const again = gather(await judgeAgain(JSON.parse(kept), clausesOf(checks), contract));
        tookMs += performance.now() - fromMs;
        against.push(...differences(checks, again.checks).map((difference) => `${id}: ${difference}`));
      }
      return {
        measured: `${size} of ${judged.length} servers, ${against.length} records differ; ${Math.floor((1000 * size) / tookMs)} runs judged a second`,
        against,
      };
    },
  },
];
