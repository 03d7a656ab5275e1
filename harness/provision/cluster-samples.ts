/** For own tests: a cluster whose tasks come by `/v1/crdbs`, in simulated time and without a network, and who asks it. */
import { guarding } from '../ledger/guard.ts';
import { type Ledger, ledgerInMemory } from '../ledger/ledger.ts';
import type { Putting } from '../ledger/put-back.ts';
import type { Quirks } from '../reference/cluster/quirks.ts';
import { type DirectReference, directReference } from '../reference/direct.ts';
import type { RulesInTime } from '../reference/reference.ts';
import { SimulatedClock } from '../worlds/simulated.ts';
import { httpWorld, type World } from '../worlds/world.ts';
import { type Ground, prepareGround } from './own-database.ts';
import type { Asker } from './provisioner.ts';

export interface SampleCluster {
  readonly reference: DirectReference;
  readonly ledger: Ledger;
  readonly world: World;
  readonly asker: Asker;
  readonly putting: Putting;
  /** Every request that was sent, as `PATCH /v1/crdbs/…`. */
  readonly sent: readonly string[];
  /** Takes the answers of the requests that it holds true of away, after they had their effect. */
  lose(whose: (request: string) => boolean): void;
  /** What a run begins with; on the database that is named, where one is. */
  prepare(named?: string): Promise<Ground>;
  /** The names of the databases that are there. */
  databases(): readonly unknown[];
}

export function sampleCluster(crdbs: Partial<Quirks> = {}, rules?: RulesInTime): SampleCluster {
  const clock = new SimulatedClock();
  const reference = directReference({ clock: clock.forServer, crdbs, ...(rules ? { rules } : {}) });
  const ledger = ledgerInMemory('tag');
  const sent: string[] = [];
  let lost: (request: string) => boolean = () => false;
  const world = httpWorld({
    target: { url: new URL('http://reference.invalid'), login: reference, insecure: false },
    clock,
    timeoutMs: 1000,
    concurrency: 4,
    guard: guarding(ledger),
    record: () => {},
    inFlight: (work) => clock.inFlight(work),
    carry: (call) => {
      const request = `${call.method} ${call.path}`;
      sent.push(request);
      const answer = reference.answer(call, new AbortController().signal);
      const given = lost(request) ? answer.then(() => Promise.reject(new Error('connection reset'))) : answer;
      return { answer: given, abandon: () => {} };
    },
  });
  const putting: Putting = {
    send: world.send,
    wait: (ms) => world.wait(ms),
    nowMs: () => world.now().earliestMs,
    ledger,
    patienceMs: 30_000,
  };
  let made = 0;
  return {
    reference,
    ledger,
    world,
    sent,
    putting,
    asker: {
      send: world.send,
      wait: putting.wait,
      newId: () => `${ledger.mark}0123456789-${String(++made).padStart(3, '0')}`,
      hold: () => {},
    },
    lose: (whose) => {
      lost = whose;
    },
    prepare: (named) =>
      prepareGround({ ...putting, login: reference, named, interrupt: new AbortController().signal }),
    databases: () => (reference.side?.databases.shown() ?? []).map(({ name }) => name),
  };
}
