/** How much a run could test: simulates the same run on a reference cluster that offers as much as the target. */
import type { Register } from '../../spec/register.ts';
import { type RunOptions, settingsOf } from '../config/options.ts';
import { gather, judgeRun } from '../run/assemble.ts';
import type { Check } from '../run/clause.ts';
import { withControls } from '../run/runner.ts';
import { simulate } from '../simulate/simulation.ts';
import { type Provision, simulations } from '../simulate/simulations.ts';
import type { Prospect } from './provisions.ts';

export interface Reach {
  readonly provision: Provision;
  /** What must hold for it, where that is not known. */
  readonly condition: string | null;
  /** Of the `must` clauses. */
  readonly reachable: number;
  readonly total: number;
  /** Ids of the `must` clauses that this provisioner can't test. */
  readonly beyond: readonly string[];
}

/** The run to simulate. */
export interface PlannedRun {
  readonly options: RunOptions;
  readonly book: ReadonlyMap<string, readonly Check[]>;
  readonly register: Register;
  readonly selection: readonly string[];
}

export async function reachOf(
  { provision, condition, like }: Prospect,
  { options, book, register, selection }: PlannedRun,
): Promise<Reach> {
  const { start, ...how } = simulations[provision](options, like);
  const { maxDurationS: _, ...settings } = settingsOf(options); // it limits real time
  const events = await simulate(start, {
    ...how,
    selection,
    settings,
    readsOnly: options.readOnly === true,
    authenticates: options.auth !== false,
  });
  const { summary, clauseVerdicts } = judgeRun(
    gather(events).checks,
    withControls(selection, book),
    register,
    { strict: false },
  );
  const beyond = register.clauses.filter(
    ({ id, level }) => level === 'must' && clauseVerdicts.get(id) === 'skip',
  );
  const { reachable, total } = summary.must;
  return { provision, condition: condition ?? null, reachable, total, beyond: beyond.map(({ id }) => id) };
}
