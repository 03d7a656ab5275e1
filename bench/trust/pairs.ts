/** Servers that are wrong in two ways: one fault must not hide the other, beyond what `because` explains. */
import { isDeepStrictEqual } from 'node:util';
import type { CheckRecord, Verdict } from '../../harness/model/verdict.ts';
import { contractBut } from '../../harness/reference/change.ts';
import { changeIn, collide } from '../../harness/reference/leaves.ts';
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import type { Rules } from '../../harness/reference/rules.ts';
import { story } from '../../harness/reference/trace.ts';
import { gather, judgeRun } from '../../harness/run/assemble.ts';
import { readSuites } from '../../harness/run/clause.ts';
import { shuffled } from '../../harness/run/shuffle.ts';
import { suiteFiles } from '../../harness/run/suites.ts';
import { simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';
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

const together = ([one, other]: Pair): Rules => contractBut(changeIn(one.rules), changeIn(other.rules));

/** What two faults come to together that is not the sum of what each comes to. */
interface Compound {
  readonly pair: readonly [string, string];
  /** A clause that one of them breaks, and the two together keep; or one that only the two together break. */
  readonly keeps?: string;
  readonly breaks?: string;
  readonly why: string;
}

const compounds: readonly Compound[] = [
  {
    pair: ['cancel-a-minute-late', 'mock-cancelled'],
    keeps: 'read.schema',
    why: 'nobody waits a minute for a cancel, and only a task that it has ended reads as cancelled',
  },
  {
    pair: ['minutes', 'creation-ttl-ignored'],
    keeps: 'expiry.at-creation.kept',
    why: 'a default of 500 minutes is longer than any TTL that is tried',
  },
  {
    pair: ['list-always-empty', 'mock-times-null'],
    keeps: 'list.absent-not-null',
    why: 'a list without rows has no nulls',
  },
  {
    pair: ['running-as-queued', 'committing-as-queued'],
    keeps: 'status.forward-only',
    why: 'a task that was never shown as started does not fall back',
  },
  {
    pair: ['cancelled-expires-at-once', 'second-cancel-is-423'],
    keeps: 'cancel.statuses',
    why: 'a second cancel finds no task',
  },
  {
    pair: ['list-frozen', 'mock-completed'],
    breaks: 'list.schema',
    why: 'a wrong list that shows ended tasks shows their wrong status too',
  },
  {
    pair: ['list-holds-expired', 'mock-completed'],
    breaks: 'list.schema',
    why: 'a wrong list that shows ended tasks shows their wrong status too',
  },
];

const compoundsOf = (pair: Pair): readonly Compound[] =>
  compounds.filter(({ pair: named }) => pair.every(({ id }) => named.includes(id)));

/** Whether one of two faults keeps the other from ever happening, so that nobody could find it. */
const keepsFromHappening = (one: Steady, other: Steady): boolean =>
  isDeepStrictEqual(story(together([one, other])), story(one.rules));

/** Those of a pair's faults that can be found. */
const happening = ([one, other]: Pair): readonly Steady[] => [
  ...(keepsFromHappening(other, one) ? [] : [one]),
  ...(keepsFromHappening(one, other) ? [] : [other]),
];

interface Told {
  readonly checks: readonly CheckRecord[];
  readonly verdictOf: ReadonlyMap<string, Verdict>;
}

async function run(pair: Pair): Promise<Told> {
  const rules = together(pair);
  const events = await simulate((clock) => withoutNetwork({ clock, rules }));
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
  sizes: { quick: 25, long: 200 },
  seed: 1,
  async prove(size, seed) {
    const against: string[] = [];
    let owed = 0;
    let convicted = 0;
    const tried = drawn(size, seed);
    for (const pair of tried) {
      const told = await run(pair);
      const known = compoundsOf(pair);
      const broken = new Set(happening(pair).flatMap(({ killedBy }) => killedBy));
      const killing = [...broken].filter((id) => !known.some(({ keeps }) => keeps === id));
      const accountable = new Set([
        ...pair.flatMap(({ killedBy, mayFail }) => [...killedBy, ...mayFail]),
        ...known.flatMap(({ breaks = [] }) => breaks),
      ]);
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
