/** Active-Active databases by `/v1/crdbs`: the documented requests as data, what their responses show, and the test database. */
import { betterEdition } from '../../spec/edition.ts';
import { field, isRecord } from '../../spec/record.ts';
import type { Login } from '../http/target.ts';
import { shownStatus } from '../judge/shown.ts';
import { UserError } from '../model/errors.ts';
import { type Exchange, json } from '../model/exchange.ts';
import { type Request, read } from '../model/requests.ts';
import type { Listed, ResourceLog } from './resource-log.ts';

const collection = '/v1/crdbs';
const one = (guid: string): string => `${collection}/${encodeURIComponent(guid)}`;

/** What every request that makes a task states about it. */
export interface TaskHeaders {
  readonly taskId: string;
  readonly resultTtlS?: number;
}

const producing = (
  method: Request['method'],
  path: string,
  { taskId, resultTtlS }: TaskHeaders,
  body?: unknown,
): Request => ({
  operation: 'crdbs',
  method,
  path,
  headers: {
    'X-Task-ID': taskId,
    ...(resultTtlS === undefined ? {} : { 'X-Result-TTL': String(resultTtlS) }),
  },
  ...(body === undefined ? {} : { body }),
});

const asking = (path: string): Request => ({ operation: 'crdbs', method: 'GET', path });

export const listDatabases = (): Request => asking(collection);
export const showDatabase = (guid: string): Request => asking(one(guid));
export const showCluster = (): Request => asking('/v1/cluster');
export const showNodes = (): Request => asking('/v1/nodes');

/** In bytes: the smallest size in the vendor's pages. */
const smallBytes = 104_857_600;

/** One shard, on one cluster: as small as an Active-Active database can be. */
export const createDatabase = (
  { name, cluster, login }: { readonly name: string; readonly cluster: string; readonly login: Login },
  task: TaskHeaders,
): Request =>
  producing('POST', collection, task, {
    name,
    default_db_config: { memory_size: smallBytes, replication: false, sharding: false, shards_count: 1 },
    instances: [
      {
        cluster: {
          name: cluster,
          url: `https://${cluster}:9443`,
          credentials: { username: login.user, password: login.password },
        },
      },
    ],
  });

/**
 * Makes a task and changes nothing: the run's own database is set to the size that it has; of a database that somebody
 * else may configure meanwhile, nothing is sent.
 */
export const updateDatabase = (
  { guid, isOwn }: { readonly guid: string; readonly isOwn: boolean },
  task: TaskHeaders,
): Request =>
  producing('PATCH', one(guid), task, isOwn ? { default_db_config: { memory_size: smallBytes } } : {});

export const deleteDatabase = (guid: string, task: TaskHeaders): Request =>
  producing('DELETE', one(guid), task);

/** A string property of an object, or undefined. */
export const textOf = (value: unknown, name: string): string | undefined => {
  const text = field(value, name);
  return typeof text === 'string' ? text : undefined;
};

/** The databases that a response lists, in an array or in an object around it; undefined if it holds no list. */
export function listedIn(answer: Exchange): readonly Listed[] | undefined {
  if (answer.lost !== undefined || answer.response?.status !== 200) return undefined;
  const value = json(answer)?.value;
  const rows: unknown = Array.isArray(value)
    ? value
    : isRecord(value)
      ? Object.values(value).find(Array.isArray)
      : undefined;
  if (!Array.isArray(rows)) return undefined;
  return rows.flatMap((row: unknown) => {
    const guid = textOf(row, 'guid');
    return guid === undefined ? [] : [{ guid, name: textOf(row, 'name') ?? '' }];
  });
}

/** The releases of a cluster's nodes, each once; none where the target does not show them. */
export function releasesIn(nodes: Exchange): readonly string[] {
  const rows: unknown = nodes.response?.status === 200 ? json(nodes)?.value : undefined;
  if (!Array.isArray(rows)) return [];
  const versions = rows.flatMap((row: unknown) => textOf(row, 'software_version') ?? []);
  return [...new Set(versions)];
}

/**
 * What a run says of a cluster's release, in one line; undefined where the target shows none.
 * @param edition the edition of the docs that the run judges by
 */
export function releaseLine(releases: readonly string[], edition: string): string | undefined {
  const [release, ...more] = releases;
  if (release === undefined) return undefined;
  const better = more.length === 0 ? betterEdition(release, edition) : undefined;
  const advice = better === undefined ? '' : `; --contract ${better} fits it better than edition ${edition}`;
  return `The cluster runs Redis Software ${releases.join(' and ')}${advice}.`;
}

/** A response in words: its status, and the reason that its body gives. */
export function answerText(answer: Exchange): string {
  if (answer.lost !== undefined) return answer.lost;
  const value = json(answer)?.value;
  const reason = textOf(value, 'description') ?? textOf(value, 'detail') ?? textOf(value, 'title');
  return `answered ${answer.response?.status}${reason === undefined ? '' : ` (${reason.replace(/\s+/g, ' ').slice(0, 200)})`}`;
}

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
    }
  | { readonly why: string };

export interface Preparing {
  readonly send: (request: Request) => Promise<Exchange>;
  readonly wait: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
  readonly resourceLog: ResourceLog;
  readonly login: Login | undefined;
  /** The guid of the database that the user names. */
  readonly named: string | undefined;
  /** How many databases the run makes where the user names none. */
  readonly count?: number;
  /** How long the creation of a database may take. */
  readonly limitMs: number;
  /** Aborted by the user: cleanup then removes what exists. */
  readonly interrupt: AbortSignal;
}

const pollMs = 200;

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
    return { guids: [named], isOwn: false, cluster };
  }
  if (!login) return { why: 'creating a database requires a login, but --no-auth sends none' };
  const suffixes = Array.from({ length: count }, (_, index) => (index === 0 ? 'db' : `db${index + 1}`));
  const made = await Promise.all(suffixes.map((suffix) => ownDatabase(preparing, login, cluster, suffix)));
  const guids = made.flatMap((one) => ('guid' in one ? [one.guid] : []));
  const [why] = made.flatMap((one) => ('why' in one ? [one.why] : []));
  if (guids.length === 0) return { why: why ?? 'no database was asked for' };
  return { guids, isOwn: true, cluster, ...(why === undefined ? {} : { fewer: why }) };
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
      why: `the target refused to create a database: POST /v1/crdbs ${answerText(answer)}, expected 200`,
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
      return { why: `the test database was not created: its task ${taskId} failed${reasonIn(task)}` };
    if (nowMs() > untilMs || interrupt.aborted)
      return { why: `the test database was not created within ${limitMs / 1000} s` };
    await wait(pollMs);
  }
}

/** The id in the answer to a request that makes a task. */
export const answeredId = (answer: Exchange): string | undefined =>
  answer.response?.status === 200 ? textOf(json(answer)?.value, 'id') : undefined;

/** Why a task is not used that the target gives an id of its own: it may be anybody's. */
export const otherId = (asked: string, given: string): string =>
  `the target answers with the task id ${given.slice(0, 100)}, but X-Task-ID asked for ${asked}: a run acts only on ids that it chose`;

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
  const value = shown.lost === undefined && shown.response?.status === 200 ? json(shown)?.value : undefined;
  if (textOf(value, 'guid') === guid && textOf(value, 'name') === name) return undefined;
  return `GET /v1/crdbs/${guid} ${answerText(shown)} and does not show that name and guid`;
}

/** The first error of a failed task, in words. */
function reasonIn(task: Exchange): string {
  const errors = field(json(task)?.value, 'errors');
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const reason = textOf(first, 'description') ?? textOf(first, 'error_code');
  return reason === undefined ? '' : `: ${reason.slice(0, 200)}`;
}
