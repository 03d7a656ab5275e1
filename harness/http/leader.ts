/**
 * Finds the leader among the nodes of a cluster before the run: the first that answers and does not redirect. A redirect
 * is followed only to a host that the user allowed: a hostile server could redirect to get the login.
 */
import { UserError } from '../model/errors.ts';
import { NotThisNode } from './connection-errors.ts';
import type { Target } from './target.ts';

export interface Chosen {
  readonly target: Target;
  /** Why each node before it was not chosen, a line each. */
  readonly passedOver: readonly string[];
}

/**
 * @param runPreflight checks a node; it throws {@link NotThisNode} where another one may do
 * @throws {UserError} exit 3: no node can be tested, or one refused the login, which is then sent to no other
 */
export async function findLeader<T>(
  cluster: Target,
  runPreflight: (node: Target) => Promise<T>,
): Promise<Chosen & T> {
  const { others = [], followed = [], ...first } = cluster;
  const waiting = [first, ...others].map((target) => ({ target, isNamed: true }));
  const asked = new Set<string>();
  const missed: NotThisNode[] = [];
  for (let node = waiting.shift(); node; node = waiting.shift()) {
    const { target, isNamed } = node;
    if (asked.has(target.url.origin)) continue;
    asked.add(target.url.origin);
    try {
      return { ...(await runPreflight(target)), target, passedOver: missed.map(({ message }) => message) };
    } catch (error) {
      if (!(error instanceof NotThisNode)) throw error;
      missed.push(error);
      const { master } = error;
      // One redirect from each named node: otherwise a host could redirect from port to port.
      if (isNamed && master && mayFollow(master, target, followed))
        waiting.unshift({ target: at(master, target), isNamed: false });
    }
  }
  throw noneOf(missed);
}

/** Never from TLS to plain HTTP, which would reveal the login. */
function mayFollow(master: URL, { url }: Target, followed: readonly string[]): boolean {
  const port = master.port || (master.protocol === 'https:' ? '443' : '80');
  const spellings = [master.hostname, `${master.hostname}:${port}`];
  return master.protocol === url.protocol && spellings.some((host) => followed.includes(host));
}

function at(master: URL, target: Target): Target {
  const url = new URL(master.origin);
  url.pathname = target.url.pathname;
  return { ...target, url };
}

function noneOf(missed: readonly NotThisNode[]): UserError {
  const [first] = missed;
  if (!first) throw new TypeError('a cluster without nodes');
  if (missed.length === 1) return first;
  return new UserError(
    `None of the ${missed.length} nodes can be tested. ${missed.map(({ message }) => message).join(' ')}`,
    first.remedy,
    3,
  );
}
