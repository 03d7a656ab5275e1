/** The operations on test databases that make tasks, each requested until it is accepted or surely refused; the phase that a read shows. */
import { field } from '../../spec/record.ts';
import { shownStatus } from '../judge/shown.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import { type Exchange, json, requestLine } from '../model/exchange.ts';
import { type Request, read } from '../model/requests.ts';
import type { Phase, Wish } from '../model/task.ts';
import {
  answeredId,
  answerText,
  createDatabase,
  otherId,
  showDatabase,
  updateDatabase,
} from './databases.ts';
import type { Requester } from './provisioner.ts';
import type { FoundDatabases } from './test-databases.ts';

/** How often an operation is requested again while the database is busy, and the pause between. */
const mostRequests = 40;
const busyMs = 250;

/** What a database has to do, as far as the run knows. */
export interface DatabaseLoad {
  /** How many checks are making a task on it. */
  making: number;
  /** When its queue will be empty, in milliseconds of the run. */
  busyUntilMs: number;
}

export interface DatabasesThere {
  /** Those that are there. */
  readonly databases: Map<string, DatabaseLoad>;
  /** What an operation takes, in milliseconds. */
  readonly operationMs: () => number;
  /** Why no more tasks can be made on one of them: it was deleted. */
  gone: string | undefined;
}

/** @param there is changed where a database turns out to be deleted */
export function operationsOn({ send, wait, newId }: Requester, found: FoundDatabases, there: DatabasesThere) {
  /** Requests an operation. @throws {LostRace} it is unknown whether a task exists @throws {Unreachable} none does */
  async function produce(database: string, phase: Phase, { resultTtlS }: Wish, most = mostRequests) {
    for (let tried = 1; ; tried++) {
      if (!there.databases.has(database)) throw new LostRace(there.gone ?? '', { byChance: false });
      const taskId = newId();
      const ttl = resultTtlS === undefined ? {} : { resultTtlS };
      const answer = await send(request(database, phase, { taskId, ...ttl }));
      const status = answer.response?.status;
      const given = answeredId(answer);
      if (given !== undefined && given !== taskId) throw new Unreachable(`crdbs: ${otherId(taskId, given)}`);
      if (answer.lost === undefined && status === 200) {
        const load = there.databases.get(database);
        if (load && phase !== 'failed')
          load.busyUntilMs = Math.max(load.busyUntilMs, answer.receivedAt) + there.operationMs();
        return { id: taskId, answer };
      }
      if (answer.lost !== undefined) return { id: await foundAfterAll(taskId, answer), answer };
      const mayBeBusy = phase !== 'failed' && (status === 406 || status === 409);
      if (!mayBeBusy || tried >= most || (await isGone(database)))
        throw await whyRefused(database, answer, resultTtlS);
      await wait(busyMs);
    }
  }

  async function isGone(database: string): Promise<boolean> {
    const shown = await send(showDatabase(database));
    if (shown.response?.status === 404) {
      there.gone = `crdbs: the test database ${database} was deleted during the run`;
      there.databases.delete(database);
    }
    return !there.databases.has(database);
  }

  /** A task whose creation got no response may exist: the run chose its id. */
  async function foundAfterAll(id: string, answer: Exchange): Promise<string> {
    const seen = await send(read({ id }));
    if (seen.lost === undefined && seen.response?.status === 200) return id;
    throw new LostRace(`crdbs: ${requestLine(answer)}: ${answerText(answer)}`);
  }

  function request(database: string, phase: Phase, task: { taskId: string; resultTtlS?: number }): Request {
    if (phase !== 'failed') return updateDatabase({ guid: database, isOwn: found.isOwn }, task);
    // Wrong credentials for a participating cluster make the task fail. No account has this name, so none is locked.
    const login = { user: `no-such-user-${task.taskId}`, password: 'no-password' };
    return createDatabase({ name: `${task.taskId}-db`, cluster: found.cluster, login }, task);
  }

  async function whyRefused(
    database: string,
    answer: Exchange,
    resultTtlS: number | undefined,
  ): Promise<Error> {
    const words = `crdbs: ${requestLine(answer)}: ${answerText(answer)}`;
    const status = answer.response?.status;
    if (status === 401 || status === 403) return new Unreachable(`${words}: the user lacks the permission`);
    if (!there.databases.has(database) || (status === 404 && (await isGone(database))))
      return new LostRace(there.gone ?? words, { byChance: false });
    return resultTtlS === undefined
      ? new LostRace(words, { byChance: false })
      : new Unreachable(`${words}: some releases refuse X-Result-TTL at creation (RS171560)`);
  }

  return { produce, isGone };
}

const rank: Readonly<Record<Phase, number>> = {
  queued: 0,
  running: 1,
  committing: 2,
  finished: 3,
  failed: 3,
};

/** Whether a task that shows a phase can no longer reach the wanted one. */
export const isPast = (shown: Phase, wanted: Phase): boolean => rank[shown] >= rank[wanted];

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
