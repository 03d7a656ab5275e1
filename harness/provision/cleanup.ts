/**
 * Removes what a resource log still holds, at the end of a run or after a killed one. A resource counts as removed when
 * the target no longer shows it. Nothing that is not in the resource log is touched.
 */
import { textOf } from '../../spec/record.ts';
import { shownStatus } from '../judge/shown.ts';
import { type Exchange, json, requestLine, unsentId } from '../model/exchange.ts';
import { cancel, read } from '../model/requests.ts';
import { succeeded } from './control.ts';
import { answerText, deleteDatabase, listDatabases, listedIn } from './databases.ts';
import type { Listed, ResourceLog } from './resource-log.ts';
import { doubtAbout, type OnResources } from './test-databases.ts';

/** How long the effect of a request without a response is waited for: it may arrive late. */
const lateMs = 2000;
const pollMs = 200;
/** How long a removal may take before it is requested again. */
const removalMs = 10_000;

/** @returns what still exists, a line each; empty where everything was removed */
export async function cleanUpResources(cleaning: OnResources): Promise<readonly string[]> {
  const tasks = () =>
    Promise.all(cleaning.resourceLog.openTasks.map(({ id, by }) => endTask(cleaning, id, by)));
  const before = await tasks();
  const databases = await endDatabases(cleaning);
  const after = before.some((line) => line !== undefined) ? before : await tasks(); // the removals are tasks too
  const left = [...after.filter((line) => line !== undefined), ...databases];
  if (left.length === 0) cleaning.resourceLog.note({ type: 'closed' });
  return left;
}

/**
 * What of the resource log the target still shows, a line each, also what it did not answer about. Nothing is changed.
 */
export async function leftResources({ send, resourceLog }: OnResources): Promise<readonly string[]> {
  const tasks = await Promise.all(
    resourceLog.openTasks.map(async ({ id, by }) => {
      const seen = await send(read({ id }));
      const status = shownStatus(seen);
      const isOver = by === 'crdbs' && (status === 'finished' || status === 'failed'); // those can't be removed
      return seen.response?.status === 404 || isOver
        ? []
        : [`task ${id} (${seen.lost ?? status ?? answerText(seen)})`];
    }),
  );
  if (resourceLog.openDatabases.length === 0) return tasks.flat();
  const listing = await send(listDatabases());
  const rows = listedIn(listing)?.filter((row) => isOurs(row, resourceLog));
  if (!rows) return [...tasks.flat(), `databases: ${requestLine(listing)} ${answerText(listing)}`];
  return [...tasks.flat(), ...rows.map(({ name, guid }) => `database ${name} (${guid})`)];
}

/** By the control protocol a task is removed; on a real cluster it is cancelled, or ends by itself. */
async function endTask(
  { send, wait, nowMs, limitMs, resourceLog }: OnResources,
  id: string,
  by: 'control' | 'crdbs',
): Promise<string | undefined> {
  if (by === 'control') {
    const path = `/_control/v1/tasks/${encodeURIComponent(id)}`;
    const answer = await send({ operation: 'control', method: 'DELETE', path });
    return succeeded(answer) ? undefined : `task ${id}: ${requestLine(answer)}: ${answerText(answer)}`;
  }
  const untilMs = nowMs() + limitMs;
  for (let refusal: Exchange | undefined; ; ) {
    const seen = await send(read({ id }));
    if (seen.id === unsentId) return `task ${id}: ${seen.lost}`;
    const guid = textOf(json(seen)?.value, 'crdb_guid');
    if (guid !== undefined && resourceLog.isForeign(guid))
      return `task ${id}: not cancelled, because it names the database ${guid}, which the run did not make`;
    const status = shownStatus(seen);
    // Where a read shows no status, a refused cancel shows that nothing is left to cancel.
    const isRefused = status === undefined && [404, 406, 409].includes(refusal?.response?.status ?? 0);
    if (seen.response?.status === 404 || status === 'finished' || status === 'failed' || isRefused) {
      if (resourceLog.isOpen(id, by)) resourceLog.note({ type: 'task over', id });
      return undefined;
    }
    if (seen.lost === undefined && (refusal === undefined || status === undefined))
      refusal = await send(cancel({ id }));
    if (nowMs() > untilMs) return `task ${id}: ${seen.lost ?? `still ${status ?? 'there'}`}`;
    await wait(pollMs);
  }
}

/** Requests the removal of each own database that is listed, until none is. */
async function endDatabases(cleaning: OnResources): Promise<readonly string[]> {
  const { send, wait, nowMs, limitMs, resourceLog } = cleaning;
  if (resourceLog.openDatabases.length === 0) return [];
  // A creation may arrive late, so one list without the database proves nothing.
  const isLate = resourceLog.openDatabases.some(({ guid }) => guid === undefined);
  const fromMs = nowMs();
  const doubts = new Map<string, string>();
  for (const removals = new Map<string, number>(); ; await wait(pollMs)) {
    const listing = await send(listDatabases());
    if (listing.id === unsentId) return [`${requestLine(listing)}: ${listing.lost}`];
    const listed = listedIn(listing);
    const rows = listed?.filter((row) => isOurs(row, resourceLog));
    if (listed && rows?.length === 0 && (!isLate || nowMs() - fromMs >= lateMs)) {
      return resourceLog.openDatabases.flatMap(({ name, guid }) => {
        const now = guid === undefined ? undefined : listed.find((row) => row.guid === guid);
        if (!now) resourceLog.note({ type: 'database gone', name });
        return now ? [`database ${name} (${guid}): not deleted, because it is now called ${now.name}`] : [];
      });
    }
    for (const row of rows ?? []) {
      const removed = removals.get(row.guid) ?? 0;
      if (nowMs() - fromMs < removed * removalMs) continue;
      const doubt = await doubtAbout(row, resourceLog, send);
      if (doubt !== undefined) doubts.set(row.guid, `not deleted, because it may be another one: ${doubt}`);
      if (doubt !== undefined) continue;
      if (!resourceLog.mayRemove(row.guid))
        resourceLog.note({ type: 'made database', name: row.name, guid: row.guid });
      const answer = await send(
        deleteDatabase(row.guid, {
          taskId: `${resourceLog.mark}gone-${row.guid.slice(-8)}-${removalSerial(nowMs())}`,
        }),
      );
      // A refused removal does not count: the database was busy.
      if (answer.lost !== undefined || answer.response?.status === 200) removals.set(row.guid, removed + 1);
    }
    const areForeign =
      rows !== undefined && rows.length > 0 && rows.every(({ guid }) => resourceLog.isForeign(guid));
    if (areForeign || nowMs() - fromMs > limitMs)
      return rows
        ? rows.map(({ name, guid }) => `database ${name} (${guid}): ${doubts.get(guid) ?? 'still there'}`)
        : [`${requestLine(listing)}: ${answerText(listing)}`];
  }
}

/** Unique for each removal of a run, also if another process continues the cleanup. */
const removalSerial = (ms: number): string => `${process.pid}-${Math.floor(ms)}`;

/** By its name, which the run chose, and by its guid as soon as that is known. */
const isOurs = ({ guid, name }: Listed, { openDatabases }: ResourceLog): boolean =>
  openDatabases.some((own) => own.name === name && (own.guid === undefined || own.guid === guid));
