/** A bad network or a busy machine is no fault of the server: it hides few faults and causes no false finding. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { shuffled } from '../../harness/model/settings.ts';
import { type CheckRecord, isBroken } from '../../harness/model/verdict.ts';
import { mutants } from '../../harness/reference/mutants.ts';
import { describeFaults, drawFaults, isQuick } from './network.ts';
import { describeCheck, forEach, type Proof, percent, runOnServer } from './trials.ts';

const atOnce = 16;
const provenShare = 0.8;
const detectedShare = 0.95;
const namedShare = 0.95;

/** Seeds of networks; a small size takes those whose runs take seconds. */
function networkSeeds(size: number, from: number): readonly number[] {
  const all = Array.from({ length: Math.max(size, 200) }, (_, index) => from + index);
  const quick = all.filter((seed) => isQuick(drawFaults(seed)));
  return [...quick, ...all.filter((seed) => !quick.includes(seed))].slice(0, size);
}

/** The words of lost exchanges, and of answers that came too late to prove anything. */
const losses =
  /ECONN|EPIPE|socket hang up|aborted|no (answer|response) within|Parse Error|too close to the expiry/;

/** The clause that a finding names, and those that would also explain it: what proves the one may have been lost. */
const explanationsOf = ({ clause, reason }: CheckRecord): readonly string[] => [
  clause,
  ...(/would also be explained by ([\w., -]+)/.exec(reason)?.[1]?.split(', ') ?? []).map((one) => one.trim()),
];

export const networkProofs: readonly Proof[] = [
  {
    name: 'bad-networks',
    shows: `Behind a bad network a faithful server gets no false finding, at least ${provenShare * 100} % of the must clauses are proven, each inconclusive check says what the network did, and nothing is left on the server`,
    full: 200,
    smallest: 4,
    seed: 1,
    async prove(size, firstSeed) {
      const against: string[] = [];
      const sum = { proven: 0, total: 0, exchanges: 0, lost: 0, complete: 0 };
      const seeds = networkSeeds(size, firstSeed);
      await forEach(seeds, atOnce, async (seed) => {
        const faults = drawFaults(seed);
        const { checks, exchanges, summary, tasksLeft, verdict } = await runOnServer({ faults, seed });
        const silent = checks.filter(
          (check) => check.verdict === 'inconclusive' && !losses.test(check.reason),
        );
        const lines = [
          ...checks.filter(isBroken).map(describeCheck),
          ...silent.map((check) => `does not name the network: ${describeCheck(check)}`),
          ...(tasksLeft > 0 ? [`${tasksLeft} tasks were left on the server`] : []),
        ];
        against.push(...lines.map((line) => `seed ${seed} (${describeFaults(faults)}): ${line}`));
        sum.proven += summary.must.proven;
        sum.total += summary.must.total;
        sum.exchanges += exchanges.length;
        sum.lost += exchanges.filter(({ lost }) => lost !== undefined).length;
        sum.complete += verdict === 'conformant' ? 1 : 0;
      });
      const share = sum.proven / sum.total;
      if (!(share >= provenShare)) against.push(`only ${percent(share)} of the must clauses were proven`);
      return {
        measured: `${size} runs with ${percent(sum.lost / sum.exchanges)} of ${sum.exchanges} exchanges lost: ${percent(share)} of the must clauses proven, ${sum.complete} runs complete`,
        against,
      };
    },
  },
  {
    name: 'bad-networks-mutants',
    shows: `Behind a bad network at least ${detectedShare * 100} % of the faulty servers are detected, each in the least profile that detects it without one; on at least ${namedShare * 100} % of them each finding names a clause that is broken, or says that one would explain it`,
    full: mutants.length,
    smallest: 4,
    seed: 1,
    async prove(size, seed) {
      const against: string[] = [];
      const missed: string[] = [];
      const rows: string[] = [];
      const misnamed: string[] = [];
      const fewer: string[] = [];
      const tried = shuffled(mutants, seed).slice(0, size);
      const seeds = networkSeeds(size, seed);
      await forEach([...tried.entries()], atOnce, async ([index, mutant]) => {
        const faults = drawFaults(seeds[index] ?? seed);
        const { rules, profile = 'quick', killedBy, mayFail, id } = mutant;
        const findings = (await runOnServer({ faults, seed, rules, profile })).checks.filter(isBroken);
        const wrong = findings.filter(
          (check) => !explanationsOf(check).some((clause) => [...killedBy, ...mayFail].includes(clause)),
        );
        const found = findings.flatMap(explanationsOf);
        const survived = killedBy.filter((clause) => !found.includes(clause));
        if (survived.length === killedBy.length) missed.push(id);
        else if (survived.length > 0) fewer.push(id);
        if (wrong.length === 0) return;
        misnamed.push(id);
        const clauses = new Set(wrong.map(({ clause }) => clause));
        rows.push(`names another clause: ${id} (${describeFaults(faults)}): ${[...clauses].join(', ')}`);
      });
      const most = (share: number) => Math.max(1, Math.floor(size * (1 - share))); // of a few servers, one proves nothing
      if (missed.length > most(detectedShare)) against.push(`not detected: ${missed.join(', ')}`);
      if (misnamed.length > most(namedShare)) against.push(`another clause is named: ${misnamed.join(', ')}`);
      return {
        measured: `${percent(1 - missed.length / size)} of ${size} faulty servers are detected so, ${fewer.length} of them with fewer clauses than without the network; on ${percent(1 - misnamed.length / size)} each finding names such a clause${missed.length > 0 ? `; not detected: ${missed.join(', ')}` : ''}`,
        against,
        rows,
      };
    },
  },
  {
    name: 'busy-machine',
    shows: 'With every core of the machine kept busy, a faithful server gets no false finding',
    full: 50,
    smallest: 2,
    seed: 1,
    async prove(size, firstSeed) {
      const burner = new URL('./burner.ts', import.meta.url);
      const burners = Array.from({ length: availableParallelism() }, () => fork(burner, { execArgv: [] }));
      const stall = monitorEventLoopDelay({ resolution: 5 });
      stall.enable();
      const against: string[] = [];
      const sum = { proven: 0, total: 0 };
      try {
        const seeds = Array.from({ length: size }, (_, index) => firstSeed + index);
        await forEach(seeds, 5, async (seed) => {
          const { checks, summary, tasksLeft } = await runOnServer({ seed, realTime: true });
          against.push(...checks.filter(isBroken).map((check) => `seed ${seed}: ${describeCheck(check)}`));
          if (tasksLeft > 0) against.push(`seed ${seed}: ${tasksLeft} tasks were left on the server`);
          sum.proven += summary.must.proven;
          sum.total += summary.must.total;
        });
      } finally {
        stall.disable();
        for (const child of burners) child.kill();
      }
      return {
        measured: `${size} runs beside ${burners.length} busy processes, the event loop blocked for up to ${Math.round(stall.max / 1e6)} ms: ${percent(sum.proven / sum.total)} of the must clauses proven`,
        against,
      };
    },
  },
];
