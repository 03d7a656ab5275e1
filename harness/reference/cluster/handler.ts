/** The databases' side of a real cluster: `/v1/crdbs`, `/v1/bootstrap`, what there is to see of cluster, licence, nodes, users. */
import { doubtAbout, type Login } from '../auth.ts';
import type { Clock } from '../clock.ts';
import type { Incoming } from '../handler.ts';
import { emptyReply, jsonReply, type Reply } from '../reply.ts';
import type { Task } from '../task.ts';
import type { Tasks } from '../tasks.ts';
import { Bootstrap } from './bootstrap.ts';
import { type Quirks, usual } from './cluster-options.ts';
import { Databases, type TaskWish } from './databases.ts';
import { clustersIn, isObject, objectIn, textIn, wishOf } from './requests.ts';

/** A request that asked for a change, whether it was granted or not. */
export type Changing = Pick<Incoming, 'method' | 'path' | 'taskId'>;

export interface ClusterSide {
  readonly databases: Databases;
  /** Every request that could have changed something, in their order. */
  readonly changing: readonly Changing[];
  /** Who may ask: the login of the cluster, or whom its bootstrap named. */
  readonly login: () => Login;
  /** The answer to what isn't one of the three operations, or to any request while there is no cluster to ask. */
  answer(request: Incoming): Reply | undefined;
}

/** The roles that may create, update and delete databases. */
const changers: readonly Quirks['role'][] = ['admin', 'cluster_member', 'db_member'];
/** The roles that may see the users with their roles. */
const seersOfUsers: readonly Quirks['role'][] = ['admin', 'user_manager'];

/** Whether a path is of this side. */
export const isClusterPath = (path: string): boolean =>
  /^\/v1\/(crdbs|bootstrap|cluster|license|nodes|users)(\/|$)/.test(path);

const words: Readonly<Record<number, readonly [code: string, text: string]>> = {
  400: ['bad_request', 'The request is malformed.'],
  401: ['unauthorized', 'Valid credentials are needed.'],
  403: ['insufficient_permissions', 'The role of this user does not allow it.'],
  404: ['crdb_not_found', 'There is no such database.'],
  405: ['method_not_allowed', 'The path does not know this method.'],
  406: ['not_acceptable', 'That can not be done with this database.'],
  409: ['bootstrap_in_progress', 'Bootstrapping has begun.'],
  500: ['internal_error', 'The request could not be carried out.'],
  503: ['no_leader', 'This node has no leader to ask.'],
};

export function clusterSide(
  clock: Clock,
  tasks: Tasks,
  given: Login,
  epochMs: number,
  quirks: Quirks = usual,
): ClusterSide {
  const databases = new Databases(clock, tasks, quirks);
  const bootstrap = new Bootstrap(clock, epochMs, quirks);
  const changing: Changing[] = [];
  const login = (): Login => bootstrap.named?.login ?? given;
  const name = (): string => bootstrap.named?.name ?? quirks.name;

  const refuse = (status: number): Reply => {
    const [code = '', text = ''] = words[status] ?? [];
    return quirks.refusalBody === 'error'
      ? jsonReply(status, { error_code: code, description: text })
      : jsonReply(
          status,
          { type: 'about:blank', title: code, status, detail: text },
          'application/problem+json',
        );
  };

  const accepted = (task: Task): Reply =>
    jsonReply(200, {
      id: task.id,
      status: 'queued',
      ...(quirks.accepted === 'with guid' ? { crdb_guid: task.guid } : {}),
    });

  /** Does what is asked for where the login and the headers allow it. */
  const changes = (request: Incoming, fails: boolean, make: (wish: TaskWish) => Task): Reply => {
    if (!changers.includes(quirks.role)) return refuse(403);
    const wish = wishOf(request, quirks, fails);
    if (typeof wish === 'number') return refuse(wish);
    if (wish.id !== undefined && tasks.get(wish.id)) return refuse(406);
    return accepted(make(wish));
  };

  /** A participating cluster is asked when the task runs, so that wrong credentials are found out there. */
  const willFail = (instances: unknown): boolean => {
    const { user, password } = login();
    return clustersIn(instances).some(
      ({ name: named, credentials }) =>
        named !== name() ||
        textIn(credentials, 'username') !== user ||
        textIn(credentials, 'password') !== password,
    );
  };

  const create = (request: Incoming): Reply => {
    const config = objectIn(request.body);
    if (!config || textIn(config, 'name') === undefined || !isObject(config.default_db_config))
      return refuse(400);
    if (clustersIn(config.instances).length === 0) return refuse(400);
    if (databases.shown().some((one) => one.name === config.name)) return refuse(406);
    return changes(request, willFail(config.instances), (wish) =>
      databases.create(withoutLogins(config), wish),
    );
  };

  const one = (request: Incoming, guid: string, rest: string | undefined): Reply => {
    const shown = databases.show(guid);
    if (!shown) return refuse(404);
    const { method } = request;
    if (method === 'GET' && rest === undefined) return jsonReply(200, shown);
    const updates = (method === 'PATCH' && rest === undefined) || (method === 'POST' && rest === 'updates');
    const removes = method === 'DELETE' && rest === undefined;
    if (!updates && !removes) return refuse(405);
    if (databases.isBeingRemoved(guid)) return refuse(406);
    if (quirks.whileBusy === 'refused' && databases.isBusy(guid)) return refuse(406);
    if (removes) return changes(request, false, (wish) => databases.remove(guid, wish));
    const body = objectIn(request.body);
    const change = rest === 'updates' ? body?.crdb : body;
    if (!body || (change !== undefined && !isObject(change))) return refuse(400);
    return changes(request, willFail(body.add_instances), (wish) =>
      databases.update(guid, change ?? {}, wish),
    );
  };

  const crdbs = (request: Incoming): Reply => {
    const [guid, rest, ...more] = request.path.split('/').slice(3);
    if (more.length > 0 || (rest !== undefined && rest !== 'updates')) return refuse(404);
    if (guid !== undefined) return one(request, guid, rest);
    if (request.method === 'POST') return create(request);
    if (request.method !== 'GET') return refuse(405);
    const all = databases.shown();
    return jsonReply(200, quirks.list === 'wrapped' ? { crdbs: all } : all);
  };

  const bootstrapping = ({ method, path, body }: Incoming): Reply => {
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

  const looks = (path: string): Reply => {
    const created = new Date(epochMs).toISOString();
    if (path === '/v1/cluster')
      return jsonReply(200, { name: name(), created_time: created, rack_aware: false });
    if (path === '/v1/license')
      return jsonReply(200, { expired: quirks.licenceExpired, shards_limit: 4, owner: 'trial' });
    if (path === '/v1/nodes')
      return jsonReply(200, [{ uid: 1, status: 'active', software_version: quirks.version }]);
    if (path !== '/v1/users') return refuse(404);
    if (!seersOfUsers.includes(quirks.role)) return refuse(403);
    return jsonReply(200, [{ uid: 1, email: login().user, role: quirks.role, status: 'active' }]);
  };

  return {
    databases,
    changing,
    login,
    answer(request) {
      const { path, query } = request;
      const nowMs = clock.nowMs();
      databases.settle();
      if (quirks.master !== null)
        return emptyReply(307, { Location: `${quirks.master}${path}${query === '' ? '' : `?${query}`}` });
      if (quirks.leaderless.some(({ fromMs, forMs }) => nowMs >= fromMs && nowMs < fromMs + forMs))
        return refuse(503);
      if (request.method !== 'GET' && request.method !== 'OPTIONS')
        changing.push({ method: request.method, path, taskId: request.taskId });
      if (!bootstrap.isDone) return path.startsWith('/v1/bootstrap') ? bootstrapping(request) : refuse(503);
      if (!isClusterPath(path)) return undefined;
      if (doubtAbout(request.authorization, login(), 'any') !== null)
        return { ...refuse(401), headers: { 'WWW-Authenticate': 'Basic realm="cluster"' } };
      if (path.startsWith('/v1/bootstrap')) return bootstrapping(request);
      if (path.startsWith('/v1/crdbs')) return crdbs(request);
      return request.method === 'GET' ? looks(path) : refuse(404);
    },
  };
}

/** No cluster shows the passwords that it was given. */
const withoutLogins = ({ instances, ...config }: Readonly<Record<string, unknown>>) => ({
  ...config,
  instances: clustersIn(instances).map(({ name }, index) => ({ id: index + 1, cluster: { name } })),
});
