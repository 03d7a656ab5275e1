/**
 * Tasks on a real cluster, by the documented operations on one database: the run's own, or one that the user names for
 * the purpose. They move by themselves and are never held, so each is caught in its phase, or missed.
 * It never flushes, never purges, and asks for nothing that would leave the database otherwise than it was.
 */
import { semaphore } from '../http/environment.ts';
import { shownStatus } from '../judge/shown.ts';
import { type Bracket, bracket } from '../model/bracket.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import { type Exchange, json, requestLine } from '../model/exchange.ts';
import { cancel, type Request, read } from '../model/requests.ts';
import { type Phase, phases, type Task, type Wish } from '../model/task.ts';
import {
  answerText,
  createDatabase,
  showDatabase,
  type TestDatabase,
  textOf,
  updateDatabase,
} from './databases.ts';
import { noProvisioner } from './existing-tasks.ts';
import type { Provisioner, Requester } from './provisioner.ts';

/** A race that is lost is run again so many times for one check. */
export const mostRaces = 4;
/** Once so many checks in a row have lost all of theirs, the phase is too short here: one try each is enough. */
const enoughLosses = 3;
/** So many checks at a time have a task made: each database works at one operation at a time. */
const lanes = 3;
/** A database that takes no further operation while one runs is asked again so many times, after so many milliseconds. */
const mostAskings = 40;
const busyMs = 250;
/** How often a task is looked at, in milliseconds: its phases may be short. */
const pollMs = 50;
/** The same of one that waits for its turn. */
const waitingPollMs = 100;
/** After so many looks at a task it is seen whether its database is still there: without it some tasks wait for ever. */
const looksApart = 50;
/** How long a task may take to come into its phase, in milliseconds. */
const limitMs = 300_000;
/** After so many answers in a row that show no status, none is hoped for: a check of its own says what is wrong. */
const mostUnread = 20;
/** So many operations stand before one that is to wait for its turn, and one more at each further try. */
const leastBefore = 4;

type Found = Extract<TestDatabase, { readonly guid: string }>;

/** What all checks of a run know of each other. */
interface Shared {
  readonly turn: ReturnType<typeof semaphore>;
  /** How many checks in a row have lost all their races for a phase. */
  readonly losses: Map<Phase, number>;
  /** Set when the database turned out to be gone. */
  gone: string | undefined;
  /** What stands before a queued task, by its id: it is called off with it. */
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

/** Nothing can be made: what would need a task is skipped, and says why; what is there anyway can be read. */
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

  async function provision(phase: Phase, wish: Wish = {}): Promise<Task> {
    if (wish.cancelFails)
      throw new Unreachable('crdbs: no operation makes a task whose cancel fails (cancel_failure)');
    return shared.turn(async () => {
      const races = (shared.losses.get(phase) ?? 0) >= enoughLosses ? 1 : mostRaces;
      for (let race = 1; race <= races; race++) {
        const task = await attempt(phase, wish, race);
        if (!task) continue;
        shared.losses.set(phase, 0);
        return task;
      }
      shared.losses.set(phase, (shared.losses.get(phase) ?? 0) + 1);
      const made = `${races} ${races === 1 ? 'task was' : 'tasks were'} made`;
      const ttl =
        wish.resultTtlS === undefined
          ? ''
          : ', all with X-Result-TTL, which some releases fail with (RS171560)';
      throw new LostRace(`crdbs: ${made}${ttl}, and none was seen ${phase}`, {
        byChance: false, // it was tried again already
      });
    });
  }

  /** One task, and whether it was seen in the phase; undefined where it wasn't. */
  async function attempt(phase: Phase, wish: Wish, race: number): Promise<Task | undefined> {
    const before = phase === 'queued' ? await burst(leastBefore + race - 1) : [];
    const { id, answer } = await produce(phase, wish);
    shared.before.set(id, before);
    const seen = await caught(id, phase, answer);
    if (!seen) {
      await callOff(id);
      return undefined;
    }
    return {
      id,
      ...(phase === 'failed' ? {} : { guid: testDatabase.guid }),
      held: false,
      history: [{ phase, ...seen }],
      agedS: 0,
      ...(phase === 'committing' || !seen.when ? { uncertain: true } : {}),
    };
  }

  /** Operations that keep the database busy, so that the next one has to wait. */
  async function burst(count: number): Promise<readonly string[]> {
    const made = await Promise.allSettled(Array.from({ length: count }, () => produce('finished', {}, 1)));
    return made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : [])); // what was refused stands before nobody
  }

  /** Asks for an operation. @throws {LostRace} it isn't known whether there is a task @throws {Unreachable} there is none */
  async function produce(phase: Phase, { resultTtlS }: Wish, most = mostAskings) {
    for (let asking = 1; ; asking++) {
      if (shared.gone !== undefined) throw new LostRace(shared.gone, { byChance: false });
      const taskId = newId();
      const ttl = resultTtlS === undefined ? {} : { resultTtlS };
      const answer = await send(request(phase, { taskId, ...ttl }));
      const status = answer.response?.status;
      if (answer.lost === undefined && status === 200)
        return { id: textOf(json(answer)?.value, 'id') ?? taskId, answer };
      if (answer.lost !== undefined) return { id: await foundAfterAll(taskId, answer), answer };
      const mayBeBusy = phase !== 'failed' && (status === 406 || status === 409);
      if (!mayBeBusy || asking >= most || (await isGone())) throw await whyRefused(answer, resultTtlS);
      await wait(busyMs);
    }
  }

  async function isGone(): Promise<boolean> {
    const there = await send(showDatabase(testDatabase.guid));
    if (there.response?.status === 404)
      shared.gone = `crdbs: the database ${testDatabase.guid} was deleted by somebody while the run was on it`;
    return shared.gone !== undefined;
  }

  /** A task whose making got no answer may be there all the same, for its id is ours. */
  async function foundAfterAll(id: string, answer: Exchange): Promise<string> {
    const seen = await send(read({ id }));
    if (seen.lost === undefined && seen.response?.status === 200) return id;
    throw new LostRace(`crdbs: ${requestLine(answer)}: ${answerText(answer)}`);
  }

  function request(phase: Phase, task: { taskId: string; resultTtlS?: number }): Request {
    if (phase !== 'failed')
      return updateDatabase({ guid: testDatabase.guid, bytes: testDatabase.bytes }, task);
    // A participating cluster that refuses the credentials is found out in the task. Nobody of that name can be locked.
    const login = { user: `no-such-user-${task.taskId}`, password: 'no-password' };
    return createDatabase({ name: `${task.taskId}-db`, cluster: testDatabase.cluster, login }, task);
  }

  async function whyRefused(answer: Exchange, resultTtlS: number | undefined): Promise<Error> {
    const words = `crdbs: ${requestLine(answer)}: ${answerText(answer)}`;
    const status = answer.response?.status;
    if (status === 401 || status === 403) return new Unreachable(`${words}: the user may not do that`);
    if (shared.gone !== undefined || (status === 404 && (await isGone())))
      return new LostRace(shared.gone ?? words, { byChance: false });
    return resultTtlS === undefined
      ? new LostRace(words, { byChance: false })
      : new Unreachable(`${words}: it takes no X-Result-TTL at creation, as some releases don't (RS171560)`);
  }

  /**
   * Looks at a task until it is in the phase.
   * @returns `when` it came into it; nothing of that where it is there and shows no status at all, so that a check can
   *   say so; undefined where it was never seen in the phase
   */
  async function caught(
    id: string,
    phase: Phase,
    made: Exchange,
  ): Promise<{ readonly when?: Bracket } | undefined> {
    let notYetMs = made.sentAt;
    let unread = 0;
    let looks = 0;
    for (let waitedMs = 0; waitedMs < limitMs; ) {
      const details = phase === 'running' || phase === 'committing' ? { verbose: 'true' } : {};
      const seen = await send(read({ id }, details));
      const shown = phaseShown(seen);
      if (shown === phase) return { when: bracket(notYetMs, seen.receivedAt) };
      if (shown === 'gone' || (shown !== undefined && isPast(shown, phase))) return undefined;
      if (shown === undefined && seen.response?.status === 200 && ++unread === mostUnread) return {};
      if (shown !== undefined) notYetMs = seen.sentAt;
      if (++looks % looksApart === 0 && (await isGone()))
        throw new LostRace(shared.gone ?? '', { byChance: false });
      const pauseMs = shown === 'queued' ? waitingPollMs : pollMs;
      waitedMs += pauseMs;
      await wait(pauseMs);
    }
    return undefined;
  }

  /** Ends what stands before a task too. */
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
    provision,
    existing: (phase) => provision(phase),
    async remove({ id }) {
      if (shared.before.has(id)) await callOff(id);
      return 'not'; // it ends by itself, and its status is kept for its retention
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

/** Whether a task that shows a phase can't come into the wanted one any more. */
const isPast = (shown: Phase, wanted: Phase): boolean => rank[shown] >= rank[wanted];

/**
 * Of a started task the details say in words what it does, and no document says in which: one that speaks of a commit
 * is taken to be in its commit phase.
 * @returns `gone` where the task is not found; undefined where nothing can be made out
 */
export function phaseShown(answer: Exchange): Phase | 'gone' | undefined {
  if (answer.lost !== undefined) return undefined;
  if (answer.response?.status === 404) return 'gone';
  const status = shownStatus(answer);
  if (status !== 'started') return status;
  return /\bcommit/i.test(wordsOf(json(answer)?.value)) ? 'committing' : 'running';
}

function wordsOf(task: unknown): string {
  const progress =
    typeof task === 'object' && task !== null && 'progress' in task ? task.progress : undefined;
  return JSON.stringify(progress) ?? '';
}
