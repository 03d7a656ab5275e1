/** Active-Active databases by `/v1/crdbs`: the documented requests as data, and what their responses show. */
import { betterEdition } from '../../spec/edition.ts';
import { isRecord, textOf } from '../../spec/record.ts';
import type { Login } from '../http/target.ts';
import { type Exchange, json } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import type { Listed } from './resource-log.ts';

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
export const showUsers = (): Request => asking('/v1/users');
export const showLicence = (): Request => asking('/v1/license');

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

/** The JSON of a response with 200; undefined where there is none. */
export const okBody = (answer: Exchange | undefined): unknown =>
  answer?.response?.status === 200 ? json(answer)?.value : undefined;

/** The databases that a response lists, in an array or in an object around it; undefined if it holds no list. */
export function listedIn(answer: Exchange): readonly Listed[] | undefined {
  if (answer.lost !== undefined) return undefined;
  const value = okBody(answer);
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
  const rows = okBody(nodes);
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

/** The id in the answer to a request that makes a task. */
export const answeredId = (answer: Exchange): string | undefined => textOf(okBody(answer), 'id');

/** Why a task is not used that the target gives an id of its own: it may be anybody's. */
export const otherId = (asked: string, given: string): string =>
  `the target answers with the task id ${given.slice(0, 100)}, but X-Task-ID asked for ${asked}: a run acts only on ids that it chose`;
