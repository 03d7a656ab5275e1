/** The kill matrix: which clause convicts which wrong server. It proves the suites, as the suites prove a server. */
import type { Register } from '../spec/register.ts';
import { gather, judgeRun } from './assemble.ts';
import { everyExchange } from './charges.ts';
import { type Check, readSuites, titleOf } from './clause.ts';
import { withControls } from './conductor.ts';
import type { Mutant } from './reference/mutant.ts';
import { startReference } from './reference/reference.ts';
import { type RehearsalOptions, rehearse, withoutNetwork } from './rehearsal.ts';
import { suiteFiles } from './suites.ts';
import type { RunVerdict, Verdict } from './verdict.ts';

/** One wrong server, and what the suites made of it. */
export interface MatrixRow {
  readonly mutant: Mutant;
  readonly verdict: RunVerdict;
  /** The clauses that ended as `fail` or `warn`. */
  readonly convictedBy: readonly string[];
  /** The checks that ended so, by their titles; not what every exchange says, which a run of their clause alone lacks. */
  readonly failed: readonly string[];
  /** Clauses that had to convict it and did not: it survives them. */
  readonly survived: readonly string[];
  /** Clauses that were blamed and are not the broken ones. */
  readonly wronglyBlamed: readonly string[];
}

/** How a wrong server is tried: in simulated time, without a network where `wire` doesn't ask for one. */
export interface Trial extends Pick<RehearsalOptions, 'settings' | 'time' | 'selection' | 'without'> {
  readonly wire?: boolean;
  /** For what a wrong server does by chance. */
  readonly luck?: number;
}

/** Runs all suites against one wrong server, in the least profile that convicts it. */
export async function tryMutant(
  mutant: Mutant,
  register: Register,
  { wire = false, luck = 1, settings, ...options }: Trial = {},
): Promise<MatrixRow> {
  const book = await readSuites(suiteFiles);
  const { rules } = mutant;
  const events = await rehearse(
    (clock) => {
      const cluster = { clock, rules, seed: luck };
      return wire ? startReference(cluster) : withoutNetwork(cluster);
    },
    { ...options, settings: { profile: mutant.profile ?? 'quick', ...settings } },
  );
  const { checks } = gather(events);
  const { verdict, clauseVerdicts } = judgeRun(checks, withControls([...book.keys()], book), register, {
    strict: false,
  });
  const convictedBy = [...clauseVerdicts].filter(([, found]) => isConviction(found)).map(([id]) => id);
  return {
    mutant,
    verdict,
    convictedBy,
    failed: checks
      .filter(({ suite, verdict }) => suite !== everyExchange && isConviction(verdict))
      .map(titleOf),
    survived: mutant.killedBy.filter((id) => !convictedBy.includes(id)),
    wronglyBlamed: convictedBy.filter((id) => !mutant.killedBy.includes(id) && !mutant.mayFail.includes(id)),
  };
}

const isConviction = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'warn';

/** The `must` clauses that no wrong server was convicted by: nothing shows that they can fail. */
export function unproven(rows: readonly MatrixRow[], register: Register): readonly string[] {
  const convicting = new Set(rows.flatMap(({ convictedBy }) => convictedBy));
  return register.clauses
    .filter(({ id, level }) => level === 'must' && !convicting.has(id))
    .map(({ id }) => id);
}

/** A check without which every wrong server would be convicted all the same, by the clauses that it breaks. */
export interface Needless {
  readonly check: Check;
  /** It fails for some wrong server, if never alone; else nothing shows that it can fail. */
  readonly fails: boolean;
}

/**
 * The checks that no wrong server needs in a run of their clause alone, where nobody else asks what they ask. A `may`
 * clause convicts nobody: its checks are not among them.
 */
export async function needless(
  rows: readonly MatrixRow[],
  checks: readonly Check[],
  register: Register,
): Promise<readonly Needless[]> {
  const failing = new Set(rows.flatMap(({ failed }) => failed));
  const found: Needless[] = [];
  for (const check of checks) {
    const { clause } = check;
    if (register.byId.get(clause)?.level === 'may') continue;
    const broken = rows.filter(({ mutant }) => mutant.killedBy.includes(clause));
    if (broken.some((row) => failsAlone(check, row)) || (await anyNeeds(check, broken, register))) continue;
    found.push({ check, fails: failing.has(titleOf(check)) });
  }
  return found;
}

/** Whether in a whole run it was the only check of its clause that failed: then it is needed, and nothing has to be tried. */
const failsAlone = (check: Check, { failed }: MatrixRow): boolean =>
  failed.filter((title) => title.startsWith(`${check.clause} (`)).join() === titleOf(check);

/** Whether its clause convicts one of them by itself, and without the check doesn't. */
async function anyNeeds(check: Check, rows: readonly MatrixRow[], register: Register): Promise<boolean> {
  for (const { mutant } of rows) {
    const alone = { selection: [check.clause] };
    const convicts = async (trial: Trial) =>
      (await tryMutant(mutant, register, trial)).convictedBy.includes(check.clause);
    if ((await convicts(alone)) && !(await convicts({ ...alone, without: check }))) return true;
  }
  return false;
}

/** Whether a row is as the register of wrong servers says. */
export const isAsStated = ({ survived, wronglyBlamed }: MatrixRow): boolean =>
  survived.length === 0 && wronglyBlamed.length === 0;
