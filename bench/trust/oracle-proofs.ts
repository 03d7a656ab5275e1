/** The oracle accuses no faithful server, and finds faults without the suites. */
import { effectClauses } from '../../harness/judge/oracle/effects.ts';
import { judgeHistory } from '../../harness/judge/oracle/oracle.ts';
import type { Exchange } from '../../harness/model/exchange.ts';
import { random, shuffled } from '../../harness/model/settings.ts';
import { type CheckRecord, isBroken } from '../../harness/model/verdict.ts';
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import type { RulesInTime } from '../../harness/reference/rules.ts';
import { loadContract } from '../../harness/run/contract.ts';
import { oracleSettings } from '../../harness/run/oracle-settings.ts';
import { gather } from '../../harness/run/report.ts';
import { oracleChecks, oracleSuite } from '../../harness/run/second-judgement.ts';
import { tryMutant } from '../../harness/simulate/kill-matrix.ts';
import { simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';
import { describeCheck, forEach, type Proof, percent } from './trials.ts';
import { variantsWithoutHttp } from './variant-proofs.ts';

/** The checks of a run that only explores, for so many seconds. */
async function explored(
  rules: RulesInTime | undefined,
  { seed, seconds, time }: { seed: number; seconds: number; time: 'simulated' | 'real' },
): Promise<readonly CheckRecord[]> {
  const events = await simulate((clock) => withoutNetwork({ clock, ...(rules ? { rules } : {}) }), {
    time,
    selection: [],
    settings: { exploreS: seconds, seed },
  });
  return gather(events).checks;
}

/** Explores the variants in turn, each time with another seed. */
async function falseAlarms(size: number, seed: number, time: 'simulated' | 'real', atOnce: number) {
  const against: string[] = [];
  const trials = Array.from({ length: size }, (_, index) => index);
  await forEach(trials, atOnce, async (index) => {
    const variant = variantsWithoutHttp[index % variantsWithoutHttp.length];
    const checks = await explored(variant?.rules, { seed: seed + index, seconds: 1, time });
    const isExpected = ({ clause, verdict }: CheckRecord) =>
      verdict === 'warn' && variant?.warns.includes(clause) === true;
    const lines = checks.filter((check) => isBroken(check) && !isExpected(check)).map(describeCheck);
    against.push(...lines.map((line) => `${variant?.id} (seed ${seed + index}): ${line}`));
  });
  return against;
}

/** Evidence with wider brackets, lost answers, observations left out, and the records in another order. */
function weakened(exchanges: readonly Exchange[], seed: number): readonly Exchange[] {
  const draw = random(seed);
  return exchanges
    .filter(({ operation, request }) => {
      const isObservation = operation === 'read' || operation === 'list';
      return !isObservation || request.headers['X-Result-TTL'] !== undefined || draw() > 0.4;
    })
    .map((exchange) => ({
      ...exchange,
      sentAt: exchange.sentAt - 300 * draw(),
      receivedAt: exchange.receivedAt + 300 * draw(),
      ...(draw() < 0.15 ? { lost: 'given up' } : {}),
    }))
    .sort(() => draw() - 0.5);
}

/** What is weakened shows its effects later than it says. */
const lenient = oracleSettings({ settings: { graceS: 10, settleS: 30 }, provisioner: 'control' });
const usual = oracleSettings({ settings: { graceS: 2, settleS: 10 }, provisioner: 'control' });

const evidenceOf = async (rules?: RulesInTime): Promise<readonly Exchange[]> =>
  gather(await simulate((clock) => withoutNetwork({ clock, ...(rules ? { rules } : {}) }))).exchanges;

/** A breach that the oracle found; of single answers, the checks of every exchange tell. */
const isOfOracle = (check: CheckRecord): boolean => isBroken(check) && check.suite === oracleSuite;

/** The mutants that break a `must` clause which the state machine knows. */
async function knownMutants(): Promise<readonly Mutant[]> {
  const { register } = await loadContract();
  const { upheld } = judgeHistory(await evidenceOf(), usual);
  const known = new Set([...upheld.keys(), ...effectClauses]);
  return mutants.filter(
    ({ killedBy, profile }) =>
      profile === undefined &&
      killedBy.every((id) => known.has(id)) &&
      killedBy.some((id) => register.byId.get(id)?.level === 'must'),
  );
}

const oracleShare = 0.9; // the others answer with an undocumented status, which the checks of every exchange judge

/** What must be reached: shares of what is detected, and steps. */
const named = { byEvidence: 0.8, exploring: 0.9, steps: 3, alone: 0.9 };

/**
 * How often the clause that is named first is one that breaks: the suites find it broken too, at least alone. Kept and
 * gone of one retention count as one: a TTL that is ignored breaks both, and the suites name the one.
 */
class Naming {
  readonly wrong: string[] = [];
  #detected = 0;

  async enter(mutant: Mutant, [first]: readonly CheckRecord[]): Promise<void> {
    if (!first) return;
    this.#detected++;
    const { clause } = first;
    const retention = /^(expiry\.[a-z-]+)\.(kept|gone)$/.exec(clause)?.[1];
    const same = retention === undefined ? [clause] : [`${retention}.kept`, `${retention}.gone`];
    if ([...mutant.killedBy, ...mutant.mayFail].some((id) => same.includes(id))) return;
    const { detectedBy } = await tryMutant(mutant, await loadContract(), { selection: [clause] });
    if (!detectedBy.includes(clause)) this.wrong.push(`${mutant.id}: ${clause}`);
  }

  /** Of a few servers, one more may be wrong than the share allows. */
  isBelow(share: number): boolean {
    return this.wrong.length > Math.ceil((1 - share) * this.#detected);
  }

  get share(): number {
    return this.#detected === 0 ? 1 : 1 - this.wrong.length / this.#detected;
  }

  toString(): string {
    return `${this.#detected - this.wrong.length} of ${this.#detected} (${percent(this.share)})`;
  }
}

export const oracleProofs: readonly Proof[] = [
  {
    name: 'explored',
    shows: 'Random scripts accuse no server that keeps the contract, whatever its options, in simulated time',
    full: 1000,
    smallest: 1,
    quick: true,
    seed: 11,
    async prove(size, seed) {
      const against = await falseAlarms(size, seed, 'simulated', 1);
      return { measured: `${size} explorations of ${variantsWithoutHttp.length} variants`, against };
    },
  },
  {
    name: 'explored-real',
    shows: 'The same in real time',
    full: 50,
    smallest: 1,
    seed: 11,
    async prove(size, seed) {
      const against = await falseAlarms(size, seed, 'real', 4);
      return { measured: `${size} explorations of ${variantsWithoutHttp.length} variants`, against };
    },
  },
  {
    name: 'weak-evidence',
    shows:
      'Evidence of a server that keeps the contract holds no violation, also with wider brackets, lost answers, missing reads and in another order',
    full: 1000,
    smallest: 2,
    seed: 1,
    async prove(size, seed) {
      const against: string[] = [];
      const each = Math.ceil(size / variantsWithoutHttp.length);
      for (const { id, rules } of variantsWithoutHttp.slice(0, size)) {
        const exchanges = await evidenceOf(rules);
        for (let drawn = seed; drawn < seed + each; drawn++) {
          const { violations } = judgeHistory(weakened(exchanges, drawn), lenient);
          against.push(
            ...violations.map(({ clause, task }) => `${id} (seed ${drawn}): ${clause} of ${task}`),
          );
        }
      }
      return {
        measured: `${each} weakenings of ${Math.min(size, variantsWithoutHttp.length)} runs`,
        against,
      };
    },
  },
  {
    name: 'oracle-alone',
    shows: `By the evidence of a run, or by 3 s of exploration, the oracle alone detects at least ${percent(oracleShare)} of the faulty servers that break a rule it knows`,
    full: mutants.length,
    smallest: 3,
    seed: 1,
    async prove(size, seed) {
      const tried = shuffled(await knownMutants(), seed).slice(0, size);
      const missed: string[] = [];
      let byEvidence = 0;
      for (const { id, rules } of tried) {
        if (judgeHistory(await evidenceOf(rules), usual).violations.length > 0) byEvidence++;
        else if (!(await explored(rules, { seed, seconds: 3, time: 'simulated' })).some(isOfOracle))
          missed.push(id);
      }
      const found = tried.length - missed.length;
      return {
        measured: `${found} of ${tried.length}, ${byEvidence} of them by evidence; missed: ${missed.join(', ') || 'none'}`,
        against: found / tried.length < oracleShare ? [`only ${percent(found / tried.length)}`] : [],
      };
    },
  },
  {
    name: 'oracle-names',
    shows: `Where the oracle alone detects a faulty server, it first names a clause that breaks: by evidence on at least ${percent(named.byEvidence)} of them, by 3 s of exploration on ${percent(named.exploring)}; half of the scripts have at most ${named.steps} steps, and ${percent(named.alone)} are reproduced in a run of their own`,
    full: mutants.length,
    smallest: 3,
    seed: 1,
    async prove(size, seed) {
      const tried = shuffled(await knownMutants(), seed).slice(0, size);
      const names = { evidence: new Naming(), exploring: new Naming() };
      const steps: number[] = [];
      let alone = 0;
      for (const mutant of tried) {
        const { rules } = mutant;
        const { violations } = judgeHistory(await evidenceOf(rules), usual);
        const byClause = [...Map.groupBy(violations, ({ clause }) => clause)];
        const found = byClause.map(([clause, all]) => ({ clause, violations: all }));
        await names.evidence.enter(mutant, oracleChecks(found, { levelOf: () => 'must' }));
        const broken = (await explored(rules, { seed, seconds: 3, time: 'simulated' })).filter(isOfOracle);
        await names.exploring.enter(mutant, broken);
        for (const { reason } of broken) {
          const [, script] = /--replay '(.*)'/.exec(reason) ?? [];
          if (script === undefined) continue;
          steps.push(script.split('; ').length);
          if (!reason.includes('not reproduced in a run of its own')) alone++;
        }
      }
      const median = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
      const { evidence, exploring } = names;
      const isLess = [
        evidence.isBelow(named.byEvidence) && `by evidence: ${evidence.wrong.join('; ')}`,
        exploring.isBelow(named.exploring) && `exploring: ${exploring.wrong.join('; ')}`,
        median > named.steps && `half of the scripts have ${median} steps or more`,
        alone < Math.floor(steps.length * named.alone) &&
          `only ${alone} of ${steps.length} scripts are reproduced in a run of their own`,
      ];
      return {
        measured: `by evidence ${evidence}, by exploration ${exploring}; ${steps.length} scripts of ${median} steps in the median, ${alone} of them reproduced in a run of their own`,
        against: isLess.filter((line) => line !== false),
      };
    },
  },
];
