/** Reports of whole runs in simulated time, made the way that `run` makes them: a tenth of a second each. */
import { reportOf, type Told } from '../../cli/reports.ts';
import { registered } from '../../judge/documented.ts';
import { journalSchema } from '../../model/events.ts';
import type { Report } from '../../model/report.ts';
import { noProvisioner } from '../../provision/existing-tasks.ts';
import { mutants } from '../../reference/mutants.ts';
import { readSuites } from '../../run/clause.ts';
import { judgedBy, whatIsToBeTold } from '../../run/judged-by.ts';
import { suiteFiles } from '../../run/suites.ts';
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
}: Simulation): Promise<Told> {
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
  const book = await readSuites(suiteFiles);
  const selection = clauses ?? [...book.keys()];
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
        ...judgedBy(),
      },
      clauses: selection,
      ...whatIsToBeTold(selection, book, registered()),
    },
    events: killed ? events : [...events, { type: 'closed', durationMs: 6000, accidents: [] }],
  };
}

export const simulated = async (simulation: Simulation = {}): Promise<Report> =>
  reportOf(await told(simulation));
