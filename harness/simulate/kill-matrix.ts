/** The kill matrix: which clauses detect which mutant. It tests the suites, as the suites test a server. */
import type { Register } from '../../spec/register.ts';
import { isBroken, type RunVerdict } from '../model/verdict.ts';
import type { Mutant } from '../reference/mutant.ts';
import { startReference } from '../reference/reference.ts';
import { withControls } from '../run/clause.ts';
import type { Contract } from '../run/contract.ts';
import { gather, judgeRun } from '../run/report.ts';
import { type SimulationOptions, simulate, withoutNetwork } from './simulation.ts';

/** One mutant, and the clauses that detect it. */
export interface MatrixRow {
  readonly mutant: Mutant;
  readonly verdict: RunVerdict;
  /** The clauses that passed although the server is faulty. */
  readonly passed: readonly string[];
  /** The clauses that ended as `fail` or `warn`. */
  readonly detectedBy: readonly string[];
  /** Clauses that must detect it and did not. */
  readonly survived: readonly string[];
  /** Clauses that ended as `fail` or `warn` and neither must nor may. */
  readonly unexpected: readonly string[];
}

/** How a mutant is tried: in simulated time; with `wire` over HTTP. */
export interface Trial extends Pick<SimulationOptions, 'settings' | 'time' | 'selection'> {
  readonly wire?: boolean;
  /** For mutants with random faults. */
  readonly seed?: number;
}

/** Runs all suites against one mutant, in the least profile that detects it. */
export async function tryMutant(
  mutant: Mutant,
  contract: Contract,
  { wire = false, seed = 1, settings, ...options }: Trial = {},
): Promise<MatrixRow> {
  const { book, register } = contract;
  const { rules } = mutant;
  const events = await simulate(
    (clock) => {
      const cluster = { clock, rules, seed };
      return wire ? startReference(cluster) : withoutNetwork(cluster);
    },
    { ...options, contract, settings: { profile: mutant.profile ?? 'quick', ...settings } },
  );
  const { checks } = gather(events);
  const { verdict, clauseVerdicts } = judgeRun(checks, withControls([...book.keys()], book), register, {
    strict: false,
  });
  const detectedBy = [...clauseVerdicts]
    .filter(([, found]) => isBroken({ verdict: found }))
    .map(([id]) => id);
  return {
    mutant,
    verdict,
    passed: [...clauseVerdicts].filter(([, found]) => found === 'pass').map(([id]) => id),
    detectedBy,
    survived: mutant.killedBy.filter((id) => !detectedBy.includes(id)),
    unexpected: detectedBy.filter((id) => !mutant.killedBy.includes(id) && !mutant.mayFail.includes(id)),
  };
}

/**
 * Runs only the clauses that must or may detect a mutant, with their positive controls: enough to show that it is
 * detected, in a thirtieth of the time. A mutant that shows only in the requests of other clauses is then tried with all
 * suites.
 */
export async function tryMutantQuickly(mutant: Mutant, contract: Contract): Promise<MatrixRow> {
  const row = await tryMutant(mutant, contract, { selection: [...mutant.killedBy, ...mutant.mayFail] });
  return row.survived.length === 0 ? row : await tryMutant(mutant, contract);
}

/** The `must` clauses that detected no mutant: nothing shows that they can fail. */
export function unproven(rows: readonly MatrixRow[], register: Register): readonly string[] {
  const detecting = new Set(rows.flatMap(({ detectedBy }) => detectedBy));
  return register.clauses
    .filter(({ id, level }) => level === 'must' && !detecting.has(id))
    .map(({ id }) => id);
}

/** Whether exactly the expected clauses detected the mutant. */
export const isAsStated = ({ survived, unexpected }: MatrixRow): boolean =>
  survived.length === 0 && unexpected.length === 0;
