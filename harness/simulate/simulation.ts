/**
 * A whole run in simulated time on a reference cluster in this process, which moves its clock from one waking instant to
 * the next: for the kill matrix, for own tests, and to foresee what a run would send and prove.
 */
import type { RunOptions } from '../config/run-options.ts';
import type { Carrier } from '../http/client.ts';
import { realClock, SimulatedClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import type { Status } from '../judge/shown.ts';
import type { RunEvent } from '../model/report.ts';
import { defaultDatabases, defaultSettings, type Settings } from '../model/settings.ts';
import { type Phase, phases } from '../model/task.ts';
import { cleanUpResources } from '../provision/cleanup.ts';
import {
  askForControl,
  type ControlCapabilities,
  controlProvisioner,
  offeredControl,
} from '../provision/control.ts';
import { crdbsProvisioner } from '../provision/crdbs.ts';
import { fixedProvisioner, noProvisioner, type TaskIds } from '../provision/existing-tasks.ts';
import { guarding } from '../provision/guard.ts';
import type { Provisioner, Requester } from '../provision/provisioner.ts';
import { resourceLogInMemory } from '../provision/resource-log.ts';
import { prepareTestDatabases } from '../provision/test-databases.ts';
import { takingS } from '../reference/crdbs-options.ts';
import { existingTasks } from '../reference/demo.ts';
import { type ClusterOptions, type DirectReference, directReference } from '../reference/reference.ts';
import type { Clock } from '../reference/tasks.ts';
import { type Contract, loadContract } from '../run/contract.ts';
import { gather } from '../run/report.ts';
import { Runner } from '../run/runner.ts';

/** A server that takes its clock from outside. */
export interface SimulatedServer {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** How requests reach it; left out: over HTTP. */
  readonly carry?: Carrier;
  close(): Promise<void>;
}

/**
 * A reference cluster that is reached without a network: a run on it takes a quarter of the time.
 * @param prepare makes the tasks that exist before the run
 */
export function withoutNetwork(
  options: ClusterOptions,
  prepare: (reference: DirectReference) => void = () => {},
): SimulatedServer {
  const reference = directReference(options);
  const { user, password, answer } = reference;
  prepare(reference);
  return {
    url: 'http://reference.invalid',
    user,
    password,
    carry: (call) => {
      const given = new AbortController();
      return { answer: answer(call, given.signal), abandon: () => given.abort('abandoned') };
    },
    close: async () => {},
  };
}

export interface SimulationOptions {
  /** What the server is held to; left out: the default edition. */
  readonly contract?: Contract;
  /** Clause ids; all where none are named. */
  readonly selection?: readonly string[];
  readonly settings?: Partial<Settings>;
  /** Left out: simulated. */
  readonly time?: 'simulated' | 'real';
  /** How tasks come about; left out: as in a run, by the control protocol where the server speaks it. */
  readonly provisioner?: (asker: Requester) => Provisioner;
  /** By `/v1/crdbs`, on a database of the run's own, which is deleted at the end, or on the one that is named. */
  readonly crdbs?: { readonly named?: string; readonly databases?: number };
  /** Nothing that could change anything is sent; by `none` it never is. */
  readonly readsOnly?: boolean;
  /** False: as on a target that asks for no credentials. */
  readonly authenticates?: boolean;
}

/** Of every simulation: the same check makes the same ids. */
const tag = 'simulation';

const realTime = () => {
  const clock = realClock();
  return { clock, forServer: clock, inFlight: <T>(work: () => Promise<T>) => work() };
};

function simulatedTime() {
  const clock = new SimulatedClock();
  return {
    clock,
    forServer: clock.forServer,
    inFlight: <T>(work: () => Promise<T>) => clock.inFlight(work),
  };
}

/**
 * Runs the suites against a server.
 * @param start gives the server, on the clock that it is handed
 * @returns all events of the run
 */
export async function simulate(
  start: (clock: Clock) => SimulatedServer | Promise<SimulatedServer>,
  {
    contract,
    selection,
    settings = {},
    time = 'simulated',
    provisioner: chosenProvisioner,
    crdbs,
    readsOnly = false,
    authenticates = true,
  }: SimulationOptions = {},
): Promise<readonly RunEvent[]> {
  const { register, validators, book } = contract ?? (await loadContract());
  const { clock, forServer, inFlight } = time === 'real' ? realTime() : simulatedTime();
  const server = await start(forServer);
  const events: RunEvent[] = [];
  const chosen: Settings = { ...defaultSettings, ...settings };
  const resourceLog = resourceLogInMemory(tag);
  const environment = httpEnvironment({
    target: {
      url: new URL(server.url),
      login: { user: server.user, password: server.password },
      insecure: false,
    },
    clock,
    timeoutMs: chosen.timeoutS * 1000,
    concurrency: 32,
    record: (exchange) => events.push({ type: 'exchange', exchange }),
    inFlight,
    guard: guarding(resourceLog),
    ...(server.carry ? { carry: server.carry } : {}),
  });
  try {
    const asker: Requester = {
      send: environment.send,
      newId: () => 'unused',
      wait: (ms) => environment.wait(ms),
      hold: (id) => resourceLog.enter({ type: 'given task', id }),
    };
    const putting = {
      send: environment.send,
      wait: asker.wait,
      nowMs: () => environment.now().earliestMs,
      resourceLog,
      limitMs: 60_000,
    };
    const testDatabase = crdbs
      ? await prepareTestDatabases({
          ...putting,
          login: { user: server.user, password: server.password },
          named: crdbs.named,
          count: crdbs.databases ?? defaultDatabases,
          interrupt: new AbortController().signal,
        })
      : undefined;
    const offered = testDatabase ? undefined : offeredControl(await environment.send(askForControl()));
    const offering = offered ? controlProvisioner(asker, offered) : noProvisioner(asker);
    const provisioner =
      chosenProvisioner?.(asker) ?? (testDatabase ? crdbsProvisioner(asker, testDatabase) : offering);
    const runner = new Runner({
      book,
      register,
      selection: selection ?? [...book.keys()],
      runContext: {
        environment,
        provisioner,
        settings: chosen,
        validators,
        tag,
        authenticates,
        resourceLog,
        readsOnly: readsOnly || provisioner.name === 'none',
      },
      record: (event) => events.push(event),
      evidence: () => gather(events).exchanges,
    });
    await runner.run();
    if (crdbs) {
      const left = await cleanUpResources(putting);
      if (left.length > 0)
        events.push({ type: 'cut-short', reason: `left behind: ${left.join('; ')}`, fault: 'harness' });
    }
  } finally {
    environment.close();
    await server.close();
  }
  return events;
}

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
