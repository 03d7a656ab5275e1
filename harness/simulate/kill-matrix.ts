/** The kill matrix: which clause convicts which wrong server. It proves the suites, as the suites prove a server. */
import type { Register } from '../../spec/register.ts';
import type { RunVerdict, Verdict } from '../model/verdict.ts';
import type { Mutant } from '../reference/mutant.ts';
import { startReference } from '../reference/reference.ts';
import { gather, judgeRun } from '../run/assemble.ts';
import { everyExchange } from '../run/attribution.ts';
import { readSuites, titleOf } from '../run/clause.ts';
import { withControls } from '../run/runner.ts';
import { suiteFiles } from '../run/suites.ts';
import { type SimulationOptions, simulate, withoutNetwork } from './simulation.ts';

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
export interface Trial extends Pick<SimulationOptions, 'settings' | 'time' | 'selection' | 'without'> {
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
  const events = await simulate(
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

/** Whether a row is as the register of wrong servers says. */
export const isAsStated = ({ survived, wronglyBlamed }: MatrixRow): boolean =>
  survived.length === 0 && wronglyBlamed.length === 0;
