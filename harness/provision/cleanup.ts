/**
 * Gives back what a resource log still holds: at the end of a run, and after one that was killed. It goes by what the target
 * shows and not by what it promises, and touches nothing that the resource log doesn't hold.
 */
import { shownStatus } from '../judge/shown.ts';
import { type Exchange, requestLine, unsentId } from '../model/exchange.ts';
import { cancel, type Request, read } from '../model/requests.ts';
import { answerText, deleteDatabase, listDatabases, listedIn } from './databases.ts';
import type { Listed, ResourceLog } from './resource-log.ts';

/** What cleaning back needs of the environment. */
export interface CleaningUp {
  readonly send: (request: Request) => Promise<Exchange>;
  readonly wait: (ms: number) => Promise<void>;
  /** This instant, in milliseconds. */
  readonly nowMs: () => number;
  readonly resourceLog: ResourceLog;
  /** How long a database may take to come or go, in milliseconds. */
  readonly limitMs: number;
}

/** A request that got no answer may still be on its way to the target: so long its effect is waited for. */
const lateMs = 2000;
const pollMs = 200;
/** How long a removal is left to itself, in milliseconds, before it is asked for again. */
const removalMs = 10_000;

/** @returns what is still there, a line each; empty where everything was given back */
export async function cleanUpResources(cleaning: CleaningUp): Promise<readonly string[]> {
  const tasks = () =>
    Promise.all(cleaning.resourceLog.openTasks.map(({ id, by }) => endTask(cleaning, id, by)));
  const before = await tasks();
  const databases = await endDatabases(cleaning);
  const after = before.some((line) => line !== undefined) ? before : await tasks(); // the removals are tasks too
  const left = [...after.filter((line) => line !== undefined), ...databases];
  if (left.length === 0) cleaning.resourceLog.enter({ type: 'closed' });
  return left;
}

/** By the control protocol a task is removed; on a real cluster it is cancelled, or comes to its end. */
async function endTask(
  { send, wait, nowMs, limitMs, resourceLog }: CleaningUp,
  id: string,
  by: 'control' | 'crdbs',
): Promise<string | undefined> {
  if (by === 'control') {
    const answer = await send({ operation: 'control', method: 'DELETE', path: `/_control/v1/tasks/${id}` });
    return answer.response?.status === 204
      ? undefined
      : `task ${id}: ${requestLine(answer)}: ${answerText(answer)}`;
  }
  const untilMs = nowMs() + limitMs;
  for (let refusal: Exchange | undefined; ; ) {
    const seen = await send(read({ id }));
    if (seen.id === unsentId) return `task ${id}: ${seen.lost}`;
    const status = shownStatus(seen);
    // Where no status is to be seen, a cancel that is refused says that there is nothing left to cancel.
    const isRefused = status === undefined && [404, 406, 409].includes(refusal?.response?.status ?? 0);
    if (seen.response?.status === 404 || status === 'finished' || status === 'failed' || isRefused) {
      if (resourceLog.isOpen(id, by)) resourceLog.enter({ type: 'task over', id });
      return undefined;
    }
    if (seen.lost === undefined && (refusal === undefined || status === undefined))
      refusal = await send(cancel({ id }));
    if (nowMs() > untilMs) return `task ${id}: ${seen.lost ?? `still ${status ?? 'there'}`}`;
    await wait(pollMs);
  }
}

/** Asks for the removal of every database of the run's own that is listed, until none is. */
async function endDatabases(cleaning: CleaningUp): Promise<readonly string[]> {
  const { send, wait, nowMs, limitMs, resourceLog } = cleaning;
  if (resourceLog.openDatabases.length === 0) return [];
  // What may be on its way still isn't listed yet: one look at a list without it says nothing.
  const isLate = resourceLog.openDatabases.some(({ guid }) => guid === undefined);
  const fromMs = nowMs();
  for (const removals = new Map<string, number>(); ; await wait(pollMs)) {
    const listing = await send(listDatabases());
    if (listing.id === unsentId) return [`${requestLine(listing)}: ${listing.lost}`];
    const rows = listedIn(listing)?.filter((row) => isOurs(row, resourceLog));
    if (rows?.length === 0 && (!isLate || nowMs() - fromMs >= lateMs)) {
      for (const { name } of resourceLog.openDatabases) resourceLog.enter({ type: 'database gone', name });
      return [];
    }
    for (const row of rows ?? []) {
      const removed = removals.get(row.guid) ?? 0;
      // A removal that came to nothing is asked for again, and not too soon.
      if (nowMs() - fromMs < removed * removalMs) continue;
      if (!resourceLog.mayRemove(row.guid))
        resourceLog.enter({ type: 'made database', name: row.name, guid: row.guid });
      const answer = await send(
        deleteDatabase(row.guid, {
          taskId: `${resourceLog.mark}gone-${row.guid.slice(-8)}-${removalSerial(nowMs())}`,
        }),
      );
      // One that was refused, because the database is busy, was none.
      if (answer.lost !== undefined || answer.response?.status === 200) removals.set(row.guid, removed + 1);
    }
    if (nowMs() - fromMs > limitMs)
      return rows
        ? rows.map(({ name, guid }) => `database ${name} (${guid}): still there`)
        : [`${requestLine(listing)}: ${answerText(listing)}`];
  }
}

/** No two removals of a run have one id, also where a second process goes on with it. */
const removalSerial = (ms: number): string => `${process.pid}-${Math.floor(ms)}`;

/** By its guid, or by its name: none but the run's own begins with its mark. */
const isOurs = ({ guid, name }: Listed, resourceLog: ResourceLog): boolean =>
  (resourceLog.mayRemove(guid) || name.startsWith(resourceLog.mark)) &&
  !resourceLog.found.some((before) => before.guid === guid);
