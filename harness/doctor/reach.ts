/** How much a run could test: simulates the same run on a reference cluster that offers as much as the target. */
import { type RunOptions, settingsOf } from '../config/options.ts';
import { withControls } from '../run/clause.ts';
import type { Contract } from '../run/contract.ts';
import { gather, judgeRun } from '../run/report.ts';
import { foreseenBySpeed } from '../simulate/foresee.ts';
import { type Provision, simulations } from '../simulate/likeness.ts';
import { simulate } from '../simulate/simulation.ts';
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
  /** What the run takes and leaves by the time that an operation on a database takes; for `crdbs` alone. */
  readonly foreseen: Awaited<ReturnType<typeof foreseenBySpeed>>;
}

export interface PlannedRun {
  readonly options: RunOptions;
  readonly contract: Contract;
  readonly selection: readonly string[];
}

export async function reachOf(
  { provision, condition, like }: Prospect,
  { options, contract, selection }: PlannedRun,
): Promise<Reach> {
  const { start, ...how } = simulations[provision](options, like);
  // The first limits real time; the second proves no clause.
  const { maxDurationS: _, exploreS: __, ...settings } = settingsOf(options);
  const events = await simulate(start, {
    ...how,
    contract,
    selection,
    settings,
    readsOnly: options.readOnly === true,
    authenticates: options.auth !== false,
  });
  const { summary, clauseVerdicts } = judgeRun(
    gather(events).checks,
    withControls(selection, contract.book),
    contract.register,
    { strict: false },
  );
  const beyond = contract.register.clauses.filter(
    ({ id, level }) => level === 'must' && clauseVerdicts.get(id) === 'skip',
  );
  const { reachable, total } = summary.must;
  const makesTasks = provision === 'crdbs' && like.withoutDatabase === undefined;
  return {
    provision,
    condition: condition ?? null,
    reachable,
    total,
    beyond: beyond.map(({ id }) => id),
    foreseen: makesTasks ? await foreseenBySpeed(events, options, { contract, selection }) : [],
  };
}
