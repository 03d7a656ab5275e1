/**
 * Makes tasks on a real cluster by the documented operations on one test database: the run's own, or one that the user
 * names. These tasks move by themselves, so each is polled until it shows the wanted phase, or misses it.
 * The provisioner never flushes or purges, and its updates leave the database as it was.
 */
import { textOf } from '../../spec/record.ts';
import { semaphore } from '../http/environment.ts';
import { type Bracket, bracket } from '../model/bracket.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import { type Exchange, json, unsentId } from '../model/exchange.ts';
import { cancel, read } from '../model/requests.ts';
import { pollGapMs } from '../model/settings.ts';
import { type Phase, phases, type Task, type Wish } from '../model/task.ts';
import {
  type DatabaseLoad,
  type DatabasesThere,
  isPast,
  operationsOn,
  phaseShown,
} from './crdbs-operations.ts';
import { withoutDatabase } from './existing-tasks.ts';

import type { Provisioner, Requester } from './provisioner.ts';
import type { FoundDatabases, TestDatabases } from './test-databases.ts';

/** How many tasks one check tries in order to see one in the wanted phase. */
export const mostRaces = 4;
/** After this many checks in a row without success, the phase is too short here: each further check tries one task. */
const enoughLosses = 3;
/** How many checks make tasks at the same time: a database works on one operation at a time, and the next one waits. */
const lanes = 2;
/** Where an operation takes less, tasks are made one by one: two that are looked at in turn would be missed. */
const shortMs = 1500;
/** The pause between two reads of a task, at least and at most; in between, a part of what an operation takes. */
const leastPollMs = 20;
const mostPollMs = 1000;
const pollsPerOperation = 3;
/** In an operation of less than a second tasks are looked at so often. */
const pollsInShort = 5;
/** The part of an operation in which it is not looked at: it can't have ended. */
const leastOfOperation = 0.7;
/** After this many reads the database is read too: if it was deleted, the task may wait for ever. */
const readsPerDatabaseRead = 50;
/**
 * How long a task may take to reach the wanted phase: at least so many milliseconds, and so many operations. Once that
 * was too short, no more tasks are waited for so long: they may never get there.
 */
const limits = {
  usual: { leastMs: 60_000, operations: 40 },
  shortened: { leastMs: 10_000, operations: 10 },
} as const;
/** After so many tasks in a row that did not get to their phase in time, no more are made. */
const mostStuck = 6;
/** After this many reads in a row without a readable status, the task is handed over, and a check reports the fault. */
const mostUnread = 20;
/** For so long a task stays queued that a check can act on it, and the most operations that are queued before it. */
const queuedForS = 1.5;
const mostBefore = 24;
/** What an operation is assumed to take where none was seen to end. */
const assumedMs = 1000;
/** An ended task that several checks read is replaced after so long: its status is kept for 500 s. */
const sharedForMs = 300_000;

/** The TTL, in seconds, of a task that no check needs any more: no request removes one. */
const leastTtl = '1';

/** A race that another try would lose as well. */
const lostRace = (why: string): LostRace => new LostRace(why, { byChance: false });

interface Shared extends DatabasesThere {
  readonly turn: ReturnType<typeof semaphore>;
  /** How many checks in a row saw no task in the phase. */
  readonly losses: Map<Phase, number>;
  /** The operations queued before a task, by its id, and on what: they are cancelled with it. */
  readonly before: Map<string, { readonly ids: readonly string[]; readonly load?: DatabaseLoad | undefined }>;
  /** The least time from the request of an operation to its end, in milliseconds; undefined until one is seen to end. */
  seenMs: number | undefined;
  /** A read of any task has shown its commit phase. */
  showsCommits: boolean;
  /** A task did not get to its phase in time. */
  wasStuck: boolean;
  /** How many tasks in a row did not. A queued task shows nothing: it is so at once. */
  stuck: number;
  /** Tasks that are only read, by phase: an ended one until it is too old, another one while it is being made. */
  readonly readable: Map<Phase, Promise<Task>>;
}

export function crdbsProvisioner(asker: Requester, found: TestDatabases): Provisioner {
  if ('why' in found) return withoutDatabase(asker, found.why);
  const width = () => ((shared.seenMs ?? shortMs) < shortMs ? 1 : lanes * shared.databases.size);
  const shared: Shared = {
    turn: semaphore(width),
    databases: new Map(found.guids.map((guid) => [guid, { making: 0, busyUntilMs: 0 }])),
    operationMs: () => shared.seenMs ?? assumedMs,
    losses: new Map(),
    gone: undefined,
    before: new Map(),
    seenMs: found.operationMs,
    showsCommits: false,
    wasStuck: found.operationMs === undefined,
    stuck: 0,
    readable: new Map(),
  };
  return onDatabases(asker, found, shared);
}

function onDatabases(asker: Requester, found: FoundDatabases, shared: Shared): Provisioner {
  const { send, wait } = asker;
  const { operationMs } = shared;
  const { produce, isGone } = operationsOn(asker, found, shared);

  /** @param isActedOn the task may be cancelled; otherwise it is only read */
  async function provision(phase: Phase, wish: Wish, isActedOn: boolean): Promise<Task> {
    if (wish.cancelFails)
      throw new Unreachable('crdbs: no operation makes a task whose cancel fails (cancel_failure)');
    return shared.turn(async () => {
      if (shared.stuck >= mostStuck)
        throw lostRace(
          `crdbs: the last ${mostStuck} tasks did not get to their phase in time, so no more are made`,
        );
      let races = (shared.losses.get(phase) ?? 0) >= enoughLosses ? 1 : mostRaces;
      for (let race = 1; race <= races; race++) {
        if (shared.wasStuck) races = race;
        const task = await onLeastBusy((guid) => attempt(guid, phase, wish, race, isActedOn));
        if (!task) continue;
        shared.losses.set(phase, 0);
        return task;
      }
      shared.losses.set(phase, (shared.losses.get(phase) ?? 0) + 1);
      if (phase === 'committing' && !shared.showsCommits)
        throw new Unreachable('crdbs: no read showed a commit phase, which the docs name no field for');
      const made = `${races} ${races === 1 ? 'task was' : 'tasks were'} made`;
      const ttl =
        wish.resultTtlS === undefined ? '' : ' with X-Result-TTL, which fails on some releases (RS171560)';
      // Not by chance: the races above are the further tries.
      throw lostRace(`crdbs: ${made}${ttl}, but no read showed one as ${phase}`);
    });
  }

  async function onLeastBusy<T>(work: (guid: string) => Promise<T>): Promise<T> {
    const dueMs = ({ making, busyUntilMs }: DatabaseLoad) => busyUntilMs + making * shared.operationMs();
    const [guid, load] = [...shared.databases].toSorted(([, a], [, b]) => dueMs(a) - dueMs(b))[0] ?? [];
    if (!guid || !load) throw lostRace(shared.gone ?? 'crdbs: no test database');
    load.making++;
    try {
      return await work(guid);
    } finally {
      load.making--;
    }
  }

  /** Makes one task. @returns undefined if no read showed it in the phase */
  async function attempt(
    database: string,
    phase: Phase,
    wish: Wish,
    race: number,
    isActedOn: boolean,
  ): Promise<Task | undefined> {
    const forS = Math.max(queuedForS, wish.unfinishedForS ?? 0);
    const needed = Math.ceil((forS * 1000) / operationMs());
    const before = phase === 'queued' ? await burst(database, Math.min(needed + race - 1, mostBefore)) : [];
    const { id, answer } = await produce(database, phase, wish);
    shared.before.set(id, { ids: before, load: shared.databases.get(database) });
    const seen = await caught(database, id, phase, answer, isActedOn);
    const { guid } = seen ?? {};
    if (isActedOn && phase !== 'failed' && guid !== undefined && guid !== database)
      throw lostRace(
        `crdbs: a read of the task ${id} shows crdb_guid ${guid.slice(0, 100)}, expected ${database}: it is only read`,
      );
    if (!seen) {
      await callOff(id, false);
      return undefined;
    }
    return {
      id,
      ...(phase === 'failed' ? {} : { guid: database }),
      held: false,
      ...(phase === 'failed' ? {} : { finishes: true as const }),
      history: [seen.when ? { phase, when: seen.when } : { phase }],
      agedS: 0,
      ...(phase === 'committing' || !seen.when ? { uncertain: true } : {}),
    };
  }

  /** Operations that keep the database busy, so that the next one is queued. @returns their ids, without refused ones */
  async function burst(database: string, count: number): Promise<readonly string[]> {
    const made = await Promise.allSettled(
      Array.from({ length: count }, () => produce(database, 'finished', {}, 1)),
    );
    return made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
  }

  /**
   * Reads a task until it shows the phase.
   * @returns `when` it entered the phase, and the database that it names; without `when` if the task exists and shows no
   *   status, so that a check can report that; undefined if no read showed the phase
   */
  async function caught(
    database: string,
    id: string,
    phase: Phase,
    made: Exchange,
    isActedOn: boolean,
  ): Promise<{ readonly when?: Bracket; readonly guid: string | undefined } | undefined> {
    const isShort = phase === 'running' || phase === 'committing';
    let notYetMs = made.sentAt;
    if (phase === 'finished') await wait(leastOfOperation * (shared.seenMs ?? 0));
    let unread = 0;
    let reads = 0;
    for (;;) {
      const seen = await send(
        read({ id }, { ...(isShort ? { verbose: 'true', urgent: true } : {}), pollGapMs: gapMs() }),
      );
      if (seen.id === unsentId) return undefined; // the run was cut short
      const shown = phaseShown(seen);
      const guid = textOf(json(seen)?.value, 'crdb_guid');
      shared.showsCommits ||= shown === 'committing';
      if (shown === 'finished') {
        const tookMs = seen.receivedAt - made.sentAt;
        shared.seenMs = Math.min(shared.seenMs ?? tookMs, tookMs);
      }
      const isThere = shown === phase || (phase === 'running' && !isActedOn && shown === 'committing');
      if (isThere && phase !== 'queued') shared.stuck = 0;
      if (isThere) return { when: bracket(notYetMs, seen.receivedAt), guid };
      if (shown === 'gone' || (shown !== undefined && isPast(shown, phase))) return undefined;
      if (shown === undefined && seen.lost === undefined && ++unread === mostUnread) return { guid };
      if (shown !== undefined) [notYetMs, unread] = [seen.sentAt, 0];
      if (++reads % readsPerDatabaseRead === 0 && (await isGone(database))) throw lostRace(shared.gone ?? '');
      if (seen.receivedAt - made.sentAt > limitMs()) {
        shared.wasStuck = true;
        if (unread === 0) shared.stuck++; // where no status is readable, the checks say so
        return undefined;
      }
      await wait(isShort ? (shown === 'queued' ? gapMs() : leastPollMs) : slowPollMs());
    }
  }

  function limitMs(): number {
    const { leastMs, operations } = limits[shared.wasStuck ? 'shortened' : 'usual'];
    return Math.max(leastMs, operations * operationMs());
  }

  const gapMs = (): number => Math.max(Math.min(pollGapMs, operationMs() / pollsInShort), leastPollMs);

  const slowPollMs = (): number =>
    Math.min(Math.max(operationMs() / pollsPerOperation, leastPollMs), mostPollMs);

  /** A task that several checks read at the same time, and nothing else is done to. It ends by itself. */
  function readable(phase: Phase): Promise<Task> {
    const known = shared.readable.get(phase);
    if (known) return known;
    const making = makeReadable(phase);
    shared.readable.set(phase, making);
    return making;
  }

  async function makeReadable(phase: Phase): Promise<Task> {
    const forget = () => shared.readable.delete(phase);
    try {
      const task = await provision(phase, {}, false);
      shared.before.delete(task.id); // no check may call it off
      if (phase === 'finished' || phase === 'failed') wait(sharedForMs).then(forget);
      else forget();
      return task;
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** Cancels a task and the operations queued before it, and lets their statuses expire. */
  async function callOff(id: string, isEnded: boolean): Promise<void> {
    const { ids, load } = shared.before.get(id) ?? { ids: [] };
    shared.before.delete(id);
    if (load) load.busyUntilMs -= ids.length * operationMs();
    const letGo = async (one: string, ended: boolean) => {
      if (!ended) await send(cancel({ id: one }));
      await send(read({ id: one }, { ttl: leastTtl }));
    };
    await Promise.all([letGo(id, isEnded), ...ids.map((one) => letGo(one, false))]);
  }

  return {
    name: 'crdbs',
    choosesIds: true,
    operationMs,
    forRequester: (other) => onDatabases(other, found, shared),
    reaches: new Set(phases),
    capabilities: phases,
    provision: (phase, wish = {}) => provision(phase, wish, true),
    existing: readable,
    async remove({ id, history }) {
      const phase = history.at(-1)?.phase;
      if (shared.before.has(id)) await callOff(id, phase === 'finished' || phase === 'failed');
      return 'not'; // no request removes a task: its status expires
    },
  };
}
