/** A whole run against a server of ours in this process: what the kill matrix and the suites' own tests stand on. */
import type { Carrier } from '../http/client.ts';
import { realClock, SimulatedClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { documented, registered } from '../judge/documented.ts';
import type { RunEvent } from '../model/events.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { cleanUpResources } from '../provision/cleanup.ts';
import { askForControl, controlProvisioner, offeredControl } from '../provision/control.ts';
import { crdbsProvisioner } from '../provision/crdbs.ts';
import { prepareTestDatabase } from '../provision/databases.ts';
import { noProvisioner } from '../provision/existing-tasks.ts';
import { guarding } from '../provision/guard.ts';
import type { Provisioner, Requester } from '../provision/provisioner.ts';
import { resourceLogInMemory } from '../provision/resource-log.ts';
import { type ClusterOptions, type DirectReference, directReference } from '../reference/reference.ts';
import type { Clock } from '../reference/tasks.ts';
import { readSuites } from '../run/clause.ts';
import { Runner } from '../run/runner.ts';
import { suiteFiles } from '../run/suites.ts';

/** A server of ours that takes its clock from outside. */
export interface SimulatedServer {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** How requests reach it; over HTTP where it isn't said. */
  readonly carry?: Carrier;
  close(): Promise<void>;
}

/**
 * A reference cluster within this process, without a network: a run on it takes a quarter of the time.
 * @param prepare makes what is to be there before anybody asks
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
  /** Clause ids; all where none are named. */
  readonly selection?: readonly string[];
  readonly settings?: Partial<Settings>;
  /** Simulated where it isn't said. */
  readonly time?: 'simulated' | 'real';
  /** How tasks come about; left out: as in a run, by the control protocol where the server speaks it. */
  readonly provisioner?: (asker: Requester) => Provisioner;
  /** By `/v1/crdbs`, on a database of the run's own, which is given back at the end, or on the one that is named. */
  readonly crdbs?: { readonly named?: string };
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
 * @returns everything that the run told
 */
export async function simulate(
  start: (clock: Clock) => SimulatedServer | Promise<SimulatedServer>,
  {
    selection,
    settings = {},
    time = 'simulated',
    provisioner: chosenProvisioner,
    crdbs,
    readsOnly = false,
    authenticates = true,
  }: SimulationOptions = {},
): Promise<readonly RunEvent[]> {
  const book = await readSuites(suiteFiles);
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
      newId: () => 'nobody asks for one',
      wait: (ms) => environment.wait(ms),
      hold: (id) => resourceLog.enter({ type: 'given task', id }),
    };
    const cleaning = {
      send: environment.send,
      wait: asker.wait,
      nowMs: () => environment.now().earliestMs,
      resourceLog,
      limitMs: 60_000,
    };
    const ground = crdbs
      ? await prepareTestDatabase({
          ...cleaning,
          login: { user: server.user, password: server.password },
          named: crdbs.named,
          interrupt: new AbortController().signal,
        })
      : undefined;
    const offered = ground ? undefined : offeredControl(await environment.send(askForControl()));
    const offering = offered ? controlProvisioner(asker, offered) : noProvisioner(asker);
    const provisioner = chosenProvisioner?.(asker) ?? (ground ? crdbsProvisioner(asker, ground) : offering);
    const runner = new Runner({
      book,
      register: registered(),
      validators: documented(),
      selection: selection ?? [...book.keys()],
      runContext: {
        environment,
        provisioner,
        settings: chosen,
        tag,
        authenticates,
        resourceLog,
        readsOnly: readsOnly || provisioner.name === 'none',
      },
      record: (event) => events.push(event),
    });
    await runner.run();
    if (crdbs) {
      const left = await cleanUpResources(cleaning);
      if (left.length > 0)
        events.push({ type: 'cut-short', reason: `left behind: ${left.join('; ')}`, fault: 'harness' });
    }
  } finally {
    environment.close();
    await server.close();
  }
  return events;
}
