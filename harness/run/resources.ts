/** What a run makes on its target and gives back: the resource log on disk, and for `crdbs` the database, before and after. */
import { join } from 'node:path';
import type { Terminal } from '../cli/terminal.ts';
import { realClock } from '../http/clock.ts';
import { type Environment, httpEnvironment } from '../http/environment.ts';
import { type Lockout, lockout } from '../http/liveness.ts';
import { redactor, type Target } from '../http/target.ts';
import { concurrencyOn } from '../model/settings.ts';
import { cleanUpResources } from '../provision/cleanup.ts';
import {
  bytesOf,
  listDatabases,
  listedIn,
  prepareTestDatabase,
  showDatabase,
  type TestDatabase,
} from '../provision/databases.ts';
import { guarding } from '../provision/guard.ts';
import { refused } from '../provision/preflight.ts';
import { type Listed, type ResourceLog, resourceLogSchema } from '../provision/resource-log.ts';
import {
  beginResourceLog,
  continueResourceLog,
  putAside,
  resourceLogName,
} from '../provision/resource-log-file.ts';

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
  readonly limitMs?: number;
  readonly io: Pick<Terminal, 'error' | 'interrupt'>;
}

/** Where the resource log of a run is. */
export const resourceLogIn = (folder: string): string => join(folder, resourceLogName);

/** The command that gives back what a resource log still holds. */
const cleanUp = (file: string): string => `crdb-conformance cleanup --resource-log ${file}`;

/**
 * Begins the resource log of a run. One before it that tells of something left behind is kept.
 * @param given ids of tasks that the user hands over
 * @throws {UserError} exit 3: it can't be written, so that nothing may be created
 */
export function beginOwning({ target, tag, folder, io }: Owning, given: readonly string[]): void {
  const kept = putAside(resourceLogIn(folder));
  if (kept !== undefined)
    io.error(`Warning: an earlier run may have left something on its target: ${cleanUp(kept)}\n`);
  const startedAt = new Date().toISOString();
  const { resourceLog, close } = beginResourceLog(resourceLogIn(folder), {
    type: 'resourceLog',
    schema: resourceLogSchema,
    target: target.url.href,
    tag,
    startedAt,
  });
  try {
    for (const id of given) resourceLog.enter({ type: 'given task', id });
  } finally {
    close();
  }
}

/**
 * Looks at what is there, and makes the database of the run, or takes the one that the user names.
 * @throws {UserError} exit 2: the target has no databases, or not that one; exit 3: it refuses the login
 */
export function groundFor(owning: Owning, named: string | undefined): Promise<TestDatabase> {
  return onTarget(owning, ({ send, wait, now }, resourceLog, guard) =>
    prepareTestDatabase({
      send,
      wait,
      nowMs: () => now().earliestMs,
      resourceLog,
      login: owning.target.login,
      named,
      limitMs: owning.limitMs ?? usualPatienceMs,
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
export function giveBack(owning: Owning, ground: TestDatabase | undefined): Promise<readonly string[]> {
  return onTarget(owning, async ({ send, wait, now }, resourceLog) => {
    const { error } = owning.io;
    const listed = listedIn(await send(listDatabases()));
    if (listed) for (const line of takenAway(resourceLog, listed)) error(`${line}\n`);
    const left = await cleanUpResources({
      send,
      wait,
      nowMs: () => now().earliestMs,
      resourceLog,
      limitMs: owning.limitMs ?? usualPatienceMs,
    });
    const changed = [
      ...left.map(
        (line) => `left on the target: ${line}. Give it back: ${cleanUp(resourceLogIn(owning.folder))}`,
      ),
      ...(await resized(ground, resourceLog, send)),
    ];
    return changed.map(redactor(owning.target.login));
  });
}

/** What others did to the databases while the run was on: it is told, and is nobody's fault here. */
function takenAway(resourceLog: ResourceLog, now: readonly Listed[]): readonly string[] {
  const isGone = ({ guid }: { readonly guid?: string }) => !now.some((row) => row.guid === guid);
  return [
    ...resourceLog.openDatabases
      .filter((database) => database.guid !== undefined && isGone(database))
      .map(
        ({ name, guid }) =>
          `The database ${name} (${guid}) of this run was deleted by somebody else: what stood on it is inconclusive.`,
      ),
    ...resourceLog.found
      .filter(isGone)
      .map(
        ({ name, guid }) => `The database ${name} (${guid}) went away while the run was on, and not by it.`,
      ),
  ];
}

/** A database that the user named is to be as it was. */
async function resized(
  ground: TestDatabase | undefined,
  resourceLog: ResourceLog,
  send: Environment['send'],
): Promise<readonly string[]> {
  if (!ground || 'why' in ground || !resourceLog.givenDatabases.includes(ground.guid)) return [];
  const bytes = bytesOf(await send(showDatabase(ground.guid)));
  return bytes === undefined || bytes === ground.bytes
    ? []
    : [`the database ${ground.guid} has a memory_size of ${bytes}, and had ${ground.bytes}`];
}

/** Tasks that the run made by the control protocol and could not remove. */
export function tellLeftTasks({ folder, io }: Owning): void {
  const { resourceLog, close } = continueResourceLog(resourceLogIn(folder));
  try {
    const left = resourceLog.openTasks.length;
    if (left === 0) resourceLog.enter({ type: 'closed' });
    else
      io.error(
        `Up to ${left} tasks may be left on the target. Remove them: ${cleanUp(resourceLogIn(folder))}\n`,
      );
  } finally {
    close();
  }
}

async function onTarget<T>(
  { target, folder, timeoutMs, maxRps }: Owning,
  act: (environment: Environment, resourceLog: ResourceLog, guard: Lockout) => Promise<T>,
): Promise<T> {
  const { resourceLog, close } = continueResourceLog(resourceLogIn(folder));
  const guard = lockout(1); // the run itself may have tried the login already
  const environment = httpEnvironment({
    target,
    clock: realClock(),
    timeoutMs,
    concurrency: concurrencyOn(false, {}),
    ...(maxRps === undefined ? {} : { maxRps }),
    lockout: guard,
    guard: guarding(resourceLog),
    record: () => {}, // its requests hold the password of the cluster
  });
  try {
    return await act(environment, resourceLog, guard);
  } finally {
    environment.close();
    close();
  }
}
