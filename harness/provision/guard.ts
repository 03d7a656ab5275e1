/**
 * The guard of the HTTP client: it refuses every request that could change anything that the run did not make and was
 * not given, even if a suite or a provisioner has a bug. It enters what a request creates in the resource log first.
 */
import { field, isRecord, textOf } from '../../spec/record.ts';
import { type Guard, isNeverSent, isTimeout } from '../http/client.ts';
import { shownStatus } from '../judge/shown.ts';
import { UserError } from '../model/errors.ts';
import { type Exchange, json } from '../model/exchange.ts';
import { decoded, impossibleIds, type Request } from '../model/requests.ts';
import { succeeded } from './control.ts';
import type { Entry, ResourceLog } from './resource-log.ts';

/** A request that must not be sent: a bug of the harness, which ends the run. */
export class Forbidden extends Error {}

/** Admits a request that changes nothing, or only what the resource log holds. */
export function guarding(resourceLog: ResourceLog): Guard {
  const refuse = (request: Request, why: string): never => {
    throw new Forbidden(`refused to send ${request.method} ${request.path}: ${why}`);
  };

  /** Ids that the target showed so far. */
  const shown = new Set<string>();
  /** Ids that a mock gave to tasks of the run in place of the run's own, and had not shown before: removed, not used. */
  const renamed = new Set<string>();
  /** Tasks whose creation had no answer in time: the target may still make them, also after a removal. */
  const late = new Set<string>();
  /** Tasks that the target showed after their last creation was sent. */
  const seen = new Set<string>();

  const ownMark = (request: Request, what: string, given: unknown): string => {
    if (typeof given === 'string' && resourceLog.isOwn(given)) return given;
    return refuse(
      request,
      `${what} ${String(given)} does not begin with this run’s mark ${resourceLog.mark}`,
    );
  };

  const change = (request: Request, rawId: string): void => {
    const id = decoded(rawId);
    if (unusedIds.has(rawId)) return;
    if (leadsElsewhere(id)) refuse(request, 'the id has a dot segment, which leads to another path');
    if (resourceLog.mayChange(id) || resourceLog.isMadeOfOwn(id)) return;
    refuse(request, 'the resource log does not hold this task');
  };

  /** Every request that makes a task names it. A removal is sent also where the log can't be written any more. */
  const makeTask = (request: Request): string => {
    const id = ownMark(request, 'the task', request.headers?.['X-Task-ID']);
    if (resourceLog.mayChange(id)) return id;
    const entry = { type: 'making task', id, by: 'crdbs' } as const;
    if (request.method === 'DELETE') resourceLog.note(entry);
    else resourceLog.enter(entry);
    return id;
  };

  const onDatabases = (request: Request, [, guid, rest]: RegExpExecArray) => {
    const { method } = request;
    if (guid === undefined && method === 'POST') {
      const name = ownMark(request, 'the database', field(request.body, 'name'));
      resourceLog.enter({ type: 'making database', name, task: makeTask(request) });
      return;
    }
    const updates = (method === 'PATCH' && rest === undefined) || (method === 'POST' && rest === 'updates');
    const removes = method === 'DELETE' && rest === undefined;
    if (guid === undefined || !(updates || removes)) return refuse(request, 'no run sends this request');
    const isUnchanged = isRecord(request.body) && Object.keys(request.body).length === 0;
    if (!resourceLog.mayRemove(guid) && (removes || !resourceLog.isGiven(guid) || !isUnchanged))
      refuse(
        request,
        resourceLog.isGiven(guid)
          ? 'nothing of the configuration of a database that the user named may be sent'
          : 'this run did not make this database',
      );
    makeTask(request);
  };

  const onControl = (request: Request, [, id, rest]: RegExpExecArray) => {
    if (id === undefined && request.method === 'POST') {
      const asked = ownMark(request, 'the task', field(request.body, 'id'));
      resourceLog.enter({ type: 'making task', id: asked, by: 'control' });
      seen.delete(asked);
    } else if (id !== undefined && request.method === 'DELETE' && renamed.has(decoded(id))) return;
    else if (id !== undefined && request.method === (rest === undefined ? 'DELETE' : 'POST'))
      change(request, id);
    else refuse(request, 'no run sends this request');
  };

  return {
    admit(request) {
      refuseRewritten(request);
      if (!couldChange(request)) return;
      const { task, databases, control } = partsOf(request.path);
      const cancels = task?.rest === '/actions/cancel';
      const reads = task?.rest === undefined && !isChanging(request.method);
      if (task && (cancels || reads)) change(request, task.id);
      else if (databases) onDatabases(request, databases);
      else if (control) onControl(request, control);
      else refuse(request, 'no run sends this request');
    },
    observe(request, exchange) {
      const { operation, method, body } = request;
      const ids = idsIn(exchange);
      const [answered] = ids;
      if (operation !== 'control')
        for (const id of ids) {
          shown.add(id);
          seen.add(id);
        }
      else if (
        method === 'POST' &&
        answered !== undefined &&
        answered !== field(body, 'id') &&
        !shown.has(answered)
      )
        renamed.add(answered);
      const asked = operation === 'control' && method === 'POST' ? textOf(body, 'id') : undefined;
      if (asked !== undefined && exchange.lost !== undefined) {
        if (isTimeout(exchange.lost) || exchange.response?.status === 504) late.add(asked);
        if (isNeverSent(exchange.lost) && !late.has(asked))
          resourceLog.note({ type: 'task over', id: asked });
      }
      for (const entry of newsIn(request, exchange, resourceLog))
        if (entry.type !== 'task over' || !late.has(entry.id) || seen.has(entry.id)) resourceLog.note(entry);
    },
  };
}

export const readingOnly: Guard = {
  admit(request) {
    refuseRewritten(request);
    if (couldChange(request))
      throw new Forbidden(`refused to send ${request.method} ${request.path}: this run only reads`);
  },
  observe: () => {},
};

/**
 * Refuses a path that goes over the wire otherwise than it is spelt, or that a server resolves to another one: with a
 * backslash, a fragment, a control character or a dot segment.
 */
function refuseRewritten({ method, path }: Request): void {
  if (/^\/[\w\-/?=&]*$/.test(path)) return; // nothing in it is ever rewritten
  const { pathname, search } = new URL(`http://target.invalid${path}`);
  if (pathname + search === path) return;
  throw new Forbidden(`refused to send ${method} ${path}: it would go over the wire as ${pathname}${search}`);
}

/** The same guard; `report` receives each refusal, because the sender may ignore the error. */
export const telling = (guard: Guard, report: (why: string) => void): Guard => ({
  admit(request) {
    try {
      guard.admit(request);
    } catch (error) {
      report(inWords(error));
      throw error;
    }
  },
  observe: guard.observe,
});

/** An error in words if a user can act on it, otherwise with its stack. */
export function inWords(error: unknown): string {
  if (error instanceof UserError) return `${error.message} ${error.remedy}`;
  if (error instanceof Forbidden) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Whether a request could change something, so that a run that only reads must not send it. */
export const couldChange = (request: Request): boolean => {
  const { task } = partsOf(request.path);
  return (
    isChanging(request.method) || task?.rest === '/actions/cancel' || (task !== undefined && setsTtl(request))
  );
};

const unusedIds: ReadonlySet<string> = new Set(Object.values(impossibleIds));

const isChanging = (method: Request['method']): boolean => method !== 'GET' && method !== 'OPTIONS';

/** A read with a result TTL sets the retention of its task. */
const setsTtl = ({ headers = {} }: Pick<Request, 'headers'>): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'x-result-ttl');

/** The task, database or control path of a request; ids as spelt. A path is looked at several times in a row. */
function partsOf(path: string): PathParts {
  if (path !== lastPath) [lastPath, lastParts] = [path, splitPath(path)];
  return lastParts;
}

type PathParts = ReturnType<typeof splitPath>;
let lastPath = '';
let lastParts = splitPath(lastPath);

function splitPath(path: string) {
  const [bare = ''] = path.split('?');
  const task = /^\/v1\/crdb_tasks\/([^/]*)(\/.*)?$/.exec(bare);
  return {
    task: task ? { id: task[1] ?? '', rest: task[2] } : undefined,
    databases: /^\/v1\/crdbs(?:\/([^/]+)(?:\/(.*))?)?$/.exec(bare),
    control: /^\/_control\/v1\/tasks(?:\/([^/]+)(?:\/(phase|age))?)?$/.exec(bare),
  };
}

function idsIn(exchange: Exchange): readonly string[] {
  const value = exchange.lost === undefined ? json(exchange)?.value : undefined;
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  return rows.flatMap((row) => textOf(row, 'id') ?? []);
}

/** What a response shows about the run's own tasks and databases. */
function newsIn(request: Request, exchange: Exchange, resourceLog: ResourceLog): readonly Entry[] {
  const { response, lost } = exchange;
  if (!response || lost !== undefined) return [];
  const { task, control } = partsOf(request.path);
  const removed = control?.[1];
  if (removed !== undefined && request.method === 'DELETE' && succeeded(exchange))
    return [{ type: 'task over', id: decoded(removed) }];
  const asked = request.headers?.['X-Task-ID'];
  if (asked !== undefined && isChanging(request.method)) {
    // A refused request makes no task. An id that the target chose itself may be anybody's: it is never acted on.
    const isRefused = response.status >= 400 && response.status < 500;
    return isRefused ? [{ type: 'task over', id: asked }, ...neverMade(request)] : [];
  }
  if (request.operation !== 'read' || task === undefined) return [];
  const status = shownStatus(exchange);
  const id = decoded(task.id);
  if ((status !== 'finished' && status !== 'failed') || !resourceLog.isOpen(id, 'crdbs')) return [];
  const unmade = status === 'failed' ? resourceLog.madeBy(id) : undefined;
  return [
    { type: 'task over', id },
    ...(unmade ? [{ type: 'database gone', name: unmade.name } as const] : []),
  ];
}

/** The database that a refused request did not make. */
function neverMade({ method, path, body }: Request): readonly Entry[] {
  const name = method === 'POST' && path === '/v1/crdbs' ? textOf(body, 'name') : undefined;
  return name !== undefined ? [{ type: 'database gone', name }] : [];
}

/** Whether a server that decodes an id once more could resolve it to another path. */
function leadsElsewhere(id: string): boolean {
  const once = decoded(id);
  return /(^|[/\\])\.\.?([/\\]|$)/.test(id) || (once !== id && leadsElsewhere(once));
}
