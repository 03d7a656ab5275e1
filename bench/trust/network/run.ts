/** A whole run in real time, put together as for a user, against a server of ours behind a bad network. */

import { realClock } from '../../../harness/http/clock.ts';
import { type Environment, httpEnvironment } from '../../../harness/http/environment.ts';
import { livenessMonitor } from '../../../harness/http/liveness.ts';
import type { Target } from '../../../harness/http/target.ts';
import { documented } from '../../../harness/judge/documented.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { RunEvent } from '../../../harness/model/events.ts';
import { defaultSettings, type Settings } from '../../../harness/model/settings.ts';
import { provisionerFor } from '../../../harness/provision/choice.ts';
import { guarding } from '../../../harness/provision/guard.ts';
import { type Preflight, preflight } from '../../../harness/provision/preflight.ts';
import { resourceLogInMemory } from '../../../harness/provision/resource-log.ts';
import { type RulesInTime, startReference } from '../../../harness/reference/reference.ts';
import { gather, judgeRun } from '../../../harness/run/assemble.ts';
import { readSuites } from '../../../harness/run/clause.ts';
import { newTag } from '../../../harness/run/plan.ts';
import { Runner } from '../../../harness/run/runner.ts';
import { suiteFiles } from '../../../harness/run/suites.ts';
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
  const resourceLog = resourceLogInMemory(newTag());
  let alive: ReturnType<typeof livenessMonitor> = () => {};
  const environment = httpEnvironment({
    target,
    clock,
    timeoutMs: chosen.timeoutS * 1000,
    concurrency: 16,
    over: over.signal,
    guard: guarding(resourceLog),
    record: (exchange) => {
      events.push({ type: 'exchange', exchange });
      alive(exchange);
    },
  });
  let ended: string | undefined;
  try {
    const { control } = await begun(environment, target);
    if (!control) throw new UserError('the target offers no control', 'it should', 3);
    const newId = (): string => 'nobody asks for one';
    const runner = new Runner({
      book,
      register,
      validators: documented(),
      selection: [...book.keys()],
      runContext: {
        environment,
        provisioner: provisionerFor(
          { name: 'control', offered: control },
          { send: environment.send, newId, hold: () => {}, wait: async () => {} },
        ),
        settings: chosen,
        tag: resourceLog.opened.tag,
        resourceLog,
        readsOnly: false,
        authenticates: true,
      },
      record: (event) => {
        events.push(event);
        if (event.type === 'cut-short') ended = event.reason;
      },
      over,
    });
    alive = livenessMonitor((reason) => runner.cutShort(reason, 'target'));
    await runner.run();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ended = error.message;
  } finally {
    environment.close();
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
async function begun(environment: Environment, target: Target, beginning = 1): Promise<Preflight> {
  try {
    return await preflight(environment, target, true);
  } catch (error) {
    if (!(error instanceof UserError) || beginning === beginnings) throw error;
    await environment.wait(1000);
    return begun(environment, target, beginning + 1);
  }
}
