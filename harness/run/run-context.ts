/** Where the contexts of a run play: the environment, the provisioner, and what the run has learnt so far. */
import type { Environment } from '../http/environment.ts';
import type { Settings } from '../model/settings.ts';
import type { Task } from '../model/task.ts';
import type { Provisioner } from '../provision/provisioner.ts';
import type { ResourceLog } from '../provision/resource-log.ts';

/** What all contexts of a run share. */
export interface RunContext {
  readonly environment: Environment;
  readonly provisioner: Provisioner;
  readonly settings: Settings;
  /** What this run owns. */
  readonly resourceLog: ResourceLog;
  /** Nothing that could change anything is sent. */
  readonly readsOnly: boolean;
  /** Part of every id that the run makes: two runs at once on one target don't disturb each other. */
  readonly tag: string;
  /** The target knows credentials, so that refusing them can be tried. */
  readonly authenticates: boolean;
  /** The slowest effect seen from an accepted cancel in this run, in milliseconds. */
  slowestEffectMs: number;
  /** Set when the run is cut short: no context sends or waits any more. */
  readonly cutShort: AbortSignal;
  /** Ids of tasks that this run made and surely removed. */
  readonly removed: Set<string>;
  readonly tellTask: (task: Task) => void;
}

/** The run was cut short under this check. */
export class CutShort extends Error {
  constructor() {
    super('the run was cut short before this check was done');
  }
}
