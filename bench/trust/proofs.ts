/** Why a verdict can be trusted: every proof, in the order of docs/trust.md. Longer ones stand in files of their own. */
import fc from 'fast-check';
import { shuffled } from '../../harness/model/settings.ts';
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import { singleVariants, variants } from '../../harness/reference/variants.ts';
import { loadContract } from '../../harness/run/contract.ts';
import { judgeAgain } from '../../harness/run/judge-again.ts';
import { gather } from '../../harness/run/report.ts';
import { isAsStated, type MatrixRow, tryMutant } from '../../harness/simulate/kill-matrix.ts';
import { clausesOf, differences, run, target } from '../../harness/testing/evidence-samples.ts';
import { attacksProof } from './attacks.ts';
import { clusterProofs } from './cluster-proofs.ts';
import { anyServer, countOptions, inRealTime, mostlyWithoutHttp, property, withoutHttp } from './faithful.ts';
import { hostileProof } from './hostile-proof.ts';
import { killedProofs } from './killed-proofs.ts';
import { networkProofs } from './network-proofs.ts';
import { oracleProofs } from './oracle-proofs.ts';
import { forEach, type Proof, runOnServer } from './trials.ts';
import { variantProofs } from './variant-proofs.ts';

/** Faults in time, where simulated time could hide one. */
const isOfTime = (mutant: Mutant): boolean => mutant.killedBy.some((id) => id.startsWith('expiry.'));

/** Their tasks expire after 0.5 or 2 s, before a busy machine has read them: which of their clauses fails is chance. */
const racy: readonly string[] = ['milliseconds', 'creation-ttl-becomes-default'];

/** Which clause detects a rare fault depends on the order of requests: there only the verdict must agree. */
const resultOf = ({ mutant, verdict, detectedBy }: MatrixRow): string =>
  racy.includes(mutant.id) || mutant.profile === 'full' ? verdict : `${verdict}, ${detectedBy.join(' ')}`;

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
    smallest: 2,
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
  ...variantProofs,
  hostileProof,
  attacksProof,
  ...killedProofs,
  ...clusterProofs,
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
