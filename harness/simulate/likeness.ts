/** How a run by each provisioner is simulated: on a cluster that is like the target, as far as that is known. */
import type { RunOptions } from '../config/run-options.ts';
import type { Status } from '../judge/shown.ts';
import { type Phase, phases } from '../model/task.ts';
import { type ControlCapabilities, controlProvisioner } from '../provision/control.ts';
import { crdbsProvisioner } from '../provision/crdbs.ts';
import { fixedProvisioner, noProvisioner, type TaskIds } from '../provision/existing-tasks.ts';
import type { Provisioner, Requester } from '../provision/provisioner.ts';
import { takingS } from '../reference/crdbs-options.ts';
import { existingTasks } from '../reference/demo.ts';
import type { DirectReference } from '../reference/reference.ts';
import { type SimulationOptions, type simulate, withoutNetwork } from './simulation.ts';

export type Provision = NonNullable<RunOptions['provision']>;

/** What is known of a target. A power that is left out is assumed. */
export interface Likeness {
  /** What it offers by the task control protocol. */
  readonly offered?: ControlCapabilities;
  /** The statuses of the tasks that are there. */
  readonly statuses?: readonly Status[];
  /** Why no database can be made on it. */
  readonly withoutDatabase?: string;
  /** Whether it takes no `X-Result-TTL` where a task is made. */
  readonly refusesTtl?: boolean;
  /** From the request of an operation on a database to its end. */
  readonly operationMs?: number;
}

export type SimulatedRun = Omit<SimulationOptions, 'selection' | 'settings'> & {
  readonly start: Parameters<typeof simulate>[0];
};

/** What an operation on a database takes where that is not known. */
export const usualOperationMs = 1000;

/** How a run by each provisioner is simulated: on a cluster that is like the target, as far as that is known. */
export const simulations: Readonly<
  Record<Provision, (options: RunOptions, like?: Likeness) => SimulatedRun>
> = {
  control: (_, { offered, statuses } = {}) => ({
    start: (clock) => withoutNetwork({ clock }, foreign(statuses)),
    ...(offered ? { provisioner: (asker) => controlProvisioner(asker, offered) } : {}),
  }),
  crdbs: (
    { crdb, databases },
    { withoutDatabase, refusesTtl = false, statuses, operationMs = usualOperationMs } = {},
  ) => ({
    start: (clock) =>
      withoutNetwork(
        {
          clock,
          crdbs: { takesMs: takingS(operationMs / 1000), ...(refusesTtl ? { resultTtl: 'refused' } : {}) },
        },
        (reference) => {
          foreign(statuses)(reference);
          if (crdb !== undefined) reference.side?.databases.plant({ name: 'named' }, crdb);
        },
      ),
    ...(withoutDatabase === undefined
      ? {
          crdbs: {
            ...(crdb === undefined ? {} : { named: crdb }),
            ...(databases === undefined ? {} : { databases }),
          },
        }
      : { provisioner: (asker) => crdbsProvisioner(asker, { why: withoutDatabase }) }),
  }),
  fixed: ({ tasks = {} }) => ({
    start: (clock) => withoutNetwork({ clock }, making(tasks)),
    provisioner: () => fixedProvisioner(tasks),
  }),
  command: () => {
    let made = 0;
    const ids = (phase: string) => Array.from({ length: 500 }, () => `by-the-program-${phase}-${++made}`);
    const tasks: TaskIds = Object.fromEntries(phases.map((phase) => [phase, ids(phase)]));
    return {
      start: (clock) => withoutNetwork({ clock }, making(tasks)),
      provisioner: () => byHand(tasks),
    };
  },
  none: (_, { statuses } = {}) => ({
    start: (clock) =>
      withoutNetwork({ clock }, (reference) => {
        foreign(statuses)(reference);
        if (!statuses) for (const wanted of existingTasks) reference.tasks.create(wanted);
      }),
    provisioner: noProvisioner,
  }),
};

const phaseOf: Readonly<Record<Status, Phase>> = {
  queued: 'queued',
  started: 'running',
  finished: 'finished',
  failed: 'failed',
};

/** Makes tasks that belong to others. */
const foreign =
  (statuses: readonly Status[] = []) =>
  ({ tasks }: DirectReference): void => {
    for (const status of statuses) tasks.create({ phase: phaseOf[status] });
  };

/** Makes tasks by their ids, each in its phase. */
const making =
  (ids: TaskIds) =>
  ({ tasks }: DirectReference): void => {
    for (const phase of phases) for (const id of ids[phase] ?? []) tasks.create({ id, phase });
  };

/** As a program would: a fresh task each time, also one to read. */
function byHand(tasks: TaskIds): Provisioner {
  const fixed = fixedProvisioner(tasks);
  const asked = (asker: Requester): Provisioner => {
    const own = fixed.forRequester?.(asker) ?? fixed;
    return { ...own, existing: (phase) => own.provision(phase) };
  };
  return { ...fixed, forRequester: asked };
}
