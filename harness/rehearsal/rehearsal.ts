/** A whole run against a server of ours in this process: what the kill matrix and the suites' own tests stand on. */
import { documented, registered } from '../judge/documented.ts';
import { guarding } from '../ledger/guard.ts';
import { ledgerInMemory } from '../ledger/ledger.ts';
import { putBack } from '../ledger/put-back.ts';
import { defaultSettings, type Settings } from '../options/settings.ts';
import { askForControl, controlProvisioner, offeredControl } from '../provision/control.ts';
import { crdbsProvisioner } from '../provision/crdbs.ts';
import { noProvisioner } from '../provision/none.ts';
import { prepareGround } from '../provision/own-database.ts';
import type { Asker, Provisioner } from '../provision/provisioner.ts';
import type { Clock } from '../reference/clock.ts';
import { type DirectReference, directReference } from '../reference/direct.ts';
import type { ClusterOptions } from '../reference/reference.ts';
import { type Check, readSuites } from '../run/clause.ts';
import { Conductor } from '../run/conductor.ts';
import type { RunEvent } from '../run/events.ts';
import { suiteFiles } from '../run/suites.ts';
import type { Carrier } from '../worlds/client.ts';
import { realClock } from '../worlds/clock.ts';
import { SimulatedClock } from '../worlds/simulated.ts';
import { httpWorld } from '../worlds/world.ts';

/** A server of ours that takes its clock from outside. */
export interface Rehearsed {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** How requests reach it; over HTTP where it isn't said. */
  readonly carry?: Carrier;
  close(): Promise<void>;
}

/**
 * A reference cluster that is asked without a network: a run on it takes a quarter of the time.
 * @param prepare makes what is to be there before anybody asks
 */
export function withoutNetwork(
  options: ClusterOptions,
  prepare: (reference: DirectReference) => void = () => {},
): Rehearsed {
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

export interface RehearsalOptions {
  /** Clause ids; all where none are named. */
  readonly selection?: readonly string[];
  /** A check that is left out, to see who needs it. */
  readonly without?: Check;
  readonly settings?: Partial<Settings>;
  /** Simulated where it isn't said. */
  readonly time?: 'simulated' | 'real';
  /** How tasks come about; left out: as in a run, by the control protocol where the server speaks it. */
  readonly provisioner?: (asker: Asker) => Provisioner;
  /** By `/v1/crdbs`, on a database of the run's own, which is given back at the end, or on the one that is named. */
  readonly crdbs?: { readonly named?: string };
  /** Nothing that could change anything is sent; by `none` it never is. */
  readonly readsOnly?: boolean;
  /** False: as on a target that asks for no credentials. */
  readonly authenticates?: boolean;
}

/** Of every rehearsal: the same check makes the same ids. */
const tag = 'rehearsal';

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

const leaving = (book: ReadonlyMap<string, readonly Check[]>, out: Check | undefined) =>
  new Map([...book].map(([clause, checks]) => [clause, checks.filter((check) => check !== out)]));

/**
 * Runs the suites against a server.
 * @param start gives the server, on the clock that it is handed
 * @returns everything that the run told
 */
export async function rehearse(
  start: (clock: Clock) => Rehearsed | Promise<Rehearsed>,
  {
    selection,
    without,
    settings = {},
    time = 'simulated',
    provisioner: chosenProvisioner,
    crdbs,
    readsOnly = false,
    authenticates = true,
  }: RehearsalOptions = {},
): Promise<readonly RunEvent[]> {
  const book = leaving(await readSuites(suiteFiles), without);
  const { clock, forServer, inFlight } = time === 'real' ? realTime() : simulatedTime();
  const server = await start(forServer);
  const events: RunEvent[] = [];
  const chosen: Settings = { ...defaultSettings, ...settings };
  const ledger = ledgerInMemory(tag);
  const world = httpWorld({
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
    guard: guarding(ledger),
    ...(server.carry ? { carry: server.carry } : {}),
  });
  try {
    const asker: Asker = {
      send: world.send,
      newId: () => 'nobody asks for one',
      wait: (ms) => world.wait(ms),
      hold: (id) => ledger.enter({ type: 'given task', id }),
    };
    const putting = {
      send: world.send,
      wait: asker.wait,
      nowMs: () => world.now().earliestMs,
      ledger,
      patienceMs: 60_000,
    };
    const ground = crdbs
      ? await prepareGround({
          ...putting,
          login: { user: server.user, password: server.password },
          named: crdbs.named,
          interrupt: new AbortController().signal,
        })
      : undefined;
    const offered = ground ? undefined : offeredControl(await world.send(askForControl()));
    const offering = offered ? controlProvisioner(asker, offered) : noProvisioner(asker);
    const provisioner = chosenProvisioner?.(asker) ?? (ground ? crdbsProvisioner(asker, ground) : offering);
    const conductor = new Conductor({
      book,
      register: registered(),
      validators: documented(),
      selection: selection ?? [...book.keys()],
      stage: {
        world,
        provisioner,
        settings: chosen,
        tag,
        authenticates,
        ledger,
        readsOnly: readsOnly || provisioner.name === 'none',
      },
      record: (event) => events.push(event),
    });
    await conductor.run();
    if (crdbs) {
      const left = await putBack(putting);
      if (left.length > 0)
        events.push({ type: 'cut-short', reason: `left behind: ${left.join('; ')}`, fault: 'harness' });
    }
  } finally {
    world.close();
    await server.close();
  }
  return events;
}
