/**
 * The guard of the HTTP client: it refuses every request that could change anything that the run did not make or was not
 * given, even if a suite or a provisioner has a bug. What a request creates is entered in the resource log first.
 */
import type { Guard } from '../http/client.ts';
import { shownStatus } from '../judge/shown.ts';
import { UserError } from '../model/errors.ts';
import { type Exchange, json } from '../model/exchange.ts';
import { impossibleIds, type Request } from '../model/requests.ts';
import type { Entry, ResourceLog } from './resource-log.ts';

/** A request that must not be sent: a bug of the harness, which ends the run. */
export class Forbidden extends Error {}

/** What a request could change: nothing, or what an entry of the resource log speaks of. */
export function guarding(resourceLog: ResourceLog): Guard {
  const refuse = (request: Request, why: string): never => {
    throw new Forbidden(`refused to send ${request.method} ${request.path}: ${why}`);
  };

  const ownMark = (request: Request, what: string, given: unknown): string => {
    if (typeof given === 'string' && given.startsWith(resourceLog.mark)) return given;
    return refuse(
      request,
      `${what} ${String(given)} does not begin with this run's mark ${resourceLog.mark}`,
    );
  };

  const change = (request: Request, rawId: string): void => {
    const id = decoded(rawId);
    if (resourceLog.mayChange(id) || nobodys.has(rawId) || resourceLog.isMadeOfOwn(id)) return;
    refuse(request, 'the resource log holds no such task');
  };

  /** Every producer of tasks names the task that it wants. */
  const makeTask = (request: Request): string => {
    const id = ownMark(request, 'the task', request.headers?.['X-Task-ID']);
    if (!resourceLog.mayChange(id)) resourceLog.enter({ type: 'making task', id, by: 'crdbs' });
    return id;
  };

  const onDatabases = (
    request: Request,
    { guid, rest }: { guid: string | undefined; rest: string | undefined },
  ) => {
    const { method } = request;
    if (guid === undefined && method === 'POST') {
      const name = ownMark(request, 'the database', fieldIn(request.body, 'name'));
      resourceLog.enter({ type: 'making database', name, task: makeTask(request) });
      return;
    }
    const updates = (method === 'PATCH' && rest === undefined) || (method === 'POST' && rest === 'updates');
    const removes = method === 'DELETE' && rest === undefined;
    if (guid === undefined || !(updates || removes)) return refuse(request, 'no run sends such a request');
    if (!(removes ? resourceLog.mayRemove(guid) : resourceLog.mayUpdate(guid)))
      refuse(
        request,
        removes ? 'this run did not make that database' : 'the resource log holds no such database',
      );
    makeTask(request);
  };

  const onControl = (
    request: Request,
    { id, rest }: { id: string | undefined; rest: string | undefined },
  ) => {
    if (id === undefined && request.method === 'POST') {
      const asked = ownMark(request, 'the task', fieldIn(request.body, 'id'));
      resourceLog.enter({ type: 'making task', id: asked, by: 'control' });
    } else if (
      id !== undefined &&
      (rest === undefined ? request.method === 'DELETE' : request.method === 'POST')
    )
      change(request, id);
    else refuse(request, 'no run sends such a request');
  };

  return {
    admit(request) {
      if (!couldChange(request)) return;
      const { tasks, databases, control } = partsOf(request.path);
      const cancels = tasks?.rest === '/actions/cancel';
      const reads = tasks?.rest === undefined && !isChanging(request.method);
      if (tasks && (cancels || reads)) change(request, tasks.id);
      else if (databases) onDatabases(request, databases);
      else if (control) onControl(request, control);
      else refuse(request, 'no run sends such a request');
    },
    observe(request, exchange) {
      for (const entry of newsIn(request, exchange, resourceLog)) resourceLog.enter(entry);
    },
  };
}

/** Lets nothing through that could change anything, whatever a resource log holds. */
export const readingOnly: Guard = {
  admit(request) {
    if (couldChange(request))
      throw new Forbidden(`refused to send ${request.method} ${request.path}: this run only reads`);
  },
  observe: () => {},
};

/** The same guard, which also tells of what it refused: whoever asked for it may keep silent about it. */
export const telling = (guard: Guard, tell: (why: string) => void): Guard => ({
  admit(request) {
    try {
      guard.admit(request);
    } catch (error) {
      tell(inWords(error));
      throw error;
    }
  },
  observe: guard.observe,
});

/** What a person can do something about stands in words; anything else with its stack. */
export function inWords(error: unknown): string {
  if (error instanceof UserError) return `${error.message} ${error.remedy}`;
  if (error instanceof Forbidden) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Whether a request could change something, so that a run that only reads must not send it. */
export const couldChange = (request: Request): boolean => {
  const { tasks } = partsOf(request.path);
  return (
    isChanging(request.method) ||
    tasks?.rest === '/actions/cancel' ||
    (tasks !== undefined && setsTtl(request))
  );
};

const nobodys: ReadonlySet<string> = new Set(Object.values(impossibleIds));

const isChanging = (method: Request['method']): boolean => method !== 'GET' && method !== 'OPTIONS';

/** A read with a result TTL sets the retention of its task. */
const setsTtl = ({ headers = {} }: Pick<Request, 'headers'>): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'x-result-ttl');

/** What a path speaks of, its ids as they are spelt. */
function partsOf(path: string) {
  const [bare = ''] = path.split('?');
  const task = /^\/v1\/crdb_tasks\/([^/]*)(\/.*)?$/.exec(bare);
  const databases = /^\/v1\/crdbs(?:\/([^/]+)(?:\/(.*))?)?$/.exec(bare);
  const control = /^\/_control\/v1\/tasks(?:\/([^/]+)(?:\/(phase|age))?)?$/.exec(bare);
  return {
    tasks: task ? { id: task[1] ?? '', rest: task[2] } : undefined,
    databases: databases ? { guid: databases[1], rest: databases[2] } : undefined,
    control: control ? { id: control[1], rest: control[2] } : undefined,
  };
}

/** What an answer says of the run's own. */
function newsIn(request: Request, exchange: Exchange, resourceLog: ResourceLog): readonly Entry[] {
  const { response, lost } = exchange;
  if (!response || lost !== undefined) return [];
  const { tasks, control } = partsOf(request.path);
  if (control?.id !== undefined && request.method === 'DELETE' && response.status === 204)
    return [{ type: 'task over', id: decoded(control.id) }];
  const asked = request.headers?.['X-Task-ID'];
  if (asked !== undefined && isChanging(request.method)) {
    const id = response.status === 200 ? fieldIn(json(exchange)?.value, 'id') : undefined;
    // What was refused makes no task; and some targets choose the id themselves.
    if (response.status >= 400 && response.status < 500)
      return [{ type: 'task over', id: asked }, ...neverMade(request)];
    return typeof id === 'string' && id !== asked ? [{ type: 'made task', id, asked }] : [];
  }
  if (request.operation !== 'read' || tasks === undefined) return [];
  const status = shownStatus(exchange);
  const id = decoded(tasks.id);
  if ((status !== 'finished' && status !== 'failed') || !resourceLog.isOpen(id, 'crdbs')) return [];
  const unmade = status === 'failed' ? resourceLog.madeBy(id) : undefined;
  return [
    { type: 'task over', id },
    ...(unmade ? [{ type: 'database gone', name: unmade.name } as const] : []),
  ];
}

/** The database that a refused request would have made. */
function neverMade({ method, path, body }: Request): readonly Entry[] {
  const name = method === 'POST' && path === '/v1/crdbs' ? fieldIn(body, 'name') : undefined;
  return typeof name === 'string' ? [{ type: 'database gone', name }] : [];
}

function fieldIn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function decoded(rawId: string): string {
  try {
    return decodeURIComponent(rawId);
  } catch {
    return rawId;
  }
}
