/** The cluster's answers, request by request, as plain data: paths and methods, credentials, operations, control. */
import { doubtAbout } from './auth.ts';
import { type ClusterSide, isClusterPath } from './cluster/handler.ts';
import { control, controlPath } from './control.ts';
import { type Asked, answer, perform, type Service } from './operations.ts';
import { luckOf } from './random.ts';
import { emptyReply, type Reply, refusal } from './reply.ts';
import type { Moment } from './request-context.ts';
import { decoded, findRoute } from './routes.ts';
import type { Operation, Rules, RulesInTime, TransportRules } from './rules.ts';

/** A request, as far as the cluster looks at it. */
export interface Incoming {
  readonly method: string;
  /** As it was spelt, without the query. */
  readonly path: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly resultTtl: string | undefined;
  /** The value of `X-Task-ID`: only what makes tasks looks at it. */
  readonly taskId?: string | undefined;
  /** Only the control protocol and the databases' side look at it. */
  readonly body: string;
}

/** An answer, and how it goes over the wire. */
export interface Outgoing {
  readonly reply: Reply;
  /** How long it takes, in milliseconds; its effect is there at once. */
  readonly afterMs: number;
  readonly transport: TransportRules;
}

export type Face = (request: Incoming) => Outgoing;

export const isControl = (path: string): boolean =>
  path === controlPath || path.startsWith(`${controlPath}/`);

/** Whether a body is looked at there. */
export const hasBody = (path: string): boolean => isControl(path) || isClusterPath(path);

/**
 * The face of one cluster. It remembers how often each operation was asked for, and its last answer.
 * @param side of a real cluster: there tasks come by it, and not by the control protocol
 */
export function faceOf(service: Service, rulesInTime: RulesInTime, side?: ClusterSide): Face {
  const startMs = service.nowMs();
  const turns: Record<Operation, number> = { list: 0, read: 0, cancel: 0 };
  const before: Partial<Record<Operation, Before>> = {};
  const kept = new Map<string, Before>();

  return (request) => {
    const nowMs = service.nowMs();
    const operation = operationNear(request.path);
    const sinceMs = nowMs - (before[operation]?.atMs ?? Number.NEGATIVE_INFINITY);
    const moment: Moment = {
      operation,
      turn: turns[operation],
      upMs: nowMs - startMs,
      sinceMs,
      luck: luckOf(service.seed ?? 1, operation, turns[operation]),
      query: new URLSearchParams(request.query),
      resultTtl: request.resultTtl,
      task: service.tasks.get(idNear(request.path)),
    };
    const rules = typeof rulesInTime === 'function' ? rulesInTime(moment) : rulesInTime;
    const { transport } = rules;
    const aside = (reply: Reply): Outgoing => ({ reply, afterMs: 0, transport });
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
    const asked = askedOf(request, moment, found.operation, found.rawId);
    if (found.kind === 'wrong method')
      return aside(wrongMethod(request, asked, found.allow, service, rules, moment));
    turns[found.operation]++;
    const name = nameOf(request, transport);
    const again = kept.get(name);
    const isFresh = again !== undefined && nowMs - again.atMs < transport.cache.ms[found.operation];
    const made = isFresh ? again.reply : answer(asked, service, rules, moment);
    const reply = transport.finish(made, moment, before[found.operation]?.reply);
    before[found.operation] = { reply, atMs: nowMs };
    if (transport.cache.ms[found.operation] > 0 && !isFresh) kept.set(name, { reply, atMs: nowMs });
    return { reply, afterMs: transport.afterMs[found.operation], transport };
  };
}

/** An answer that was given before. */
interface Before {
  readonly reply: Reply;
  readonly atMs: number;
}

/** What is the same in two requests that a cache takes for one. */
const nameOf = (
  { method, path, query, resultTtl, authorization }: Incoming,
  { cache }: TransportRules,
): string => JSON.stringify([method, path, query, resultTtl, cache.byLogin ? authorization : '']);

/** The operation that a request is counted for, before the rules say whether it is one. */
const operationNear = (path: string): Operation =>
  path.endsWith('/actions/cancel') ? 'cancel' : path.endsWith('/crdb_tasks') ? 'list' : 'read';

/** The id that a path seems to name, whatever comes after it. */
const idNear = (path: string): string => decoded(path.split('/crdb_tasks/')[1]?.split('/')[0] ?? '');

const askedOf = (
  { authorization }: Incoming,
  { query, resultTtl }: Moment,
  operation: Operation,
  rawId: string,
): Asked => ({
  operation,
  rawId,
  query,
  authorization,
  resultTtl,
});

function wrongMethod(
  request: Incoming,
  asked: Asked,
  allowed: readonly string[],
  service: Service,
  rules: Rules,
  moment: Moment,
): Reply {
  const allow = { Allow: [...allowed, 'OPTIONS'].join(', ') };
  if (request.method === 'OPTIONS') return emptyReply(204, allow);
  const { status, acts } = rules.paths.wrongMethod;
  if (acts) perform(asked, service, rules, moment);
  return guarded(request, service, rules, () => refusal(status, rules.transport, allow));
}

/** What has to do with no operation: whoever has no login hears of that first, by the contract. */
function guarded(
  { authorization }: Incoming,
  { login }: Service,
  { auth, transport }: Rules,
  then: () => Reply,
): Reply {
  if (doubtAbout(authorization, login, 'any') === null) return then();
  return refusal(401, transport, { 'WWW-Authenticate': auth.challenge ?? 'Basic' });
}
