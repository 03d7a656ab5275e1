/** Request in, reply out, as plain data: paths and methods, credentials, operations, control protocol, `/v1/crdbs`. */
import { control, controlPath } from './control.ts';
import { type CrdbsApi, isCrdbsPath } from './crdbs.ts';
import { credentialFault, emptyReply, type IncomingRequest, type Reply } from './messages.ts';
import { answer, decoded, type OperationCall, perform, refusal, type Service } from './operations.ts';
import {
  type Operation,
  operations,
  type RequestContext,
  type Route,
  type Rules,
  type RulesInTime,
  type TransportRules,
} from './rules.ts';

/** A reply, and how it goes over the wire. */
export interface OutgoingReply {
  readonly reply: Reply;
  /** How long it takes, in milliseconds; the effect of the request is immediate. */
  readonly afterMs: number;
  readonly transport: TransportRules;
}

export type RequestHandler = (request: IncomingRequest) => OutgoingReply;

export const isControl = (path: string): boolean =>
  path === controlPath || path.startsWith(`${controlPath}/`);

/** Whether the body of a request on that path matters. */
export const hasBody = (path: string): boolean => isControl(path) || isCrdbsPath(path);

/**
 * Answers the requests to one cluster. It remembers how often each operation was requested, and its last reply.
 * @param side `/v1/crdbs` of a real cluster: tasks are then made there, and there is no control protocol
 */
export function requestHandler(service: Service, rulesInTime: RulesInTime, side?: CrdbsApi): RequestHandler {
  const startMs = service.nowMs();
  const turns: Record<Operation, number> = { list: 0, read: 0, cancel: 0 };
  const before: Partial<Record<Operation, PastReply>> = {};
  const kept = new Map<string, PastReply>();
  const loggedIn = new WeakSet<object>();

  return (request) => {
    const nowMs = service.nowMs();
    const operation = operationNear(request.path);
    const sinceMs = nowMs - (before[operation]?.atMs ?? Number.NEGATIVE_INFINITY);
    const { connection } = request;
    const afterLogin = connection !== undefined && loggedIn.has(connection);
    if (connection && credentialFault(request.authorization, service.login, 'any') === null)
      loggedIn.add(connection);
    const task = service.tasks.get(idNear(request.path));
    const spelt = `${request.method} ${request.path}?${request.query}`;
    const { lastAsked } = task ?? {};
    const context: RequestContext = {
      operation,
      turn: turns[operation],
      upMs: nowMs - startMs,
      nowMs,
      sinceMs,
      random: randomOf(service.seed, operation, turns[operation]),
      path: request.path,
      query: new URLSearchParams(request.query),
      resultTtl: request.resultTtl,
      task,
      sinceSameMs: lastAsked?.spelt === spelt ? nowMs - lastAsked.atMs : Number.POSITIVE_INFINITY,
      afterLogin,
    };
    const rules = typeof rulesInTime === 'function' ? rulesInTime(context) : rulesInTime;
    const { transport } = rules;
    const aside = (reply: Reply): OutgoingReply => ({ reply, afterMs: 0, transport });
    const aboutDatabases = side?.answer(request);
    if (aboutDatabases) return aside(aboutDatabases);
    if (isControl(request.path) && !side) {
      return aside(
        guarded(request, service, rules, () =>
          control(request.method, request.path, request.body, service.tasks, rules),
        ),
      );
    }
    const found = findRoute(request.method, request.path, rules);
    if (found.kind === 'unknown path') {
      return aside(guarded(request, service, rules, () => refusal(rules.paths.unknown, transport)));
    }
    const { operation: named, rawId } = found;
    const { authorization } = request;
    const call: OperationCall = { operation: named, rawId, authorization, context, service, rules };
    if (found.kind === 'wrong method') return aside(wrongMethod(request, call, found.allow));
    turns[named]++;
    const countRequest = (): void => {
      if (!task) return;
      task.lastAsked = { spelt, atMs: nowMs };
      task.requestsSinceAgeing++;
      if (named === 'cancel') task.timesCancelled++;
    };
    const name = nameOf(request, transport);
    const again = kept.get(name);
    const isFresh = again !== undefined && nowMs - again.atMs < transport.cache.ms[named];
    const made = isFresh ? again.reply : answer(call);
    countRequest();
    const reply = transport.finish(made, context, before[named]?.reply);
    before[named] = { reply, atMs: nowMs };
    if (transport.cache.ms[named] > 0 && !isFresh) kept.set(name, { reply, atMs: nowMs });
    return { reply, afterMs: transport.afterMs[named], transport };
  };
}

/** A reply that was sent before. */
interface PastReply {
  readonly reply: Reply;
  readonly atMs: number;
}

/** What is equal in two requests that a cache takes for the same. */
const nameOf = (
  { method, path, query, resultTtl, authorization }: IncomingRequest,
  { cache }: TransportRules,
): string => JSON.stringify([method, path, query, resultTtl, cache.byLogin ? authorization : '']);

/** The operation that a request counts for, before the rules decide whether it is one. */
const operationNear = (path: string): Operation =>
  path.endsWith('/actions/cancel') ? 'cancel' : path.endsWith('/crdb_tasks') ? 'list' : 'read';

/** The id that a path seems to name, whatever follows it. */
const idNear = (path: string): string => decoded(path.split('/crdb_tasks/')[1]?.split('/')[0] ?? '');

function wrongMethod(request: IncomingRequest, call: OperationCall, allowed: readonly string[]): Reply {
  const { service, rules } = call;
  const allow = { Allow: [...allowed, 'OPTIONS'].join(', ') };
  if (request.method === 'OPTIONS') return emptyReply(204, allow);
  const { status, acts } = rules.paths.wrongMethod;
  if (acts) perform(call);
  return guarded(request, service, rules, () => refusal(status, rules.transport, allow));
}

/** For requests of no operation: credentials are checked first, by the contract. */
function guarded(
  { authorization }: IncomingRequest,
  { login }: Service,
  { auth, transport }: Rules,
  then: () => Reply,
): Reply {
  if (credentialFault(authorization, login, 'any') === null) return then();
  return refusal(401, transport, { 'WWW-Authenticate': auth.challenge ?? 'Basic' });
}

type RouteMatch =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly rawId: string }
  | {
      readonly kind: 'wrong method';
      /** The path's first operation. */
      readonly operation: Operation;
      readonly rawId: string;
      readonly allow: readonly string[];
    }
  | { readonly kind: 'unknown path' };

/** Paths are matched as they came, so that `%2F` is no separator. */
function findRoute(method: string, path: string, { routes }: Rules): RouteMatch {
  const matches: { readonly route: Route; readonly rawId: string }[] = [];
  for (const route of routes) {
    const rawId = idIn(path, route.path);
    if (rawId === undefined) continue;
    if (route.method === method || (route.method === 'GET' && method === 'HEAD')) {
      return { kind: 'operation', operation: route.operation, rawId };
    }
    matches.push({ route, rawId });
  }
  const [first] = matches;
  if (!first) return { kind: 'unknown path' };
  const allow = [...new Set(matches.map(({ route }) => route.method))];
  return { kind: 'wrong method', operation: first.route.operation, rawId: first.rawId, allow };
}

/** The segment in the place of `{id}`, empty where the pattern has none; undefined where the path doesn't match. */
function idIn(path: string, pattern: string): string | undefined {
  const [before = '', after] = pattern.split('{id}');
  if (after === undefined) return path === pattern ? '' : undefined;
  if (!path.startsWith(before) || !path.endsWith(after) || path.length < before.length + after.length) {
    return undefined;
  }
  const id = path.slice(before.length, path.length - after.length);
  return id.includes('/') ? undefined : id;
}

/**
 * A random number without state: the same seed, operation and turn always give the same one.
 * @returns at least 0, less than 1
 */
export function randomOf(seed: number, operation: Operation, turn: number): number {
  const stream = seed * operations.length + operations.indexOf(operation);
  return mixed(mixed(stream) + turn) / 2 ** 32;
}

/** The final mix of MurmurHash3: each bit of the input changes half of all bits. */
function mixed(whole: number): number {
  let bits = (whole + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
