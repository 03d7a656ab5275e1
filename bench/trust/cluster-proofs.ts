/** Runs by `/v1/crdbs`: no false finding on any faithful cluster, what is proven on each, and which mutants are detected. */
import fc from 'fast-check';
import { shuffled } from '../../harness/model/settings.ts';
import { clusterVariants, variantCluster } from '../../harness/reference/cluster-variants.ts';
import { takingS } from '../../harness/reference/crdbs-options.ts';
import { mutants } from '../../harness/reference/mutants.ts';
import { singleVariants } from '../../harness/reference/variants.ts';
import { undetectedByCrdbs } from '../mutants-by-crdbs.ts';
import { anyCrdbsServer, inRealTime, property, withoutHttp } from './faithful.ts';
import { type Proof, runOnServer } from './trials.ts';

/** So many must clauses are proven on every cluster without a reason for fewer. */
const leastProven = 58;

export const clusterProofs: readonly Proof[] = [
  {
    name: 'crdbs',
    shows:
      'With the operations of a real cluster, whose tasks move by themselves, a server that keeps the contract gets no false finding in simulated time, and the run leaves nothing behind',
    full: 200,
    smallest: 12,
    seed: 1,
    async prove(size, seed) {
      const { tried, against } = await property(anyCrdbsServer(withoutHttp), size, seed);
      const changes = tried.filter(({ crdbs }) => (crdbs?.leaderless ?? []).length > 0).length;
      return {
        measured: `${tried.length} clusters with different options and operations of 0 to 13 s; on ${changes} of them the leader changed`,
        against,
      };
    },
  },
  {
    name: 'crdbs-real',
    shows: 'The same in real time over HTTP',
    full: 20,
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
    name: 'cluster-variants',
    shows: `On each cluster of harness/reference/cluster-variants.ts a run proves at least ${leastProven} must clauses, or fewer for the reason that is given, and nothing is reported wrongly`,
    full: clusterVariants.length,
    smallest: 1,
    seed: 1,
    async prove(size, seed) {
      const against: string[] = [];
      const rows: string[] = [];
      for (const variant of clusterVariants.slice(0, size)) {
        const { failed, warned, cutShort, summary, exchanges } = await runOnServer({
          seed,
          ...variantCluster(variant),
        });
        const { proven, total } = summary.must;
        const tookS = Math.ceil(exchanges.reduce((last, one) => Math.max(last, one.receivedAt), 0) / 1000);
        const why = variant.fewer === undefined ? '' : `; fewer, because ${variant.fewer}`;
        rows.push(`${proven} of ${total} in ${tookS} s: ${variant.says}${why}`);
        const wrong = [...failed, ...warned, ...cutShort];
        if (wrong.length > 0) against.push(`${variant.says}: ${wrong.join(', ')}`);
        if (proven < leastProven && variant.fewer === undefined) against.push(`${variant.says}: ${proven}`);
      }
      return { measured: `${size} clusters in simulated time`, against, rows };
    },
  },
  {
    name: 'crdbs-mutants',
    shows:
      'With the operations of a real cluster exactly those mutants are detected for which the kill matrix says so',
    full: mutants.length,
    smallest: 4,
    seed: 1,
    async prove(size, seed) {
      const against: string[] = [];
      let detected = 0;
      for (const { id, rules } of shuffled(mutants, seed).slice(0, size)) {
        const { failed, warned } = await runOnServer({
          rules,
          crdbs: { takesMs: takingS(1) },
          seed: 1,
        });
        const isDetected = failed.length + warned.length > 0;
        if (isDetected) detected++;
        if (isDetected === undetectedByCrdbs.has(id))
          against.push(
            `${id}: ${isDetected ? `detected by ${[...failed, ...warned].join(', ')}` : 'not detected'}`,
          );
      }
      return { measured: `${size} mutants, ${detected} of them detected by \`quick\``, against };
    },
  },
];
