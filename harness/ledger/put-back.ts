/**
 * Gives back what a ledger still holds: at the end of a run, and after one that was killed. It goes by what the target
 * shows and not by what it promises, and touches nothing that the ledger doesn't hold.
 */
import { shownStatus } from '../judge/shown.ts';
import { deleteDatabase, listDatabases, listedIn, said } from '../provision/databases.ts';
import { asked, type Exchange, unsentId } from '../worlds/exchange.ts';
import { cancel, type Request, read } from '../worlds/requests.ts';
import type { Listed } from './entry.ts';
import type { Ledger } from './ledger.ts';

/** What putting back needs of the world. */
export interface Putting {
  readonly send: (request: Request) => Promise<Exchange>;
  readonly wait: (ms: number) => Promise<void>;
  /** This instant, in milliseconds. */
  readonly nowMs: () => number;
  readonly ledger: Ledger;
  /** How long a database may take to come or go, in milliseconds. */
  readonly patienceMs: number;
}

/** A request that got no answer may still be on its way to the target: so long its effect is waited for. */
const lateMs = 2000;
const pollMs = 200;
/** How long a removal is left to itself, in milliseconds, before it is asked for again. */
const removalMs = 10_000;

/** @returns what is still there, a line each; empty where everything was given back */
export async function putBack(putting: Putting): Promise<readonly string[]> {
  const tasks = () => Promise.all(putting.ledger.openTasks.map(({ id, by }) => endTask(putting, id, by)));
  const before = await tasks();
  const databases = await endDatabases(putting);
  const after = before.some((line) => line !== undefined) ? before : await tasks(); // the removals are tasks too
  const left = [...after.filter((line) => line !== undefined), ...databases];
  if (left.length === 0) putting.ledger.enter({ type: 'closed' });
  return left;
}

/** By the control protocol a task is removed; on a real cluster it is cancelled, or comes to its end. */
async function endTask(
  { send, wait, nowMs, patienceMs, ledger }: Putting,
  id: string,
  by: 'control' | 'crdbs',
): Promise<string | undefined> {
  if (by === 'control') {
    const answer = await send({ operation: 'control', method: 'DELETE', path: `/_control/v1/tasks/${id}` });
    return answer.response?.status === 204 ? undefined : `task ${id}: ${asked(answer)}: ${said(answer)}`;
  }
  const untilMs = nowMs() + patienceMs;
  for (let refusal: Exchange | undefined; ; ) {
    const seen = await send(read({ id }));
    if (seen.id === unsentId) return `task ${id}: ${seen.lost}`;
    const status = shownStatus(seen);
    // Where no status is to be seen, a cancel that is refused says that there is nothing left to cancel.
    const isRefused = status === undefined && [404, 406, 409].includes(refusal?.response?.status ?? 0);
    if (seen.response?.status === 404 || status === 'finished' || status === 'failed' || isRefused) {
      if (ledger.isOpen(id, by)) ledger.enter({ type: 'task over', id });
      return undefined;
    }
    if (seen.lost === undefined && (refusal === undefined || status === undefined))
      refusal = await send(cancel({ id }));
    if (nowMs() > untilMs) return `task ${id}: ${seen.lost ?? `still ${status ?? 'there'}`}`;
    await wait(pollMs);
  }
}

/** Asks for the removal of every database of the run's own that is listed, until none is. */
async function endDatabases(putting: Putting): Promise<readonly string[]> {
  const { send, wait, nowMs, patienceMs, ledger } = putting;
  if (ledger.openDatabases.length === 0) return [];
  // What may be on its way still isn't listed yet: one look at a list without it says nothing.
  const isLate = ledger.openDatabases.some(({ guid }) => guid === undefined);
  const fromMs = nowMs();
  for (const removals = new Map<string, number>(); ; await wait(pollMs)) {
    const listing = await send(listDatabases());
    if (listing.id === unsentId) return [`${asked(listing)}: ${listing.lost}`];
    const rows = listedIn(listing)?.filter((row) => isOurs(row, ledger));
    if (rows?.length === 0 && (!isLate || nowMs() - fromMs >= lateMs)) {
      for (const { name } of ledger.openDatabases) ledger.enter({ type: 'database gone', name });
      return [];
    }
    for (const row of rows ?? []) {
      const removed = removals.get(row.guid) ?? 0;
      // A removal that came to nothing is asked for again, and not too soon.
      if (nowMs() - fromMs < removed * removalMs) continue;
      if (!ledger.mayRemove(row.guid))
        ledger.enter({ type: 'made database', name: row.name, guid: row.guid });
      const answer = await send(
        deleteDatabase(row.guid, {
          taskId: `${ledger.mark}gone-${row.guid.slice(-8)}-${removalSerial(nowMs())}`,
        }),
      );
      // One that was refused, because the database is busy, was none.
      if (answer.lost !== undefined || answer.response?.status === 200) removals.set(row.guid, removed + 1);
    }
    if (nowMs() - fromMs > patienceMs)
      return rows
        ? rows.map(({ name, guid }) => `database ${name} (${guid}): still there`)
        : [`${asked(listing)}: ${said(listing)}`];
  }
}

/** No two removals of a run have one id, also where a second process goes on with it. */
const removalSerial = (ms: number): string => `${process.pid}-${Math.floor(ms)}`;

/** By its guid, or by its name: none but the run's own begins with its mark. */
const isOurs = ({ guid, name }: Listed, ledger: Ledger): boolean =>
  (ledger.mayRemove(guid) || name.startsWith(ledger.mark)) &&
  !ledger.found.some((before) => before.guid === guid);
