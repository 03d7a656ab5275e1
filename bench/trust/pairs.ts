/** Servers that are wrong in two ways: one fault must not hide the other, beyond what `because` explains. */
import { gather, judgeRun } from '../../harness/assemble.ts';
import { readSuites } from '../../harness/clause.ts';
import { contractBut } from '../../harness/reference/change.ts';
import { changeIn, collide } from '../../harness/reference/leaves.ts';
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import type { Rules } from '../../harness/reference/rules.ts';
import { rehearse, withoutNetwork } from '../../harness/rehearsal.ts';
import { shuffled } from '../../harness/shuffle.ts';
import { suiteFiles } from '../../harness/suites.ts';
import type { CheckRecord, Verdict } from '../../harness/verdict.ts';
import { loadRegister } from '../../spec/register.ts';
import type { Proof } from './proof.ts';

/** A wrong server whose rules are the same at all times: only such can be put together. */
type Steady = Mutant & { readonly rules: Rules };
type Pair = readonly [Steady, Steady];

const steady = mutants.filter(
  (mutant): mutant is Steady => typeof mutant.rules !== 'function' && mutant.profile === undefined,
);

const allPairs = (): readonly Pair[] =>
  steady.flatMap((one, at) => steady.slice(at + 1).map((other): Pair => [one, other]));

/** As many pairs as are wanted whose faults touch no rule in common. */
function drawn(size: number, seed: number): readonly Pair[] {
  const found: Pair[] = [];
  for (const [one, other] of shuffled(allPairs(), seed)) {
    if (found.length === size) break;
    if (!collide(changeIn(one.rules), changeIn(other.rules))) found.push([one, other]);
  }
  return found;
}

interface Told {
  readonly checks: readonly CheckRecord[];
  readonly verdictOf: ReadonlyMap<string, Verdict>;
}

async function run([one, other]: Pair): Promise<Told> {
  const rules = contractBut(changeIn(one.rules), changeIn(other.rules));
  const events = await rehearse((clock) => withoutNetwork({ clock, rules }));
  const { checks } = gather(events);
  const book = await readSuites(suiteFiles);
  const { clauseVerdicts } = judgeRun(checks, [...book.keys()], loadRegister(), { strict: false });
  return { checks, verdictOf: clauseVerdicts };
}

const isBroken = (verdict: Verdict | undefined): boolean => verdict === 'fail' || verdict === 'warn';

/** Whether a clause is broken, or was left open because of one that is, or is itself so explained. */
function isExplained(clause: string, told: Told, above: readonly string[] = []): boolean {
  if (isBroken(told.verdictOf.get(clause))) return true;
  if (above.includes(clause)) return false;
  return told.checks
    .filter((check) => check.clause === clause)
    .some(({ because }) => because !== undefined && isExplained(because, told, [...above, clause]));
}

export const pairs: Proof = {
  id: 'pairs',
  claims:
    'Of a server that is wrong in two ways both faults are found, or what was left open names the clause that failed',
  sizes: { quick: 15, long: 200 },
  seed: 1,
  async prove(size, seed) {
    const against: string[] = [];
    let owed = 0;
    let convicted = 0;
    const tried = drawn(size, seed);
    for (const pair of tried) {
      const told = await run(pair);
      const killing = [...new Set(pair.flatMap(({ killedBy }) => killedBy))];
      const accountable = new Set(pair.flatMap(({ killedBy, mayFail }) => [...killedBy, ...mayFail]));
      const hidden = killing.filter((id) => !isExplained(id, told));
      const wrongly = [...told.verdictOf].filter(
        ([id, verdict]) => isBroken(verdict) && !accountable.has(id),
      );
      owed += killing.length;
      convicted += killing.filter((id) => isBroken(told.verdictOf.get(id))).length;
      const name = pair.map(({ id }) => id).join(' + ');
      against.push(
        ...hidden.map((id) => `${name}: ${id} is hidden (${told.verdictOf.get(id)})`),
        ...wrongly.map(([id]) => `${name}: ${id} is blamed`),
      );
    }
    return {
      measured: `${tried.length} pairs; ${convicted} of ${owed} broken clauses convicted, the others explained but for those below`,
      against,
    };
  },
};
