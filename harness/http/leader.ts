/**
 * The addresses of one cluster. A verdict is about one of them: the first that answers and is no follower, chosen before
 * the run. A follower's word is taken only where the user named the host: whoever sends us on may want our login.
 */
import { UserError } from '../model/errors.ts';
import { NotThisNode } from './connection-errors.ts';
import type { Target } from './target.ts';

export interface Chosen {
  readonly target: Target;
  /** Why each node before it was not taken, a line each. */
  readonly passedOver: readonly string[];
}

/**
 * @param runPreflight asks a node; it throws {@link NotThisNode} where another one is to be asked
 * @throws {UserError} exit 3: none of them is the one to ask, or one refuses the login, which is tried at no other then
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
      // One step from each named node: else a host could send us on from port to port.
      if (isNamed && master && mayFollow(master, target, followed))
        waiting.unshift({ target: at(master, target), isNamed: false });
    }
  }
  throw noneOf(missed);
}

/** Never from TLS to plain HTTP, where everybody could read the login. */
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
  if (!first) throw new TypeError('a cluster has a node');
  if (missed.length === 1) return first;
  return new UserError(
    `None of the ${missed.length} nodes can be tested. ${missed.map(({ message }) => message).join(' ')}`,
    first.remedy,
    3,
  );
}
