/** For own tests: a cluster whose tasks come by `/v1/crdbs`, in simulated time and without a network, and who asks it. */

import { SimulatedClock } from '../http/clock.ts';
import { type Environment, httpEnvironment } from '../http/environment.ts';
import { guarding } from '../provision/guard.ts';
import type { Requester } from '../provision/provisioner.ts';
import { type ResourceLog, resourceLogInMemory } from '../provision/resource-log.ts';
import type { OnResources } from '../provision/test-databases.ts';
import { prepareTestDatabases, type TestDatabases } from '../provision/test-databases.ts';
import type { CrdbsOptions } from '../reference/crdbs-options.ts';
import { type DirectReference, directReference, type RulesInTime } from '../reference/reference.ts';

export interface SampleCluster {
  readonly reference: DirectReference;
  readonly resourceLog: ResourceLog;
  readonly environment: Environment;
  readonly asker: Requester;
  readonly cleaning: OnResources;
  /** Every request that was sent, as `PATCH /v1/crdbs/…`. */
  readonly sent: readonly string[];
  /** Takes the answers of the requests that it holds true of away, after they had their effect. */
  lose(whose: (request: string) => boolean): void;
  /** Changes what the target answers, before it is received. */
  lie(how: (request: string, body: string) => string): void;
  /** What a run begins with; on the database that is named, where one is. */
  prepare(named?: string): Promise<TestDatabases>;
  /** The names of the databases that are there. */
  databases(): readonly unknown[];
}

export function sampleCluster(crdbs: Partial<CrdbsOptions> = {}, rules?: RulesInTime): SampleCluster {
  const clock = new SimulatedClock();
  const reference = directReference({ clock: clock.forServer, crdbs, ...(rules ? { rules } : {}) });
  const resourceLog = resourceLogInMemory('tag');
  const sent: string[] = [];
  let lost: (request: string) => boolean = () => false;
  let lied: (request: string, body: string) => string = (_, body) => body;
  const environment = httpEnvironment({
    target: { url: new URL('http://reference.invalid'), login: reference, insecure: false },
    clock,
    timeoutMs: 1000,
    concurrency: 4,
    guard: guarding(resourceLog),
    record: () => {},
    inFlight: (work) => clock.inFlight(work),
    carry: (call) => {
      const request = `${call.method} ${call.path}`;
      sent.push(request);
      const answer = reference
        .answer(call, new AbortController().signal)
        .then(({ body, ...answered }) => ({ ...answered, body: lied(request, body) }));
      const given = lost(request) ? answer.then(() => Promise.reject(new Error('connection reset'))) : answer;
      return { answer: given, abandon: () => {} };
    },
  });
  const cleaning: OnResources = {
    send: environment.send,
    wait: (ms) => environment.wait(ms),
    nowMs: () => environment.now().earliestMs,
    resourceLog,
    limitMs: 30_000,
  };
  let made = 0;
  return {
    reference,
    resourceLog,
    environment,
    sent,
    cleaning,
    asker: {
      send: environment.send,
      wait: cleaning.wait,
      newId: () => `${resourceLog.mark}0123456789-${String(++made).padStart(3, '0')}`,
      hold: () => {},
    },
    lose: (whose) => {
      lost = whose;
    },
    lie: (how) => {
      lied = how;
    },
    prepare: (named) =>
      prepareTestDatabases({ ...cleaning, login: reference, named, interrupt: new AbortController().signal }),
    databases: () => (reference.side?.databases.shown() ?? []).map(({ name }) => name),
  };
}
