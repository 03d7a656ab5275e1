/** Before a run by `crdbs`: what is there, and the database that its tasks will be about. */

import type { Login } from '../http/target.ts';
import { shownStatus } from '../judge/shown.ts';
import { UserError } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import { json } from '../model/exchange.ts';
import { type Request, read } from '../model/requests.ts';
import {
  bytesOf,
  createDatabase,
  listDatabases,
  listedIn,
  said,
  showCluster,
  showDatabase,
  textOf,
} from './databases.ts';
import type { ResourceLog } from './resource-log.ts';

/** The database of a run; or why there is none, and so no task can be made. */
export type Ground =
  | {
      readonly guid: string;
      /** Its memory, where it shows it. */
      readonly bytes?: number;
      /** The cluster's own name, for a creation that is to fail. */
      readonly cluster: string;
    }
  | { readonly why: string };

export interface Preparing {
  readonly send: (request: Request) => Promise<Exchange>;
  readonly wait: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
  readonly resourceLog: ResourceLog;
  readonly login: Login | undefined;
  /** The database that the user names for the purpose. */
  readonly named: string | undefined;
  /** How long a database may take to come, in milliseconds. */
  readonly limitMs: number;
  /** Aborted by the user: what was begun is left for the clean-up. */
  readonly interrupt: AbortSignal;
}

const pollMs = 200;

/** @throws {UserError} exit 2: there are no databases to be asked for, or not the one that was named */
export async function prepareGround(preparing: Preparing): Promise<Ground> {
  const { send, resourceLog, named, login } = preparing;
  const listing = await send(listDatabases());
  const found = listedIn(listing);
  if (!found)
    throw new UserError(
      `--provision crdbs: GET /v1/crdbs ${said(listing)}, so there is no database to make tasks on.`,
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
          ? 'It has none at all: leave --crdb away, and the run makes a small one of its own.'
          : `It has ${found.map(({ guid, name }) => `${guid} (${name})`).join(', ')}.`,
        2,
      );
    resourceLog.enter({ type: 'given database', guid: named });
    return ground(named, cluster, send);
  }
  return login
    ? await ownDatabase(preparing, login, cluster)
    : { why: 'a database is made only with a login, which --no-auth says is not needed' };
}

async function ownDatabase(
  { send, wait, nowMs, resourceLog, limitMs, interrupt }: Preparing,
  login: Login,
  cluster: string,
): Promise<Ground> {
  const name = `${resourceLog.mark}db`;
  const taskId = `${name}-made`;
  const answer = await send(createDatabase({ name, cluster, login }, { taskId }));
  const status = answer.response?.status;
  if (status === 401 || status === 403)
    return { why: `${login.user} may not create databases: POST /v1/crdbs ${said(answer)}` };
  if (answer.lost === undefined && status !== 200)
    return { why: `the target makes no database: POST /v1/crdbs ${said(answer)}` };
  const id = textOf(json(answer)?.value, 'id') ?? taskId;
  const untilMs = nowMs() + limitMs;
  for (;;) {
    const made = listedIn(await send(listDatabases()))?.find((row) => row.name === name);
    if (made) {
      resourceLog.enter({ type: 'made database', name, guid: made.guid });
      return ground(made.guid, cluster, send);
    }
    const task = await send(read({ id }));
    if (shownStatus(task) === 'failed')
      return { why: `the database of this run could not be made: its task ${id} failed${reasonIn(task)}` };
    if (nowMs() > untilMs || interrupt.aborted)
      return { why: `the database of this run did not come within ${limitMs / 1000} s` };
    await wait(pollMs);
  }
}

async function ground(guid: string, cluster: string, send: Preparing['send']): Promise<Ground> {
  const bytes = bytesOf(await send(showDatabase(guid)));
  return { guid, cluster, ...(bytes === undefined ? {} : { bytes }) };
}

/** The first error of a failed task, for people. */
function reasonIn(task: Exchange): string {
  const value = json(task)?.value;
  const errors: unknown =
    typeof value === 'object' && value !== null && 'errors' in value ? value.errors : [];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const reason = textOf(first, 'description') ?? textOf(first, 'error_code');
  return reason === undefined ? '' : `: ${reason.slice(0, 200)}`;
}
