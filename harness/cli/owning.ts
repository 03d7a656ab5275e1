/** What a run makes on its target and gives back: the ledger on disk, and for `crdbs` the database, before and after. */
import { join } from 'node:path';
import { type Listed, ledgerSchema } from '../ledger/entry.ts';
import { beginLedger, continueLedger, ledgerName, putAside } from '../ledger/file.ts';
import { guarding } from '../ledger/guard.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { putBack } from '../ledger/put-back.ts';
import { concurrencyOn } from '../options/settings.ts';
import { bytesOf, listDatabases, listedIn, showDatabase } from '../provision/databases.ts';
import { type Ground, prepareGround } from '../provision/own-database.ts';
import { type Lockout, lockout } from '../target/lockout.ts';
import { refused } from '../target/preflight.ts';
import { redactor, type Target } from '../target/target.ts';
import { realClock } from '../worlds/clock.ts';
import { httpWorld, type World } from '../worlds/world.ts';
import type { Terminal } from './terminal.ts';

/** How long a database may take to come or to go, in milliseconds, where nothing else is said. */
const usualPatienceMs = 120_000;

export interface Owning {
  readonly target: Target;
  readonly tag: string;
  readonly folder: string;
  /** Patience for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests a second, at most. */
  readonly maxRps?: number;
  /** How long a database may take to come or to go, in milliseconds. */
  readonly patienceMs?: number;
  readonly io: Pick<Terminal, 'error' | 'interrupt'>;
}

/** Where the ledger of a run is. */
export const ledgerIn = (folder: string): string => join(folder, ledgerName);

/** The command that gives back what a ledger still holds. */
const cleanUp = (file: string): string => `crdb-conformance cleanup --ledger ${file}`;

/**
 * Begins the ledger of a run. One before it that tells of something left behind is kept.
 * @param given ids of tasks that the user hands over
 * @throws {UserError} exit 3: it can't be written, so that nothing may be created
 */
export function beginOwning({ target, tag, folder, io }: Owning, given: readonly string[]): void {
  const kept = putAside(ledgerIn(folder));
  if (kept !== undefined)
    io.error(`Warning: an earlier run may have left something on its target: ${cleanUp(kept)}\n`);
  const startedAt = new Date().toISOString();
  const { ledger, close } = beginLedger(ledgerIn(folder), {
    type: 'ledger',
    schema: ledgerSchema,
    target: target.url.href,
    tag,
    startedAt,
  });
  try {
    for (const id of given) ledger.enter({ type: 'given task', id });
  } finally {
    close();
  }
}

/**
 * Looks at what is there, and makes the database of the run, or takes the one that the user names.
 * @throws {UserError} exit 2: the target has no databases, or not that one; exit 3: it refuses the login
 */
export function groundFor(owning: Owning, named: string | undefined): Promise<Ground> {
  return onTarget(owning, ({ send, wait, now }, ledger, guard) =>
    prepareGround({
      send,
      wait,
      nowMs: () => now().earliestMs,
      ledger,
      login: owning.target.login,
      named,
      patienceMs: owning.patienceMs ?? usualPatienceMs,
      interrupt: owning.io.interrupt,
    }).finally(() => {
      if (guard.isShut) throw refused(owning.target); // a run would try the login again
    }),
  );
}

/**
 * Gives back what the run made, and holds what is there now against what was there before.
 * @returns what this run has changed and should not have, a line each: a failure of the harness
 */
export function giveBack(owning: Owning, ground: Ground | undefined): Promise<readonly string[]> {
  return onTarget(owning, async ({ send, wait, now }, ledger) => {
    const { error } = owning.io;
    const listed = listedIn(await send(listDatabases()));
    if (listed) for (const line of takenAway(ledger, listed)) error(`${line}\n`);
    const left = await putBack({
      send,
      wait,
      nowMs: () => now().earliestMs,
      ledger,
      patienceMs: owning.patienceMs ?? usualPatienceMs,
    });
    const changed = [
      ...left.map((line) => `left on the target: ${line}. Give it back: ${cleanUp(ledgerIn(owning.folder))}`),
      ...(await resized(ground, ledger, send)),
    ];
    return changed.map(redactor(owning.target.login));
  });
}

/** What others did to the databases while the run was on: it is told, and is nobody's fault here. */
function takenAway(ledger: Ledger, now: readonly Listed[]): readonly string[] {
  const isGone = ({ guid }: { readonly guid?: string }) => !now.some((row) => row.guid === guid);
  return [
    ...ledger.openDatabases
      .filter((database) => database.guid !== undefined && isGone(database))
      .map(
        ({ name, guid }) =>
          `The database ${name} (${guid}) of this run was deleted by somebody else: what stood on it is inconclusive.`,
      ),
    ...ledger.found
      .filter(isGone)
      .map(
        ({ name, guid }) => `The database ${name} (${guid}) went away while the run was on, and not by it.`,
      ),
  ];
}

/** A database that the user named is to be as it was. */
async function resized(
  ground: Ground | undefined,
  ledger: Ledger,
  send: World['send'],
): Promise<readonly string[]> {
  if (!ground || 'why' in ground || !ledger.givenDatabases.includes(ground.guid)) return [];
  const bytes = bytesOf(await send(showDatabase(ground.guid)));
  return bytes === undefined || bytes === ground.bytes
    ? []
    : [`the database ${ground.guid} has a memory_size of ${bytes}, and had ${ground.bytes}`];
}

/** Tasks that the run made by the control protocol and could not remove. */
export function tellLeftTasks({ folder, io }: Owning): void {
  const { ledger, close } = continueLedger(ledgerIn(folder));
  try {
    const left = ledger.openTasks.length;
    if (left === 0) ledger.enter({ type: 'closed' });
    else
      io.error(`Up to ${left} tasks may be left on the target. Remove them: ${cleanUp(ledgerIn(folder))}\n`);
  } finally {
    close();
  }
}

async function onTarget<T>(
  { target, folder, timeoutMs, maxRps }: Owning,
  act: (world: World, ledger: Ledger, guard: Lockout) => Promise<T>,
): Promise<T> {
  const { ledger, close } = continueLedger(ledgerIn(folder));
  const guard = lockout(1); // the run itself may have tried the login already
  const world = httpWorld({
    target,
    clock: realClock(),
    timeoutMs,
    concurrency: concurrencyOn(false, {}),
    ...(maxRps === undefined ? {} : { maxRps }),
    lockout: guard,
    guard: guarding(ledger),
    record: () => {}, // its requests hold the password of the cluster
  });
  try {
    return await act(world, ledger, guard);
  } finally {
    world.close();
    close();
  }
}
