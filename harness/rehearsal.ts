/** A whole run against a server of ours in simulated time: what the kill matrix and the suites' own tests stand on. */
import { loadRegister, type Register } from '../spec/register.ts';
import { loadValidators, type Validators } from '../spec/validators.ts';
import { readSuites } from './clause.ts';
import { Conductor } from './conductor.ts';
import type { RunEvent } from './events.ts';
import { askForControl, controlProvisioner, offeredControl } from './provision/control.ts';
import { noProvisioner } from './provision/none.ts';
import type { Asker, Provisioner } from './provisioner.ts';
import type { Clock } from './reference/clock.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { suiteFiles } from './suites.ts';
import { httpWorld } from './world.ts';
import { SimulatedClock } from './worlds/simulated.ts';

/** A server of ours that takes its clock from outside. */
export interface Rehearsed {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
}

export interface RehearsalOptions {
  /** Clause ids; all where none are named. */
  readonly selection?: readonly string[];
  readonly settings?: Partial<Settings>;
  /** How tasks come about; left out: as in a run, by the control protocol where the server speaks it. */
  readonly provisioner?: (asker: Asker) => Provisioner;
}

let contract: { readonly register: Register; readonly validators: Validators } | undefined;

/**
 * Runs the suites against a server in simulated time.
 * @param start gives the server, on the clock that it is handed
 * @returns everything that the run told
 */
export async function rehearse(
  start: (clock: Clock) => Promise<Rehearsed>,
  { selection, settings = {}, provisioner: chosenProvisioner }: RehearsalOptions = {},
): Promise<readonly RunEvent[]> {
  contract ??= { register: loadRegister(), validators: loadValidators() };
  const book = await readSuites(suiteFiles);
  const clock = new SimulatedClock();
  const server = await start(clock.forServer);
  const events: RunEvent[] = [];
  const chosen: Settings = { ...defaultSettings, ...settings };
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
    inFlight: (work) => clock.inFlight(work),
  });
  try {
    const offered = offeredControl(await world.send(askForControl()));
    const asker: Asker = { send: world.send, newId: () => 'nobody asks for one' };
    const offering = offered ? controlProvisioner(asker, offered) : noProvisioner(asker);
    const provisioner = chosenProvisioner?.(asker) ?? offering;
    const conductor = new Conductor({
      book,
      ...contract,
      selection: selection ?? [...book.keys()],
      stage: { world, provisioner, settings: chosen, tag: 'rehearsal', authenticates: true },
      record: (event) => events.push(event),
    });
    await conductor.run();
  } finally {
    world.close();
    await server.close();
  }
  return events;
}
