/** The test databases of a run: its own, or the one that the user names; and how long an operation on one takes. */
import { field, textOf } from '../../spec/record.ts';
import type { Login } from '../http/target.ts';
import { shownStatus } from '../judge/shown.ts';
import { UserError } from '../model/errors.ts';
import { type Exchange, json } from '../model/exchange.ts';
import { type Request, read } from '../model/requests.ts';
import {
  answeredId,
  answerText,
  createDatabase,
  listDatabases,
  listedIn,
  okBody,
  otherId,
  showCluster,
  showDatabase,
  showLicence,
  updateDatabase,
} from './databases.ts';
import type { Listed, ResourceLog } from './resource-log.ts';

/** The test databases of a run, or why there is none. Each works on one operation at a time. */
export type TestDatabases =
  | {
      /** At least one. */
      readonly guids: readonly string[];
      /** The run made them; otherwise the user named the one. */
      readonly isOwn: boolean;
      /** Why there are fewer than wanted. */
      readonly fewer?: string;
      /** The cluster's own name, for a creation that must fail. */
      readonly cluster: string;
      /** From the request of an operation to its end; absent where none was seen to end in time. */
      readonly operationMs?: number;
    }
  | { readonly why: string };

export type FoundDatabases = Extract<TestDatabases, { readonly guids: readonly string[] }>;

/** What works on the resources of a run, before it or after it. */
export interface OnResources {
  readonly send: (request: Request) => Promise<Exchange>;
  readonly wait: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
  readonly resourceLog: ResourceLog;
  /** How long a task or a database may take to be made, or to end. */
  readonly limitMs: number;
}

export interface Preparing extends OnResources {
  readonly login: Login | undefined;
  /** The guid of the database that the user names. */
  readonly named: string | undefined;
  /** How many databases the run makes where the user names none. */
  readonly count?: number;
  /** Aborted by the user: cleanup then removes what exists. */
  readonly interrupt: AbortSignal;
}

const pollMs = 200;
const shortestPollMs = 20;
/** After so many reads that show no status, none is expected any more. */
const mostUnread = 20;

/** @throws {UserError} exit 2: the target lists no databases, or not the one that the user names */
export async function prepareTestDatabases(preparing: Preparing): Promise<TestDatabases> {
  const { send, resourceLog, named, login, count = 1 } = preparing;
  const listing = await send(listDatabases());
  const found = listedIn(listing);
  if (!found)
    throw new UserError(
      `--provision crdbs: GET /v1/crdbs ${answerText(listing)}, expected 200 with a list, so no test database can be used.`,
      'Test a cluster of Redis Software, or choose another --provision.',
      2,
    );
  resourceLog.enter({ type: 'found', databases: found });
  const cluster = textOf(json(await send(showCluster()))?.value, 'name') ?? 'cluster.local';
  if (named !== undefined) {
    if (!found.some(({ guid }) => guid === named))
      throw new UserError(
        `--crdb ${named}: the target has no such database.`,
        found.length === 0
          ? 'It has no databases: leave out --crdb, and the run makes a small one of its own.'
          : `Its databases: ${found.map(({ guid, name }) => `${guid} (${name})`).join(', ')}.`,
        2,
      );
    resourceLog.enter({ type: 'given database', guid: named });
    return timed(preparing, { guids: [named], isOwn: false, cluster });
  }
  if (!login) return { why: 'creating a database requires a login, but --no-auth sends none' };
  const suffixes = Array.from({ length: count }, (_, index) => (index === 0 ? 'db' : `db${index + 1}`));
  const made = await Promise.all(suffixes.map((suffix) => ownDatabase(preparing, login, cluster, suffix)));
  const guids = made.flatMap((one) => ('guid' in one ? [one.guid] : []));
  const [why] = made.flatMap((one) => ('why' in one ? [one.why] : []));
  if (guids.length === 0) return { why: why ?? 'no database was asked for' };
  return timed(preparing, { guids, isOwn: true, cluster, ...(why === undefined ? {} : { fewer: why }) });
}

/** Times one operation, which changes nothing, on the first database. */
async function timed(
  { send, wait, resourceLog, limitMs, interrupt }: Preparing,
  found: FoundDatabases,
): Promise<FoundDatabases> {
  const [guid = ''] = found.guids;
  const taskId = `${resourceLog.mark}timed`;
  let made = await send(updateDatabase({ guid, isOwn: found.isOwn }, { taskId }));
  for (let unread = 0, pauseMs = shortestPollMs; unread < mostUnread && !interrupt.aborted; ) {
    const isBusy = made.response?.status === 406 || made.response?.status === 409;
    const seen = await send(read({ id: taskId }));
    const status = shownStatus(seen);
    const tookMs = seen.receivedAt - made.sentAt;
    if (status === 'finished' || status === 'failed') {
      await send(read({ id: taskId }, { ttl: '1' })); // no request removes it: its status expires
      return { ...found, operationMs: tookMs };
    }
    if (tookMs > limitMs) break;
    if (isBusy)
      made = {
        ...(await send(updateDatabase({ guid, isOwn: found.isOwn }, { taskId }))),
        sentAt: made.sentAt,
      };
    else if (status === undefined) unread++;
    await wait(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, pollMs);
  }
  return found;
}

async function ownDatabase(
  { send, wait, nowMs, resourceLog, limitMs, interrupt }: Preparing,
  login: Login,
  cluster: string,
  suffix: string,
): Promise<{ readonly guid: string } | { readonly why: string }> {
  const name = `${resourceLog.mark}${suffix}`;
  const taskId = `${name}-made`;
  const answer = await send(createDatabase({ name, cluster, login }, { taskId }));
  const status = answer.response?.status;
  if (status === 401 || status === 403)
    return { why: `${login.user} may not create databases: POST /v1/crdbs ${answerText(answer)}` };
  if (answer.lost === undefined && status !== 200)
    return {
      why: `the target refused to create a database: POST /v1/crdbs ${answerText(answer)}, expected 200${await roomNeeded(send)}`,
    };
  const given = answeredId(answer);
  if (given !== undefined && given !== taskId) return { why: otherId(taskId, given) };
  const untilMs = nowMs() + limitMs;
  for (;;) {
    const made = listedIn(await send(listDatabases()))?.filter((row) => row.name === name) ?? [];
    const [row] = made;
    if (row) {
      const doubt =
        made.length > 1 ? `it lists ${made.length} of this name` : await doubtAbout(row, resourceLog, send);
      if (doubt !== undefined)
        return { why: `the target does not show the test database ${name} of the run: ${doubt}` };
      resourceLog.note({ type: 'made database', name, guid: row.guid });
      return { guid: row.guid };
    }
    const task = await send(read({ id: taskId }));
    if (shownStatus(task) === 'failed')
      return {
        why: `the test database was not created: its task ${taskId} failed${reasonIn(task)}${await roomNeeded(send)}`,
      };
    if (nowMs() > untilMs || interrupt.aborted)
      return { why: `the test database was not created within ${limitMs / 1000} s` };
    await wait(pollMs);
  }
}

/**
 * Why a database that is listed under a name of the run may not be its own: a target can list any guid beside it.
 * @returns undefined where the database was not there before the run, and is shown by its guid under the same name
 */
export async function doubtAbout(
  { guid, name }: Listed,
  resourceLog: ResourceLog,
  send: Preparing['send'],
): Promise<string | undefined> {
  if (resourceLog.isForeign(guid) || resourceLog.isGiven(guid))
    return `it lists it with the guid ${guid}, which another database had before the run`;
  const shown = await send(showDatabase(guid));
  const value = shown.lost === undefined ? okBody(shown) : undefined;
  if (textOf(value, 'guid') === guid && textOf(value, 'name') === name) return undefined;
  return `GET /v1/crdbs/${guid} ${answerText(shown)} and does not show that name and guid`;
}

/** What a test database needs, what the licence allows, and what to do: where none could be created. */
async function roomNeeded(send: Preparing['send']): Promise<string> {
  const licence = json(await send(showLicence()))?.value;
  if (field(licence, 'expired') === true)
    return '; the licence of the cluster has expired: install a new one';
  const limit = field(licence, 'shards_limit');
  const allowed = typeof limit === 'number' ? `, and the licence allows ${limit} in all` : '';
  return `; each test database takes one shard and 100 MiB${allowed}: delete a database, or name one for the run with --crdb`;
}

function reasonIn(task: Exchange): string {
  const errors = field(json(task)?.value, 'errors');
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const reason = textOf(first, 'description') ?? textOf(first, 'error_code');
  return reason === undefined ? '' : `: ${reason.slice(0, 200)}`;
}
