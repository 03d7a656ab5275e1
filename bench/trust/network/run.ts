/** A whole run in real time, put together as for a user, against a server of ours behind a bad network. */
import { UserError } from '../../../harness/errors.ts';
import { documented } from '../../../harness/judge/documented.ts';
import { guarding } from '../../../harness/ledger/guard.ts';
import { ledgerInMemory } from '../../../harness/ledger/ledger.ts';
import { defaultSettings, type Settings } from '../../../harness/options/settings.ts';
import { provisionerFor } from '../../../harness/provision/choice.ts';
import { type RulesInTime, startReference } from '../../../harness/reference/reference.ts';
import { gather, judgeRun } from '../../../harness/run/assemble.ts';
import { readSuites } from '../../../harness/run/clause.ts';
import { Conductor } from '../../../harness/run/conductor.ts';
import type { RunEvent } from '../../../harness/run/events.ts';
import { newTag } from '../../../harness/run/plan.ts';
import { suiteFiles } from '../../../harness/run/suites.ts';
import { type Preflight, preflight } from '../../../harness/target/preflight.ts';
import type { Target } from '../../../harness/target/target.ts';
import { realClock } from '../../../harness/worlds/clock.ts';
import { pulse } from '../../../harness/worlds/pulse.ts';
import { httpWorld, type World } from '../../../harness/worlds/world.ts';
import { loadRegister } from '../../../spec/register.ts';
import { badNetwork } from './proxy.ts';
import type { Weather } from './weather.ts';

export interface Trial {
  readonly weather: Weather;
  readonly seed: number;
  /** Of the server; the contract where they are left out. */
  readonly rules?: RulesInTime;
  readonly settings?: Partial<Settings>;
}

export interface Tried extends ReturnType<typeof judgeRun>, ReturnType<typeof gather> {
  /** Why there was no run, or not a whole one. */
  readonly ended: string | undefined;
  /** Tasks that were left on the server. */
  readonly leftBehind: number;
}

/** @returns what the run came to */
export async function runOver({ weather, seed, rules, settings = {} }: Trial): Promise<Tried> {
  const register = loadRegister();
  const book = await readSuites(suiteFiles);
  const clock = realClock();
  await using server = await startReference({ clock, ...(rules ? { rules } : {}) });
  await using network = await badNetwork({ to: Number(new URL(server.url).port), weather, seed });
  const events: RunEvent[] = [];
  const chosen: Settings = { ...defaultSettings, seed, ...settings };
  const target = {
    url: new URL(`http://127.0.0.1:${network.port}`),
    login: { user: server.user, password: server.password },
    insecure: false,
  };
  const over = new AbortController();
  const ledger = ledgerInMemory(newTag());
  let alive: ReturnType<typeof pulse> = () => {};
  const world = httpWorld({
    target,
    clock,
    timeoutMs: chosen.timeoutS * 1000,
    concurrency: 16,
    over: over.signal,
    guard: guarding(ledger),
    record: (exchange) => {
      events.push({ type: 'exchange', exchange });
      alive(exchange);
    },
  });
  let ended: string | undefined;
  try {
    const { control } = await begun(world, target);
    if (!control) throw new UserError('the target offers no control', 'it should', 3);
    const newId = (): string => 'nobody asks for one';
    const conductor = new Conductor({
      book,
      register,
      validators: documented(),
      selection: [...book.keys()],
      stage: {
        world,
        provisioner: provisionerFor(
          { name: 'control', offered: control },
          { send: world.send, newId, hold: () => {}, wait: async () => {} },
        ),
        settings: chosen,
        tag: ledger.opened.tag,
        ledger,
        readsOnly: false,
        authenticates: true,
      },
      record: (event) => {
        events.push(event);
        if (event.type === 'cut-short') ended = event.reason;
      },
      over,
    });
    alive = pulse((reason) => conductor.cutShort(reason, 'target'));
    await conductor.run();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ended = error.message;
  } finally {
    world.close();
  }
  const told = gather(events);
  return {
    ...told,
    ...judgeRun(told.checks, [...book.keys()], register, { strict: false }),
    ended,
    leftBehind: server.tasks.size,
  };
}

const beginnings = 5;

/** A user who is told that the target can't be reached looks again a little later. */
async function begun(world: World, target: Target, beginning = 1): Promise<Preflight> {
  try {
    return await preflight(world, target, true);
  } catch (error) {
    if (!(error instanceof UserError) || beginning === beginnings) throw error;
    await world.wait(1000);
    return begun(world, target, beginning + 1);
  }
}
