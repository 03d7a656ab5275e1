/** What a worker has to know to run the suites: plain data, handed over inside the process. */
import { randomBytes } from 'node:crypto';
import type { Target } from '../http/target.ts';
import type { Settings } from '../model/settings.ts';
import type { ProvisionPlan } from '../provision/choice.ts';

/** Drawn for each run. */
export const newTag = (): string => randomBytes(4).toString('hex');

export interface RunPlan {
  readonly target: Omit<Target, 'url' | 'others' | 'followed'> & { readonly url: string };
  readonly provision: ProvisionPlan;
  readonly settings: Settings;
  /** The edition that the target is held to: its name, or the folder that holds it; undefined: the default one. */
  readonly contract?: string;
  /** Part of every id that the run makes. */
  readonly tag: string;
  /** Clause ids. */
  readonly selection: readonly string[];
  /** Nothing that could change anything is sent. */
  readonly readsOnly: boolean;
  /** The file of the resource log, which has begun; undefined: it is kept in this process alone. */
  readonly resourceLog?: string;
  /** The file that the journal goes to; undefined: vitest's own report is all. */
  readonly journal?: string;
}
