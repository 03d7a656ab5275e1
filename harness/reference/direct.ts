/** The cluster without a network: requests and answers are plain data, so that thousands of runs take no time. */
import type { ClusterSide } from './cluster/handler.ts';
import type { Incoming } from './handler.ts';
import { serverName } from './http.ts';
import { type ClusterOptions, clusterOf } from './reference.ts';
import type { Tasks } from './tasks.ts';

/** A request as a client would send it; header names in any case. */
export interface DirectCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer as a client would read it: header names in lower case, the body unpacked. */
export interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DirectReference {
  readonly user: string;
  readonly password: string;
  readonly tasks: Tasks;
  /** Where the options ask for it. */
  readonly side?: ClusterSide;
  /** @param given aborted when the answer is no longer waited for */
  answer(call: DirectCall, given: AbortSignal): Promise<DirectAnswer>;
}

export function directReference(options: ClusterOptions): DirectReference {
  const { face, user, password, tasks, side } = clusterOf(options);
  return {
    ...(side ? { side } : {}),
    user,
    password,
    tasks,
    async answer(call, given) {
      const { reply, afterMs } = face(incomingOf(call));
      if (afterMs > 0) await options.clock.sleep(afterMs, given);
      const headers = { Server: serverName, ...reply.headers };
      return {
        status: reply.status,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        body: reply.status === 204 ? '' : reply.body,
      };
    },
  };
}

function incomingOf({ method, path, headers, body = '' }: DirectCall): Incoming {
  const mark = path.indexOf('?');
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method,
    path: mark < 0 ? path : path.slice(0, mark),
    query: mark < 0 ? '' : path.slice(mark + 1),
    authorization: byName.get('authorization'),
    resultTtl: byName.get('x-result-ttl'),
    taskId: byName.get('x-task-id'),
    body,
  };
}
