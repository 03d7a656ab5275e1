/**
 * A second server of the task API, with the task control protocol 1. Its author had read the facts, the stance and
 * the protocol, but neither the suites nor the reference cluster nor its mutants; it imports nothing of the project.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { control, type Order } from './control.ts';
import {
  type Call,
  type Counters,
  faithful,
  methodOf,
  notFound,
  problem,
  type Reply,
  type Rules,
  refusedLogin,
  type World,
} from './rules.ts';

function operationOf([version, room, id, actions, action, ...rest]: readonly string[]) {
  if (version !== 'v1' || room !== 'crdb_tasks' || rest.length > 0) return undefined;
  if (id === undefined) return 'list';
  if (actions === undefined) return 'read';
  return actions === 'actions' && action === 'cancel' ? 'cancel' : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<Order | undefined> {
  const text = (await request.setEncoding('utf8').toArray()).join('');
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

async function reply(request: IncomingMessage, connection: Counters, world: World): Promise<Reply> {
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  const order = await bodyOf(request);
  const segments = path.split('/').slice(1);
  const { authorization, 'x-result-ttl': ttl } = request.headers;
  const resultTtl = typeof ttl === 'string' ? ttl : undefined;
  const operation = operationOf(segments);
  const segment = segments[2] ?? '';
  const query = new URLSearchParams(search);
  const call: Call = { operation: operation ?? 'read', segment, query, authorization, resultTtl, connection };
  if (operation && request.method === methodOf(call)) {
    world.inFlight.add(call);
    return world.rules.serve(call, world).finally(() => world.inFlight.delete(call));
  }
  if (!faithful.admits(call, { ...world, rules: faithful })) return refusedLogin;
  if (segments[0] === '_control' && segments[1] === 'v1')
    return control(request.method ?? '', segments.slice(2), order, world);
  return operation ? world.rules.otherMethod(call, request.method ?? '', world) : notFound;
}

/** Starts the server on a free port of the loopback address; `change` makes the rules of a faulty one. */
export async function start(
  login: { user: string; password: string },
  change: (own: Rules) => Partial<Rules>,
) {
  const rules = { ...faithful, ...change(faithful) };
  const now = () => performance.now();
  const world: World = { rules, ...login, tasks: new Map(), inFlight: new Set(), notes: {}, now };
  const connections = new WeakMap<object, Counters>();
  const server: Server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket) ?? {};
    connections.set(request.socket, connection);
    const { code, body, headers, text, cut } = await reply(request, connection, world).catch(() =>
      problem(500, 'Error'),
    );
    if (cut) return void request.socket.destroy();
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
    response.writeHead(code, { Server: 'second-server', ...type, ...headers });
    response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
