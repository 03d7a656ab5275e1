import type { Carrier } from '../http/client.ts';
import { realClock, SimulatedClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import type { RunEvent } from '../model/report.ts';
import { defaultDatabases, defaultSettings, type Settings } from '../model/settings.ts';
import { cleanUpResources } from '../provision/cleanup.ts';
import { askForControl, controlProvisioner, offeredControl } from '../provision/control.ts';
import { crdbsProvisioner } from '../provision/crdbs.ts';
import { noProvisioner } from '../provision/existing-tasks.ts';
import { guarding } from '../provision/guard.ts';
import type { Provisioner, Requester } from '../provision/provisioner.ts';
import { resourceLogInMemory } from '../provision/resource-log.ts';
import { prepareTestDatabases } from '../provision/test-databases.ts';
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
