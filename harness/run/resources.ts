/** What a run makes on its target and removes: the resource log on disk, and for `crdbs` the database, before and after. */
import { join } from 'node:path';
import type { RunOptions } from '../config/run-options.ts';
import { realClock } from '../http/clock.ts';
import { type Environment, type EnvironmentOptions, httpEnvironment } from '../http/environment.ts';
import { type Lockout, lockout } from '../http/liveness.ts';
import { redactor } from '../http/redaction.ts';
import type { Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { concurrencyOn, defaultDatabases } from '../model/settings.ts';
import type { ProvisionPlan } from '../provision/choice.ts';
import { cleanUpResources } from '../provision/cleanup.ts';
import type { ControlCapabilities } from '../provision/control.ts';
import { listDatabases, listedIn } from '../provision/databases.ts';
import { guarding } from '../provision/guard.ts';
import { refused } from '../provision/preflight.ts';
import { checkProtocol, protocolContext, protocolRemedy, removing } from '../provision/protocol.ts';
import { type Listed, type ResourceLog, resourceLogSchema } from '../provision/resource-log.ts';
import {
  beginResourceLog,
  continueResourceLog,
  putAside,
  resourceLogName,
} from '../provision/resource-log-file.ts';
import { prepareTestDatabases } from '../provision/test-databases.ts';

/** How long a database may take to come or to go, in milliseconds, where nothing else is said. */
const usualLimitMs = 120_000;

export interface RunResources {
  readonly target: Target;
  readonly tag: string;
  /** Where the reports go. */
  readonly folder: string;
  /** Timeout of one request, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests a second, at most. */
  readonly maxRps?: number;
  /** How long a database may take to come or to go, in milliseconds. */
  readonly limitMs?: number;
  readonly interrupt: AbortSignal;
  /** Takes one line for a person. */
  readonly warn: (line: string) => void;
}

/** Where the resource log of a run is. */
export const resourceLogIn = (folder: string): string => join(folder, resourceLogName);

/** The command that removes what a resource log still holds, as a shell takes it. */
const cleanUp = (file: string, { url, login }: Pick<Target, 'url' | 'login'>): string =>
  [
    `crdb-conformance cleanup --resource-log ${shellWord(file)} --target ${shellWord(url.href)}`,
    login ? `--user ${shellWord(login.user)}` : '--no-auth',
  ].join(' ');

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Begins the resource log of a run. An older one that still holds resources is kept.
 * @param given ids of tasks that the user hands over
 * @throws {UserError} exit 3: it can't be written, so that nothing may be created
 */
export function beginResources({ target, tag, folder, warn }: RunResources, given: readonly string[]): void {
  const kept = putAside(resourceLogIn(folder));
  if (kept !== undefined) {
    const command = cleanUp(kept.file, { ...target, url: new URL(kept.target) });
    warn(`Warning: an earlier run may have left resources on its target. Remove them: ${command}`);
  }
  const startedAt = new Date().toISOString();
  const { resourceLog, close } = beginResourceLog(resourceLogIn(folder), {
    type: 'opened',
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
 * Makes the databases of the run, or takes the one that the user names. Where there is none, it says why.
 * @throws {UserError} exit 2: the target has no databases, or not that one; exit 3: it refuses the login
 */
export async function provisionDatabase(
  resources: RunResources,
  { crdb, databases = defaultDatabases }: Pick<RunOptions, 'crdb' | 'databases'>,
): Promise<ProvisionPlan> {
  const { target, interrupt, limitMs = usualLimitMs, warn } = resources;
  const testDatabase = await onTarget(resources, ({ send, wait, now }, resourceLog, guard) =>
    prepareTestDatabases({
      send,
      wait,
      nowMs: () => now().earliestMs,
      resourceLog,
      login: target.login,
      named: crdb,
      count: databases,
      limitMs,
      interrupt,
    }).finally(() => {
      if (guard.isClosed) throw refused(target); // a run would try the login again
    }),
  );
  if ('why' in testDatabase && !interrupt.aborted)
    warn(`Warning: the run can’t make tasks, so all checks that need one are skipped: ${testDatabase.why}`);
  if ('fewer' in testDatabase && testDatabase.fewer !== undefined)
    warn(
      `Fewer test databases are used than --databases ${databases}, so the run takes longer: ${testDatabase.fewer}`,
    );
  return { name: 'crdbs', testDatabase };
}

/**
 * Checks the target's task control protocol, and warns of harmless deviations.
 * @throws {UserError} exit 2: it deviates, and the results of a run could not be trusted
 */
export async function insistOnProtocol(resources: RunResources, offered: ControlCapabilities): Promise<void> {
  const adopted = new Set<string>();
  const { faults, harmless } = await onTarget(
    resources,
    ({ send, wait }, resourceLog) =>
      checkProtocol(protocolContext({ send, wait }, resourceLog, adopted), offered),
    {
      over: resources.interrupt,
      endsAtSilence: true,
      guardOf: (resourceLog) => removing(adopted, guarding(resourceLog)),
    },
  );
  for (const line of harmless) resources.warn(`Accepted: ${line}.`);
  if (faults.length === 0) return;
  throw new UserError(`${faults.join('.\n')}.`, protocolRemedy, 2);
}

/**
 * Removes what the run made, and reports what others removed meanwhile.
 * @returns what is left on the target, a line each: a failure of the harness
 */
export function cleanUpRun(resources: RunResources): Promise<readonly string[]> {
  const { target, folder, warn, limitMs = usualLimitMs } = resources;
  return onTarget(resources, async ({ send, wait, now }, resourceLog) => {
    const listed = listedIn(await send(listDatabases()));
    if (listed) for (const line of removedByOthers(resourceLog, listed)) warn(line);
    const left = await cleanUpResources({ send, wait, nowMs: () => now().earliestMs, resourceLog, limitMs });
    const redact = redactor(target);
    return left.map(
      (line) => `left on the target: ${redact(line)}. Remove it: ${cleanUp(resourceLogIn(folder), target)}`,
    );
  });
}

/** What others did to the databases during the run: reported, and no fault of the target or of the run. */
function removedByOthers(resourceLog: ResourceLog, now: readonly Listed[]): readonly string[] {
  const isGone = ({ guid }: { readonly guid?: string }) => !now.some((row) => row.guid === guid);
  return [
    ...resourceLog.openDatabases
      .filter((database) => database.guid !== undefined && isGone(database))
      .map(
        ({ name, guid }) =>
          `The database ${name} (${guid}) of this run was deleted by someone else: checks on it are inconclusive.`,
      ),
    ...resourceLog.found
      .filter(isGone)
      .map(
        ({ name, guid }) => `The database ${name} (${guid}) was deleted during the run, but not by this run.`,
      ),
  ];
}

/** How long the tasks of a mock are removed whose worker failed, in milliseconds. */
const removalLimitMs = 30_000;

/** Removes the tasks of a mock that the resource log still holds. */
export function removeLeftTasks(resources: RunResources): Promise<unknown> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort('target'), removalLimitMs);
  return onTarget(
    resources,
    ({ send, wait, now }, resourceLog) =>
      cleanUpResources({
        send,
        wait,
        nowMs: () => now().earliestMs,
        resourceLog,
        limitMs: removalLimitMs,
      }).finally(() => clearTimeout(timer)),
    { over: over.signal },
  );
}

/** Reports tasks that the run made by the control protocol and could not remove. */
export function warnOfLeftTasks({ target, folder, warn }: RunResources): void {
  const { resourceLog, close } = continueResourceLog(resourceLogIn(folder));
  try {
    const left = resourceLog.openTasks.length;
    if (left === 0) resourceLog.note({ type: 'closed' });
    else
      warn(
        `Up to ${left} tasks may be left on the target. Remove them: ${cleanUp(resourceLogIn(folder), target)}`,
      );
  } finally {
    close();
  }
}

async function onTarget<T>(
  { target, folder, timeoutMs, maxRps }: RunResources,
  act: (environment: Environment, resourceLog: ResourceLog, guard: Lockout) => Promise<T>,
  {
    guardOf = guarding,
    ...more
  }: Pick<EnvironmentOptions, 'over' | 'endsAtSilence'> & { readonly guardOf?: typeof guarding } = {},
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
    ...more,
    guard: guardOf(resourceLog),
    record: () => {}, // its requests hold the password of the cluster
  });
  try {
    return await act(environment, resourceLog, guard);
  } finally {
    environment.close();
    close();
  }
}
