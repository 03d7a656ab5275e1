/**
 * Makes tasks on a real cluster by the documented operations on one test database: the run's own, or one that the user
 * names. These tasks move by themselves, so each is polled until it shows the wanted phase, or misses it.
 * The provisioner never flushes or purges, and its updates leave the database as it was.
 */
import { field } from '../../spec/record.ts';
import { semaphore } from '../http/environment.ts';
import { shownStatus } from '../judge/shown.ts';
import { type Bracket, bracket } from '../model/bracket.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import { type Exchange, json, requestLine } from '../model/exchange.ts';
import { cancel, type Request, read } from '../model/requests.ts';
import { type Phase, phases, type Task, type Wish } from '../model/task.ts';
import {
  answeredId,
  answerText,
  createDatabase,
  otherId,
  showDatabase,
  type TestDatabase,
  textOf,
  updateDatabase,
} from './databases.ts';
import { noProvisioner } from './existing-tasks.ts';
import type { Provisioner, Requester } from './provisioner.ts';

/** How many tasks one check tries in order to see one in the wanted phase. */
export const mostRaces = 4;
/** After this many checks in a row without success, the phase is too short here: each further check tries one task. */
const enoughLosses = 3;
/** How many checks make tasks at the same time: a database works on one operation at a time. */
const lanes = 3;
/** How often an operation is requested again while the database is busy, and the pause between. */
const mostRequests = 40;
const busyMs = 250;
/** The pause between two reads of a task: its phases may be short. */
const pollMs = 50;
/** The pause while the task is queued. */
const queuedPollMs = 100;
/** After this many reads the database is read too: if it was deleted, the task may wait for ever. */
const readsPerDatabaseRead = 50;
/** How long a task may take to reach the wanted phase. */
const limitMs = 300_000;
/** After this many reads without a readable status, the task is handed over, and a check reports the fault. */
const mostUnread = 20;
/** How many operations are queued before one that must wait; one more at each further try. */
const leastBefore = 4;

type Found = Extract<TestDatabase, { readonly guid: string }>;

/** What all checks of a run share. */
interface Shared {
  readonly turn: ReturnType<typeof semaphore>;
  /** How many checks in a row saw no task in the phase. */
  readonly losses: Map<Phase, number>;
  /** Why no more tasks can be made: the database was deleted. */
  gone: string | undefined;
  /** The operations queued before a task, by its id: they are cancelled with it. */
  readonly before: Map<string, readonly string[]>;
}

export function crdbsProvisioner(asker: Requester, testDatabase: TestDatabase): Provisioner {
  if ('why' in testDatabase) return withoutDatabase(asker, testDatabase.why);
  return onDatabase(asker, testDatabase, {
    turn: semaphore(lanes),
    losses: new Map(),
    gone: undefined,
    before: new Map(),
  });
}

/** Without a test database: checks that need a new task are skipped with the reason; existing tasks can be read. */
function withoutDatabase(asker: Requester, why: string): Provisioner {
  const unreachable = async (): Promise<Task> => {
    throw new Unreachable(`crdbs: ${why}`);
  };
  return {
    name: 'crdbs',
    reaches: new Set(),
    capabilities: [],
    forRequester: (other) => withoutDatabase(other, why),
    provision: unreachable,
    existing: (phase) => noProvisioner(asker).existing(phase).catch(unreachable),
    remove: async () => 'not',
  };
}

function onDatabase(asker: Requester, testDatabase: Found, shared: Shared): Provisioner {
  const { send, wait, newId } = asker;

  /** @param isActedOn the task may be cancelled; otherwise it is only read */
  async function provision(phase: Phase, wish: Wish, isActedOn: boolean): Promise<Task> {
    if (wish.cancelFails)
      throw new Unreachable('crdbs: no operation makes a task whose cancel fails (cancel_failure)');
    return shared.turn(async () => {
      const races = (shared.losses.get(phase) ?? 0) >= enoughLosses ? 1 : mostRaces;
      for (let race = 1; race <= races; race++) {
        const task = await attempt(phase, wish, race, isActedOn);
        if (!task) continue;
        shared.losses.set(phase, 0);
        return task;
      }
      shared.losses.set(phase, (shared.losses.get(phase) ?? 0) + 1);
      const made = `${races} ${races === 1 ? 'task was' : 'tasks were'} made`;
      const ttl =
        wish.resultTtlS === undefined ? '' : ' with X-Result-TTL, which fails on some releases (RS171560)';
      // Not by chance: the races above are the further tries.
      throw new LostRace(`crdbs: ${made}${ttl}, but no read showed one as ${phase}`, { byChance: false });
    });
  }

  /** Makes one task. @returns undefined if no read showed it in the phase */
  async function attempt(
    phase: Phase,
    wish: Wish,
    race: number,
    isActedOn: boolean,
  ): Promise<Task | undefined> {
    const before = phase === 'queued' ? await burst(leastBefore + race - 1) : [];
    const { id, answer } = await produce(phase, wish);
    shared.before.set(id, before);
    const seen = await caught(id, phase, answer);
    const { guid } = seen ?? {};
    if (isActedOn && phase !== 'failed' && guid !== undefined && guid !== testDatabase.guid)
      throw new LostRace(
        `crdbs: a read of the task ${id} shows crdb_guid ${guid.slice(0, 100)}, expected ${testDatabase.guid}: it is only read`,
        { byChance: false },
      );
    if (!seen) {
      await callOff(id);
      return undefined;
    }
    return {
      id,
      ...(phase === 'failed' ? {} : { guid: testDatabase.guid }),
      held: false,
      history: [seen.when ? { phase, when: seen.when } : { phase }],
      agedS: 0,
      ...(phase === 'committing' || !seen.when ? { uncertain: true } : {}),
    };
  }

  /** Operations that keep the database busy, so that the next one is queued. @returns their ids, without refused ones */
  async function burst(count: number): Promise<readonly string[]> {
    const made = await Promise.allSettled(Array.from({ length: count }, () => produce('finished', {}, 1)));
    return made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
  }

  /** Requests an operation. @throws {LostRace} it is unknown whether a task exists @throws {Unreachable} none does */
  async function produce(phase: Phase, { resultTtlS }: Wish, most = mostRequests) {
    for (let tried = 1; ; tried++) {
      if (shared.gone !== undefined) throw new LostRace(shared.gone, { byChance: false });
      const taskId = newId();
      const ttl = resultTtlS === undefined ? {} : { resultTtlS };
      const answer = await send(request(phase, { taskId, ...ttl }));
      const status = answer.response?.status;
      const given = answeredId(answer);
      if (given !== undefined && given !== taskId) throw new Unreachable(`crdbs: ${otherId(taskId, given)}`);
      if (answer.lost === undefined && status === 200) return { id: taskId, answer };
      if (answer.lost !== undefined) return { id: await foundAfterAll(taskId, answer), answer };
      const mayBeBusy = phase !== 'failed' && (status === 406 || status === 409);
      if (!mayBeBusy || tried >= most || (await isGone())) throw await whyRefused(answer, resultTtlS);
      await wait(busyMs);
    }
  }

  async function isGone(): Promise<boolean> {
    const there = await send(showDatabase(testDatabase.guid));
    if (there.response?.status === 404)
      shared.gone = `crdbs: the test database ${testDatabase.guid} was deleted during the run`;
    return shared.gone !== undefined;
  }

  /** A task whose creation got no response may exist: the run chose its id. */
  async function foundAfterAll(id: string, answer: Exchange): Promise<string> {
    const seen = await send(read({ id }));
    if (seen.lost === undefined && seen.response?.status === 200) return id;
    throw new LostRace(`crdbs: ${requestLine(answer)}: ${answerText(answer)}`);
  }

  function request(phase: Phase, task: { taskId: string; resultTtlS?: number }): Request {
    if (phase !== 'failed') return updateDatabase(testDatabase, task);
    // Wrong credentials for a participating cluster make the task fail. No account has this name, so none is locked.
    const login = { user: `no-such-user-${task.taskId}`, password: 'no-password' };
    return createDatabase({ name: `${task.taskId}-db`, cluster: testDatabase.cluster, login }, task);
  }

  async function whyRefused(answer: Exchange, resultTtlS: number | undefined): Promise<Error> {
    const words = `crdbs: ${requestLine(answer)}: ${answerText(answer)}`;
    const status = answer.response?.status;
    if (status === 401 || status === 403) return new Unreachable(`${words}: the user lacks the permission`);
    if (shared.gone !== undefined || (status === 404 && (await isGone())))
      return new LostRace(shared.gone ?? words, { byChance: false });
    return resultTtlS === undefined
      ? new LostRace(words, { byChance: false })
      : new Unreachable(`${words}: some releases refuse X-Result-TTL at creation (RS171560)`);
  }

  /**
   * Reads a task until it shows the phase.
   * @returns `when` it entered the phase, and the database that it names; without `when` if the task exists and shows no
   *   status, so that a check can report that; undefined if no read showed the phase
   */
  async function caught(
    id: string,
    phase: Phase,
    made: Exchange,
  ): Promise<{ readonly when?: Bracket; readonly guid: string | undefined } | undefined> {
    let notYetMs = made.sentAt;
    let unread = 0;
    let reads = 0;
    for (let waitedMs = 0; waitedMs < limitMs; ) {
      const details = phase === 'running' || phase === 'committing' ? { verbose: 'true' } : {};
      const seen = await send(read({ id }, details));
      const shown = phaseShown(seen);
      const guid = textOf(json(seen)?.value, 'crdb_guid');
      if (shown === phase) return { when: bracket(notYetMs, seen.receivedAt), guid };
      if (shown === 'gone' || (shown !== undefined && isPast(shown, phase))) return undefined;
      if (shown === undefined && seen.response?.status === 200 && ++unread === mostUnread) return { guid };
      if (shown !== undefined) notYetMs = seen.sentAt;
      if (++reads % readsPerDatabaseRead === 0 && (await isGone()))
        throw new LostRace(shared.gone ?? '', { byChance: false });
      const pauseMs = shown === 'queued' ? queuedPollMs : pollMs;
      waitedMs += pauseMs;
      await wait(pauseMs);
    }
    return undefined;
  }

  /** Cancels a task and the operations queued before it. */
  async function callOff(id: string): Promise<void> {
    const before = shared.before.get(id) ?? [];
    shared.before.delete(id);
    await Promise.all([id, ...before].map((one) => send(cancel({ id: one }))));
  }

  return {
    name: 'crdbs',
    choosesIds: true,
    forRequester: (other) => onDatabase(other, testDatabase, shared),
    reaches: new Set(phases),
    capabilities: phases,
    provision: (phase, wish = {}) => provision(phase, wish, true),
    existing: (phase) => provision(phase, {}, false),
    async remove({ id }) {
      if (shared.before.has(id)) await callOff(id);
      return 'not'; // it ends by itself, and its status stays readable for its retention
    },
  };
}

const rank: Readonly<Record<Phase, number>> = {
  queued: 0,
  running: 1,
  committing: 2,
  finished: 3,
  failed: 3,
};

/** Whether a task that shows a phase can no longer reach the wanted one. */
const isPast = (shown: Phase, wanted: Phase): boolean => rank[shown] >= rank[wanted];

/**
 * The phase that a read shows. The texts in `progress` of a started task are undocumented: one that contains `commit`
 * counts as the commit phase.
 * @returns `gone` if the task is not found; undefined if the response shows no phase
 */
export function phaseShown(answer: Exchange): Phase | 'gone' | undefined {
  if (answer.lost !== undefined) return undefined;
  if (answer.response?.status === 404) return 'gone';
  const status = shownStatus(answer);
  if (status !== 'started') return status;
  const progress = JSON.stringify(field(json(answer)?.value, 'progress')) ?? '';
  return /\bcommit/i.test(progress) ? 'committing' : 'running';
}
