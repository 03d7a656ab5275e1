/** The oracle accuses no faithful server, and finds faults without the suites; faults show on servers of every taste. */
import { effectClauses } from '../../harness/judge/oracle/effects.ts';
import { judgeHistory } from '../../harness/judge/oracle/oracle.ts';
import type { Exchange } from '../../harness/model/exchange.ts';
import { random, shuffled } from '../../harness/model/settings.ts';
import { type CheckRecord, isBroken } from '../../harness/model/verdict.ts';
import { collide } from '../../harness/reference/contract.ts';
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import type { RulesInTime } from '../../harness/reference/rules.ts';
import { type Variant, variants } from '../../harness/reference/variants.ts';
import { loadContract } from '../../harness/run/contract.ts';
import { oracleSettings } from '../../harness/run/oracle-settings.ts';
import { gather } from '../../harness/run/report.ts';
import { tryMutant } from '../../harness/simulate/kill-matrix.ts';
import { simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';
import { describeCheck, forEach, type Proof, percent } from './trials.ts';

const withoutHttp = variants.filter(({ onTheWire }) => !onTheWire);
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
    const variant = withoutHttp[index % withoutHttp.length];
    const checks = await explored(variant?.rules, { seed: seed + index, seconds: 1, time });
    const lines = checks.filter(isBroken).map(describeCheck);
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

/** Variants on which a mutant of some rule is a server that keeps the contract, or can't be told from one. */
const hides: readonly { readonly variant: string; readonly mutants: RegExp; readonly why: string }[] = [
  {
    variant: 'malformed-ids-400',
    mutants:
      /^((read|cancel)-)?id-(cleaned|up-to-|in-braces|decoded-twice|trimmed|without-(line-break|tab|plus|name-space|invisible)|after-last-slash|unquoted|normalised|cut-at-64)|^slash-after-id$|-stands-for-any$|^uuid-(in-braces|with-name-space)$|^no-id-is-the-oldest$/,
    why: 'an id of any other form is refused with 400 before the fault could act',
  },
  {
    variant: 'forgetful-control',
    mutants: /-another-guid$|^one-guid-for-all$|^id-for-guid$/,
    why: 'the control protocol names no guid that a read could contradict',
  },
];

interface Pairing {
  readonly mutant: Mutant;
  readonly variant: Variant;
}

/** Each mutant on each variant that sets other rules. */
const pairings: readonly Pairing[] = mutants
  .filter(({ profile }) => profile === undefined)
  .flatMap((mutant) =>
    withoutHttp
      .filter(({ change }) => !mutant.changes.some((one) => collide(one, change)))
      .filter(({ id }) => !hides.some((one) => one.variant === id && one.mutants.test(mutant.id)))
      .map((variant) => ({ mutant, variant })),
  );

const blameShare = 0.98;

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
      return { measured: `${size} explorations of ${withoutHttp.length} variants`, against };
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
      return { measured: `${size} explorations of ${withoutHttp.length} variants`, against };
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
      const each = Math.ceil(size / withoutHttp.length);
      for (const { id, rules } of withoutHttp.slice(0, size)) {
        const exchanges = await evidenceOf(rules);
        for (let drawn = seed; drawn < seed + each; drawn++) {
          const { violations } = judgeHistory(weakened(exchanges, drawn), lenient);
          against.push(
            ...violations.map(({ clause, task }) => `${id} (seed ${drawn}): ${clause} of ${task}`),
          );
        }
      }
      return { measured: `${each} weakenings of ${Math.min(size, withoutHttp.length)} runs`, against };
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
        else if (!(await explored(rules, { seed, seconds: 3, time: 'simulated' })).some(isBroken))
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
    name: 'mutants-on-variants',
    shows: `A fault is detected also on a server that keeps the contract in another way, and at least ${percent(blameShare)} of the runs blame no other clause`,
    full: 5 * mutants.length,
    smallest: 1,
    quick: true,
    seed: 1,
    async prove(size, seed) {
      const contract = await loadContract();
      const missed: string[] = [];
      const blamed: string[] = [];
      const tried = shuffled(pairings, seed).slice(0, size);
      for (const { mutant, variant } of tried) {
        const rules = mutant.on(variant.change);
        const { detectedBy } = await tryMutant({ ...mutant, rules }, contract);
        const right = [...mutant.killedBy, ...mutant.mayFail];
        const name = `${mutant.id} on ${variant.id}`;
        if (!detectedBy.some((id) => right.includes(id))) missed.push(name);
        const wrong = detectedBy.filter((id) => !right.includes(id) && !variant.warns.includes(id));
        if (wrong.length > 0) blamed.push(`${name}: ${wrong.join(', ')}`);
      }
      const share = 1 - blamed.length / tried.length;
      return {
        measured: `${tried.length} of ${pairings.length} pairs of a fault and a variant: ${tried.length - missed.length} detected; ${percent(share)} blame no other clause`,
        against: [
          ...missed.map((name) => `not detected: ${name}`),
          ...(share < blameShare ? blamed.map((line) => `blames another clause: ${line}`) : []),
        ],
      };
    },
  },
];
