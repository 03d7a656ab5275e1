/** Reports of whole runs in simulated time, made the way that `run` makes them: a tenth of a second each. */

import { journalSchema, type Report } from '../../model/report.ts';
import { defaultSettings } from '../../model/settings.ts';
import { noProvisioner } from '../../provision/existing-tasks.ts';
import { mutants } from '../../reference/mutants.ts';
import { judgedBy, loadContract, reportedContract } from '../../run/contract.ts';
import type { RunLog } from '../../run/journal.ts';
import { reportOf } from '../../run/report.ts';
import { type SimulationOptions, simulate, withoutNetwork } from '../../simulate/simulation.ts';
import { run, target } from '../evidence-samples.ts';

export const password = 's3cret-word';

export interface Simulation {
  /** Of a wrong server; the reference where none is named. */
  readonly mutant?: string;
  readonly provision?: 'control' | 'none';
  readonly clauses?: readonly string[];
  readonly settings?: SimulationOptions['settings'];
  /** As the report states them. */
  readonly reported?: Readonly<Record<string, number | boolean | string>>;
  /** Leaves out the last word of the run: it looks killed then. */
  readonly killed?: boolean;
}

/** What the journal of such a run would hold. */
export async function told({
  mutant,
  provision = 'control',
  clauses,
  settings = {},
  reported = {},
  killed = false,
}: Simulation): Promise<RunLog> {
  const rules = mutants.find(({ id }) => id === mutant)?.rules;
  if (mutant !== undefined && !rules) throw new Error(`there is no mutant ${mutant}`);
  const events = await simulate(
    (clock) => withoutNetwork({ clock, user: 'somebody', password, ...(rules ? { rules } : {}) }),
    {
      settings,
      ...(clauses ? { selection: clauses } : {}),
      ...(provision === 'none' ? { provisioner: noProvisioner } : {}),
    },
  );
  const contract = await loadContract();
  const selection = clauses ?? [...contract.book.keys()];
  return {
    started: {
      type: 'started',
      schema: journalSchema,
      target: target(provision),
      run: {
        ...run,
        seed: settings.seed ?? run.seed,
        profile: settings.profile ?? run.profile,
        settings: { ...reported, ...(clauses ? { selection: clauses.join(', ') } : {}) },
        ...judgedBy(contract),
      },
      clauses: selection,
      ...reportedContract(selection, { ...defaultSettings, ...settings, ...target(provision) }, contract),
    },
    events: killed ? events : [...events, { type: 'closed', durationMs: 6000, accidents: [] }],
  };
}

export const simulated = async (simulation: Simulation = {}): Promise<Report> =>
  reportOf(await told(simulation));
