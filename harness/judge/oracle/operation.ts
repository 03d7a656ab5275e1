/**
 * Exchanges as operations on tasks: what was done to which task, when, and what the answer shows. Plain data, no
 * judgement. Exchanges that say nothing about a task are left out.
 */
import { field, isRecord, parsedJson, textOf } from '../../../spec/record.ts';
import { type Exchange, json } from '../../model/exchange.ts';
import { decoded } from '../../model/requests.ts';
import { type Phase, phases } from '../../model/task.ts';
import { type ShownTask, taskIn } from '../shown.ts';

export const actions = ['create', 'move', 'age', 'delete', 'read', 'list', 'cancel', 'get-cancel'] as const;
export type Action = (typeof actions)[number];

export interface TaskOperation {
  readonly exchange: Exchange;
  readonly action: Action;
  /** The id of its task; empty for a list, which is about all tasks. */
  readonly task: string;
  readonly sentAt: number;
  /** Infinity where the answer is lost: the server may act on the request at any later time, or never. */
  readonly receivedAt: number;
  /** With the run's own login. */
  readonly authorized: boolean;
  /** Where a task is created in, or moved to. */
  readonly phase?: Phase;
  /** The TTL at creation, in seconds. */
  readonly ttlS?: number;
  readonly cancelFails?: boolean;
  /** A created task that stays in its phase until it is moved or cancelled. */
  readonly held?: boolean;
  readonly agedS?: number;
  /** The database that the creation named. */
  readonly guid?: string;
  /** As sent. */
  readonly verbose?: string;
  /** `X-Result-TTL` of a read, as sent. */
  readonly ttl?: string;
  /** As sent. */
  readonly force?: string;
  /** Undefined where the answer is lost, or where it is no answer that the docs have: the request may have acted. */
  readonly answer?: TaskAnswer;
}

export interface TaskAnswer {
  readonly status: number;
  /** The task that the body of a read shows. */
  readonly shown?: ShownTask;
  /** The rows of a list, by id. */
  readonly rows?: ReadonlyMap<string, readonly ShownTask[]>;
}

/** Operations in the order in which they were sent. */
export function operationsOf(exchanges: readonly Exchange[]): readonly TaskOperation[] {
  const asksForLogin = exchanges.some(({ request }) => request.credentials === 'own');
  const made = exchanges.flatMap((exchange) => operationOf(exchange, asksForLogin) ?? []);
  const known = new Map(
    made.filter(({ action }) => action === 'create').map(({ task }) => [lower(task), task]),
  );
  return made
    .flatMap((operation) => {
      const same = known.get(lower(operation.task));
      return same === undefined || same === operation.task ? [operation] : inOtherCase(operation, same);
    })
    .sort((a, b) => a.sentAt - b.sentAt);
}

const lower = (id: string): string => id.toLowerCase();

/** An id that differs from a known one in case alone may name that task: an effect on it may have happened. */
function inOtherCase(operation: TaskOperation, task: string): readonly TaskOperation[] {
  const { answer: _, ...rest } = operation;
  const changes = operation.action === 'cancel' || operation.ttl !== undefined;
  return changes ? [{ ...rest, task, receivedAt: Number.POSITIVE_INFINITY }] : [];
}

type Details = Partial<TaskOperation> & Pick<TaskOperation, 'action' | 'task'>;

/**
 * An exchange as an operation; undefined where it says nothing about a task.
 * @param asksForLogin whether the target requires credentials
 */
export function operationOf(exchange: Exchange, asksForLogin: boolean): TaskOperation | undefined {
  const details = ofTask(exchange) ?? ofControl(exchange) ?? ofDatabase(exchange);
  if (!details) return undefined;
  const { credentials } = exchange.request;
  const authorized = !asksForLogin || credentials === 'own' || credentials === 'lower-case scheme';
  const status = exchange.lost === undefined ? exchange.response?.status : undefined;
  const answer = status === undefined ? undefined : answerOf(exchange, status, details, authorized);
  return {
    exchange,
    sentAt: exchange.sentAt,
    receivedAt: status === undefined ? Number.POSITIVE_INFINITY : exchange.receivedAt,
    authorized,
    ...details,
    ...(answer ? { answer } : {}),
  };
}

const taskPath = /\/v1\/crdb_tasks(?:\/([^/?]+)(\/actions\/cancel)?)?(?:\?(.*))?$/;
/** An id that a task can have. */
export const wellFormed = /^[A-Za-z0-9._~-]{1,64}$/;

/** An operation of the contract. An id that no task can have is none: other checks are about those. */
function ofTask({ request: { method, path, headers } }: Exchange): Details | undefined {
  const [whole, rawId, cancels, query = ''] = taskPath.exec(path) ?? [];
  if (whole === undefined) return undefined;
  if (rawId === undefined) return method === 'GET' ? { action: 'list', task: '' } : undefined;
  const task = decoded(rawId);
  if (!wellFormed.test(task)) return undefined;
  const parameters = new URLSearchParams(query);
  /** A parameter that is sent twice has no documented meaning. */
  const value = (name: string) => (parameters.has(name) ? { [name]: parameters.getAll(name).join('&') } : {});
  if (cancels !== undefined)
    return method === 'POST'
      ? { action: 'cancel', task, ...value('force') }
      : method === 'GET'
        ? { action: 'get-cancel', task }
        : undefined;
  const ttl = headerOf(headers, 'x-result-ttl');
  return method === 'GET'
    ? { action: 'read', task, ...value('verbose'), ...(ttl === undefined ? {} : { ttl }) }
    : undefined;
}

const controlPath = /\/_control\/v1\/tasks(?:\/([^/?]+)(?:\/(phase|age))?)?$/;

/** A request of the task control protocol. */
function ofControl(exchange: Exchange): Details | undefined {
  const { method, path, body: text } = exchange.request;
  const [whole, rawId, act] = controlPath.exec(path) ?? [];
  if (whole === undefined) return undefined;
  const body = parsedJson(text ?? '');
  const [id, named, ttlS, agedS] = ['id', 'phase', 'result_ttl', 'seconds'].map((name) => field(body, name));
  const phase = phases.find((known) => known === named);
  if (rawId === undefined) {
    if (method !== 'POST' || typeof id !== 'string' || phase === undefined) return undefined;
    const guid = fieldOf(exchange, 'crdb_guid');
    return {
      action: 'create',
      task: id,
      phase,
      held: true,
      ...(typeof ttlS === 'number' ? { ttlS } : {}),
      ...(field(body, 'cancel_fails') === true ? { cancelFails: true } : {}),
      ...(guid === undefined ? {} : { guid }),
    };
  }
  const task = decoded(rawId);
  if (method === 'DELETE' && act === undefined) return { action: 'delete', task };
  if (method !== 'POST') return undefined;
  if (act === 'phase' && phase !== undefined) return { action: 'move', task, phase };
  return act === 'age' && typeof agedS === 'number' ? { action: 'age', task, agedS } : undefined;
}

/** The methods of `/v1/crdbs` that make tasks. */
const makers = ['POST', 'PATCH', 'PUT', 'DELETE'];

/** A request of `/v1/crdbs` that makes a task: it moves by itself from there on. */
function ofDatabase(exchange: Exchange): Details | undefined {
  const { method, path, headers } = exchange.request;
  if (!makers.includes(method) || !/\/v1\/crdbs(\/|\?|$)/.test(path) || /[?&]dry_run=/.test(path))
    return undefined;
  const answered = exchange.response?.status === 200 ? fieldOf(exchange, 'id') : undefined;
  const task = answered ?? headerOf(headers, 'x-task-id');
  if (task === undefined) return undefined; // which task it made, if any, is not known
  const ttl = headerOf(headers, 'x-result-ttl');
  return {
    action: 'create',
    task,
    phase: 'queued',
    held: false,
    ...(ttl !== undefined && isSeconds(ttl) ? { ttlS: Number(ttl) } : {}),
  };
}

/** A whole number of seconds, as `X-Result-TTL` has it. */
export const isSeconds = (text: string): boolean => /^\d{1,9}$/.test(text);
export const isBoolean = (text: string): boolean => text === 'true' || text === 'false';

/** Statuses that tell what became of a request. Any other is judged elsewhere, and here it is a lost answer. */
function tells({ action, ttl, verbose, force }: Details, status: number): boolean {
  const malformed =
    (ttl !== undefined && !isSeconds(ttl)) ||
    [verbose, force].some((text) => text !== undefined && !isBoolean(text));
  if (status === 400) return malformed;
  if (action === 'read') return status === 200 || status === 404;
  if (action === 'cancel') return [200, 404, 406, 409].includes(status);
  if (action === 'list') return status === 200;
  return status < 500;
}

function answerOf(
  exchange: Exchange,
  status: number,
  details: Details,
  authorized: boolean,
): TaskAnswer | undefined {
  if (!authorized) return status === 401 ? { status } : undefined;
  if (!tells(details, status)) return undefined;
  if (status !== 200 || (details.action !== 'read' && details.action !== 'list')) return { status };
  const value = json(exchange)?.value;
  if (details.action === 'read') {
    const shown = shownIn(value);
    return shown?.id === details.task ? { status, shown } : undefined;
  }
  const rows = Array.isArray(value) ? value.map(shownIn) : [undefined];
  return rows.includes(undefined)
    ? undefined
    : {
        status,
        rows: Map.groupBy(
          rows.filter((row) => row !== undefined),
          ({ id }) => id,
        ),
      };
}

/** The types that the docs give the fields. */
const typed: Readonly<Record<string, (value: unknown) => boolean>> = {
  crdb_guid: (value) => typeof value === 'string',
  operation: (value) => typeof value === 'string',
  worker_name: (value) => typeof value === 'string',
  started: (value) => typeof value === 'string',
  ended: (value) => typeof value === 'string',
  errors: (value) => Array.isArray(value) && value.every(isRecord),
  progress: isRecord,
};

/** The task that a value shows; undefined where it breaks the schema, which other checks judge. */
function shownIn(value: unknown): ShownTask | undefined {
  const task = taskIn(value);
  return task &&
    Object.entries(typed).every(([name, isFit]) => !(name in task.fields) || isFit(task.fields[name]))
    ? task
    : undefined;
}

export const headerOf = (headers: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(headers).find(([known]) => lower(known) === name)?.[1];

const fieldOf = (exchange: Exchange, name: string): string | undefined => textOf(json(exchange)?.value, name);
