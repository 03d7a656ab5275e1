/** Active-Active databases over `/v1/crdbs`: the documented requests as data, and what their answers show. */
import { isRecord } from '../../spec/record.ts';
import type { Login } from '../http/target.ts';
import type { Exchange } from '../model/exchange.ts';
import { json } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import type { Listed } from './resource-entry.ts';

const collection = '/v1/crdbs';
const one = (guid: string): string => `${collection}/${encodeURIComponent(guid)}`;

/** What every producer of a task says of it. */
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

/** In bytes: the least that the vendor's own pages use. */
export const smallBytes = 104_857_600;

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

/** Asks for the size that the database has: a task like any other, after which everything is as it was. */
export const updateDatabase = (
  { guid, bytes }: { readonly guid: string; readonly bytes: number | undefined },
  task: TaskHeaders,
): Request =>
  producing('PATCH', one(guid), task, {
    default_db_config: bytes === undefined ? {} : { memory_size: bytes },
  });

export const deleteDatabase = (guid: string, task: TaskHeaders): Request =>
  producing('DELETE', one(guid), task);

/** A text of an object, or undefined. */
export const textOf = (value: unknown, name: string): string | undefined => {
  const held = isRecord(value) ? value[name] : undefined;
  return typeof held === 'string' ? held : undefined;
};

/** The databases that a list shows, also where it is wrapped; undefined where there is no list to be seen. */
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

/** The memory of a database in bytes, where it shows it. */
export function bytesOf(answer: Exchange): number | undefined {
  const value = json(answer)?.value;
  const config = isRecord(value) ? value.default_db_config : undefined;
  const bytes = isRecord(config) ? config.memory_size : undefined;
  return typeof bytes === 'number' ? bytes : undefined;
}

/** What an answer of this side says, for people: its status and what its body gives as the reason. */
export function said(answer: Exchange): string {
  if (answer.lost !== undefined) return answer.lost;
  const value = json(answer)?.value;
  const reason = textOf(value, 'description') ?? textOf(value, 'detail') ?? textOf(value, 'title');
  return `answered ${answer.response?.status}${reason === undefined ? '' : ` (${reason.slice(0, 200)})`}`;
}
