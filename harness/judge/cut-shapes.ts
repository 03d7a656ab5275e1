/** Finds requests of one shape whose connection is always cut, while the target answers everything else. Pure. */
import { type Exchange, requestLine } from '../model/exchange.ts';
import { finding } from '../model/verdict.ts';
import type { GlobalFinding } from './global-checks.ts';
import { shownStatus } from './shown.ts';

/** So many requests of the shape, and so many others sent between them, prove that no network fault is the reason. */
const leastCut = 8;
const leastAnswered = 30;

/**
 * A finding for each operation with a shape of request that is never answered, about its documented statuses.
 * @param exchanges all of a run, each the last attempt of its request
 */
export function cutShapes(exchanges: readonly Exchange[]): readonly GlobalFinding[] {
  const found = cutBy(shapeOf, exchanges);
  if (found.length > 0) return found;
  const statusOf = statusesIn(exchanges);
  // A request about a task whose status is not known counts neither for such a shape nor against it.
  const known = exchanges.filter((one) => taskOf(one) === undefined || statusOf(one) !== undefined);
  return cutBy((one) => `${shapeOf(one)}, of a task that is ${statusOf(one) ?? 'none'}`, known);
}

function cutBy(
  shape: (exchange: Exchange) => string,
  exchanges: readonly Exchange[],
): readonly GlobalFinding[] {
  const ofOperations = exchanges.filter(({ operation }) => ['list', 'read', 'cancel'].includes(operation));
  const always = [...Map.groupBy(ofOperations, shape)].filter(([, alike]) => alike.every(isCut));
  const others = exchanges.filter((one) => !always.some(([, alike]) => alike.includes(one)));
  // A run has several shapes of one fault, such as a parameter with and without a header: the most frequent one is named.
  const largest = Map.groupBy(
    always.toSorted(([, a], [, b]) => b.length - a.length),
    ([, alike]) => alike[0]?.operation,
  );
  return [...largest.values()].flatMap(([most]) => (most ? findingOf(most, others) : []));
}

const taskOf = ({ request }: Exchange): string | undefined =>
  /\/crdb_tasks\/([^/?]+)/.exec(request.path)?.[1];

/** The status of the task that a request names: the one of the answered reads before and after it, if they agree. */
function statusesIn(exchanges: readonly Exchange[]): (exchange: Exchange) => string | undefined {
  const answered = exchanges.filter((one) => one.operation === 'read' && shownStatus(one) !== undefined);
  const byTask = Map.groupBy(answered, taskOf);
  return (exchange) => {
    const reads = byTask.get(taskOf(exchange)) ?? [];
    const before = reads.findLast(({ sentAt }) => sentAt <= exchange.sentAt);
    const after = reads.find(({ sentAt }) => sentAt >= exchange.sentAt);
    const [status, ...others] = new Set([before, after].flatMap((one) => (one && shownStatus(one)) ?? []));
    return others.length === 0 ? status : undefined;
  };
}

function findingOf(
  [shape, alike]: readonly [string, readonly Exchange[]],
  others: readonly Exchange[],
): readonly GlobalFinding[] {
  const [first] = alike;
  const instants = alike.map(({ sentAt }) => sentAt);
  const between = others.filter(
    ({ sentAt }) => sentAt >= Math.min(...instants) && sentAt <= Math.max(...instants),
  );
  if (!first || alike.length < leastCut || between.length < leastAnswered) return [];
  if (between.some(({ lost }) => lost !== undefined)) return [];
  const seen = `${alike.length} of ${alike.length} connections cut`;
  const reason = `${requestLine(first)}: ${seen} for requests of this shape (${shape}), while all ${between.length} others sent between them were answered`;
  return [
    {
      clause: `${first.operation}.statuses`,
      ...finding('fail', reason, alike, { expected: 'a response', seen }),
    },
  ];
}

/** The operation, its parameters and headers, and the credentials: `read, verbose=true, X-Result-TTL`. */
function shapeOf({ operation, request }: Exchange): string {
  const query = new URLSearchParams(request.path.split('?')[1] ?? '');
  const { credentials = 'own' } = request;
  return [
    operation,
    ...[...query].map(([name, value]) => `${name}=${value}`),
    ...(Object.keys(request.headers).some((name) => name.toLowerCase() === 'x-result-ttl')
      ? ['X-Result-TTL']
      : []),
    ...(credentials === 'own' ? [] : [`credentials: ${credentials}`]),
  ].join(', ');
}

/** The target took the connection, and closed it without a response. */
const isCut = ({ lost = '' }: Exchange): boolean =>
  /ECONNRESET|socket hang up|other side closed|EPIPE/.test(lost);
