/** The rest of a real cluster: `/v1/crdbs`, which makes tasks, `/v1/bootstrap`, `/v1/cluster`, licence, nodes, users. */
import { wholeSeconds } from './contract.ts';
import { type CrdbsOptions, usual } from './crdbs-options.ts';
import { clustersIn, Databases, type TaskOptions, taskOptionsIn, textIn } from './databases.ts';
import {
  credentialFault,
  emptyReply,
  type IncomingRequest,
  isRecord,
  jsonReply,
  type Login,
  objectIn,
  type Reply,
  refusalReply,
} from './messages.ts';
import type { Task } from './task.ts';
import type { Clock, Tasks } from './tasks.ts';

/** A request for a change, accepted or not. */
export type ChangeRequest = Pick<IncomingRequest, 'method' | 'path' | 'taskId'>;

export interface CrdbsApi {
  readonly databases: Databases;
  /** Every request that could have changed something, in order. */
  readonly changing: readonly ChangeRequest[];
  /** The login of the cluster, or that of its bootstrap. */
  readonly login: () => Login;
  /** The reply, if the request is none of the three operations, or there is no cluster yet. */
  answer(request: IncomingRequest): Reply | undefined;
}

/** The roles that may create, update and delete databases. */
const changers: readonly CrdbsOptions['role'][] = ['admin', 'cluster_member', 'db_member'];
/** The roles that may list the users. */
const userReaders: readonly CrdbsOptions['role'][] = ['admin', 'user_manager'];

/** Whether a path belongs to this API. */
export const isCrdbsPath = (path: string): boolean =>
  /^\/v1\/(crdbs|bootstrap|cluster|license|nodes|users)(\/|$)/.test(path);

type Refusal = readonly [code: string, text: string];
const refused: Refusal = ['refused', 'The request was refused.'];
const licenceExpired: Refusal = ['license_expired', 'The licence of the cluster has expired.'];
const noRoom: Refusal = ['insufficient_resources', 'Shards count exceeds the shards limit of the licence.'];

const refusals: Readonly<Record<number, Refusal>> = {
  400: ['bad_request', 'The request is malformed.'],
  401: ['unauthorized', 'Valid credentials are needed.'],
  403: ['insufficient_permissions', 'The role of this user does not allow it.'],
  404: ['crdb_not_found', 'There is no such database.'],
  405: ['method_not_allowed', 'The path does not know this method.'],
  406: ['not_acceptable', 'This database does not allow that now.'],
  409: ['bootstrap_in_progress', 'Bootstrapping has begun.'],
  500: ['internal_error', 'The request could not be carried out.'],
  503: ['no_leader', 'The cluster has no leader now.'],
};

export function crdbsApi(
  clock: Clock,
  tasks: Tasks,
  given: Login,
  epochMs: number,
  options: CrdbsOptions = usual,
): CrdbsApi {
  const databases = new Databases(clock, tasks, options);
  const bootstrap = new Bootstrap(clock, epochMs, options);
  const changing: ChangeRequest[] = [];
  const login = (): Login => bootstrap.named?.login ?? given;
  const name = (): string => bootstrap.named?.name ?? options.name;

  const refuse = (status: number, why: Refusal = refusals[status] ?? refused): Reply =>
    refusalReply(status, options.refusalBody, why);

  const accepted = (task: Task): Reply =>
    jsonReply(200, {
      id: task.id,
      status: 'queued',
      ...(options.accepted === 'with guid' ? { crdb_guid: task.guid } : {}),
    });

  /** Makes the task of a request, if its role and headers allow it. */
  const changes = (request: IncomingRequest, fails: boolean, make: (task: TaskOptions) => Task): Reply => {
    if (!changers.includes(options.role)) return refuse(403);
    const task = taskOptionsIn(request, options, fails);
    if (typeof task === 'number') return refuse(task);
    if (task.id !== undefined && tasks.get(task.id)) return refuse(406);
    return accepted(make(task));
  };

  /** Participating clusters are contacted when the task runs: wrong credentials fail there. */
  const willFail = (instances: unknown): boolean => {
    const { user, password } = login();
    return clustersIn(instances).some(
      ({ name: named, credentials }) =>
        named !== name() ||
        textIn(credentials, 'username') !== user ||
        textIn(credentials, 'password') !== password,
    );
  };

  const create = (request: IncomingRequest): Reply => {
    const config = objectIn(request.body);
    if (!config || textIn(config, 'name') === undefined || !isRecord(config.default_db_config))
      return refuse(400);
    if (clustersIn(config.instances).length === 0) return refuse(400);
    if (databases.shown().some((one) => one.name === config.name)) return refuse(406);
    const lacksRoom = options.licenceExpired || databases.isFull;
    if (lacksRoom && options.withoutRoom === 'refused')
      return refuse(406, options.licenceExpired ? licenceExpired : noRoom);
    return changes(request, lacksRoom || willFail(config.instances), (task) =>
      databases.create(withoutPasswords(config), task),
    );
  };

  const one = (request: IncomingRequest, guid: string, rest: string | undefined): Reply => {
    const shown = databases.show(guid);
    if (!shown) return refuse(404);
    const { method } = request;
    if (method === 'GET' && rest === undefined) return jsonReply(200, shown);
    const updates = (method === 'PATCH' && rest === undefined) || (method === 'POST' && rest === 'updates');
    const removes = method === 'DELETE' && rest === undefined;
    if (!updates && !removes) return refuse(405);
    if (databases.isBeingRemoved(guid)) return refuse(406);
    if (options.whileBusy === 'refused' && databases.isBusy(guid)) return refuse(406);
    if (removes) return changes(request, false, (task) => databases.remove(guid, task));
    const body = objectIn(request.body);
    const change = rest === 'updates' ? body?.crdb : body;
    if (!body || (change !== undefined && !isRecord(change))) return refuse(400);
    return changes(request, willFail(body.add_instances), (task) =>
      databases.update(guid, change ?? {}, task),
    );
  };

  const crdbs = (request: IncomingRequest): Reply => {
    const [guid, rest, ...more] = request.path.split('/').slice(3);
    if (more.length > 0 || (rest !== undefined && rest !== 'updates')) return refuse(404);
    if (guid !== undefined) return one(request, guid, rest);
    if (request.method === 'POST') return create(request);
    if (request.method !== 'GET') return refuse(405);
    const all = databases.shown();
    return jsonReply(200, options.list === 'wrapped' ? { crdbs: all } : all);
  };

  const bootstrapping = ({ method, path, body }: IncomingRequest): Reply => {
    if (method === 'GET' && path === '/v1/bootstrap') return jsonReply(200, bootstrap.shown());
    if (method !== 'POST' || path !== '/v1/bootstrap/create_cluster') return refuse(404);
    const wanted = objectIn(body);
    const [named, user, password] = [
      textIn(wanted?.cluster, 'name'),
      textIn(wanted?.credentials, 'username'),
      textIn(wanted?.credentials, 'password'),
    ];
    if (named === undefined || user === undefined || password === undefined) return refuse(400);
    return bootstrap.begin({ name: named, login: { user, password } }) ? jsonReply(200, {}) : refuse(409);
  };

  const lookUp = (path: string): Reply => {
    const created = new Date(epochMs).toISOString();
    if (path === '/v1/cluster')
      return jsonReply(200, { name: name(), created_time: created, rack_aware: false });
    if (path === '/v1/license')
      return jsonReply(200, {
        expired: options.licenceExpired,
        shards_limit: options.shards,
        owner: 'trial',
      });
    if (path === '/v1/nodes')
      return jsonReply(200, [{ uid: 1, status: 'active', software_version: options.version }]);
    if (path !== '/v1/users') return refuse(404);
    if (!userReaders.includes(options.role)) return refuse(403);
    return jsonReply(200, [{ uid: 1, email: login().user, role: options.role, status: 'active' }]);
  };

  return {
    databases,
    changing,
    login,
    answer(request) {
      const { path, query } = request;
      const nowMs = clock.nowMs();
      databases.settle();
      if (options.master !== null)
        return emptyReply(307, { Location: `${options.master}${path}${query === '' ? '' : `?${query}`}` });
      if (options.leaderless.some(({ fromMs, forMs }) => nowMs >= fromMs && nowMs < fromMs + forMs))
        return refuse(503);
      if (request.method !== 'GET' && request.method !== 'OPTIONS')
        changing.push({ method: request.method, path, taskId: request.taskId });
      if (!bootstrap.isDone) return path.startsWith('/v1/bootstrap') ? bootstrapping(request) : refuse(503);
      if (!isCrdbsPath(path)) return undefined;
      if (credentialFault(request.authorization, login(), 'any') !== null)
        return { ...refuse(401), headers: { 'WWW-Authenticate': 'Basic realm="cluster"' } };
      if (path.startsWith('/v1/bootstrap')) return bootstrapping(request);
      if (path.startsWith('/v1/crdbs')) return crdbs(request);
      return request.method === 'GET' ? lookUp(path) : refuse(404);
    },
  };
}

/** A cluster never shows the passwords that it was given. */
const withoutPasswords = ({ instances, ...config }: Readonly<Record<string, unknown>>) => ({
  ...config,
  instances: clustersIn(instances).map(({ name }, index) => ({ id: index + 1, cluster: { name } })),
});

/** A bootstrap request, as far as the cluster looks at it. */
interface BootstrapRequest {
  readonly name: string;
  readonly login: Login;
}

/** A node becomes a cluster. */
class Bootstrap {
  readonly #nowMs: () => number;
  readonly #epochMs: number;
  readonly #options: CrdbsOptions;
  /** Since when it runs; without a request where the cluster existed before. */
  #begun: { readonly request?: BootstrapRequest; readonly atMs: number } | undefined;

  constructor(clock: Clock, epochMs: number, options: CrdbsOptions) {
    this.#nowMs = () => clock.nowMs();
    this.#epochMs = epochMs;
    this.#options = options;
    this.#begun = options.bootstrapped ? { atMs: clock.nowMs() - options.bootstrapMs } : undefined;
  }

  get #isOver(): boolean {
    return this.#begun !== undefined && this.#nowMs() >= this.#begun.atMs + this.#options.bootstrapMs;
  }

  /** The node is part of a cluster. */
  get isDone(): boolean {
    return this.#isOver && this.#options.bootstrapFails === null;
  }

  /** The name and login of the bootstrap; undefined where the cluster existed before. */
  get named(): BootstrapRequest | undefined {
    return this.#begun?.request;
  }

  /** @returns false if it has begun before */
  begin(request: BootstrapRequest): boolean {
    if (this.#begun) return false;
    this.#begun = { request, atMs: this.#nowMs() };
    return true;
  }

  /** The body of `GET /v1/bootstrap`. */
  shown(): unknown {
    const stamp = (afterMs: number) => wholeSeconds(this.#epochMs + (this.#begun?.atMs ?? 0) + afterMs);
    return {
      bootstrap_status: {
        ...this.#state(),
        ...(this.#begun ? { start_time: stamp(0) } : {}),
        ...(this.#isOver ? { end_time: stamp(this.#options.bootstrapMs) } : {}),
      },
      local_node_info: { uid: 1, cores: 2 },
    };
  }

  #state(): object {
    if (!this.#begun) return { state: 'idle' };
    if (!this.#isOver) return { state: 'creating_cluster' };
    const code = this.#options.bootstrapFails;
    return code === null
      ? { state: 'completed' }
      : { state: 'error', error_code: code, error_details: { message: 'An option makes it fail.' } };
  }
}
