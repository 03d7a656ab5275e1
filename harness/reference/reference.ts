/** The reference cluster: keeps the contract, or breaks it as its rules say. Over HTTP, or within this process. */
import { rules as contract } from './contract.ts';
import { type CrdbsApi, crdbsApi } from './crdbs.ts';
import { type CrdbsOptions, usual } from './crdbs-options.ts';
import { type RequestHandler, requestHandler } from './handler.ts';
import { httpServer, listening, serverName, type Tls } from './http-server.ts';
import { incomingRequest } from './messages.ts';
import type { RulesInTime } from './rules.ts';
import { type Clock, Tasks } from './tasks.ts';

export { rules } from './contract.ts';
export type { Rules, RulesInTime } from './rules.ts';
export type { Clock, NewTask, Tasks } from './tasks.ts';

export interface ClusterOptions {
  readonly clock: Clock;
  /** By default the contract. */
  readonly rules?: RulesInTime;
  readonly user?: string;
  readonly password?: string;
  /** For random behaviour. */
  readonly seed?: number;
  /** When the clock was at zero, in milliseconds since 1970: for timestamps only. */
  readonly epochMs?: number;
  /** Tasks are made by `/v1/crdbs`, as on a real cluster, instead of by the control protocol. */
  readonly crdbs?: Partial<CrdbsOptions>;
}

export interface ReferenceOptions extends ClusterOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Given: served over HTTPS. */
  readonly tls?: Tls;
}

interface ClusterParts {
  readonly user: string;
  readonly password: string;
  readonly tasks: Tasks;
  /** `/v1/crdbs`, with the option `crdbs`. */
  readonly side?: CrdbsApi;
}

export interface Reference extends ClusterParts, AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  /** Ends open connections at once; pending replies are never sent. */
  close(): Promise<void>;
}

/** The default. No secret: it opens nothing but a reference cluster on this machine. */
export const defaultLogin = { user: 'admin@cluster.local', password: 'reference-password' } as const;

/** Any instant would do: timestamps only have to be timestamps. */
const defaultEpochMs = Date.UTC(2025, 0, 1);

/** A cluster without a server. */
export function clusterOf({
  clock,
  rules = contract,
  user = defaultLogin.user,
  password = defaultLogin.password,
  epochMs = defaultEpochMs,
  seed = 1,
  crdbs,
}: ClusterOptions): ClusterParts & { readonly handle: RequestHandler } {
  const tasks = new Tasks(clock);
  const given = { user, password };
  const side = crdbs && crdbsApi(clock, tasks, given, epochMs, { ...usual, ...crdbs });
  const service = {
    tasks,
    get login() {
      return side?.login() ?? given;
    },
    nowMs: () => clock.nowMs(),
    epochMs,
    seed,
  };
  return { handle: requestHandler(service, rules, side), tasks, user, password, ...(side ? { side } : {}) };
}

/** Starts a cluster. @throws the error of the system if it can't listen on the port */
export async function startReference(options: ReferenceOptions): Promise<Reference> {
  const { clock, host = '127.0.0.1', port = 0, tls } = options;
  const { handle, ...about } = clusterOf(options);
  const server = httpServer(handle, clock, tls);
  const { url, close } = await listening(server, { host, port, scheme: tls ? 'https' : 'http' });
  return { ...about, url, close, [Symbol.asyncDispose]: close };
}

/** A request as a client sends it; header names in any case. */
export interface DirectCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It comes on a connection that was used before, as every GET does. */
  readonly onUsedConnection?: true;
}

/** A reply as a client reads it: header names in lower case, the body uncompressed. */
export interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DirectReference extends ClusterParts {
  /** @param given aborted when the client no longer waits for the reply */
  answer(call: DirectCall, given: AbortSignal): Promise<DirectAnswer>;
}

/** A cluster within this process, without a network: thousands of runs take no time. */
export function directReference(options: ClusterOptions): DirectReference {
  const { handle, ...parts } = clusterOf(options);
  const connection = {};
  return {
    ...parts,
    async answer(call, given) {
      const sent = new Map(Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value]));
      const incoming = incomingRequest(call.method, call.path, (name) => sent.get(name), call.body);
      const reuses = call.method === 'GET' || call.onUsedConnection;
      const { reply, afterMs } = handle({ ...incoming, ...(reuses ? { connection } : {}) });
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
