/** Serves a hostile target: the reference cluster, with some of its answers spoilt, and an innocent neighbour. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Clock } from '../../http/clock.ts';
import { selfSigned } from '../../reference/certificate.ts';
import { controlPath } from '../../reference/control.ts';
import { isControl } from '../../reference/handler.ts';
import { listening } from '../../reference/http-server.ts';
import type { Reply } from '../../reference/messages.ts';
import { clusterOf } from '../../reference/reference.ts';
import type { Certificate, Hostile, Spoilable } from './hostile.ts';

export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  /** PEM of its certificate, where the program shall trust it. */
  readonly ca?: string;
  /** What the other server was sent, where redirects point to. */
  readonly strayed: readonly IncomingMessage[];
}

/** @param login what it takes */
export async function startHostile(
  { spoils, oneIn = 1, answer, greets, certificate }: Hostile,
  login: { readonly user: string; readonly password: string },
  clock: Clock,
): Promise<HostileServer> {
  const { handle } = clusterOf({ clock, epochMs: Date.now(), ...login });
  const strayed: IncomingMessage[] = [];
  const neighbour = await onLoopback(
    createServer((request, response) => {
      strayed.push(request);
      response.end('[]');
    }),
  );
  let successes = 0;
  const isDue = (operation: Spoilable, { status }: Reply): boolean =>
    spoils.includes(operation) && status < 300 && (oneIn === 1 || successes++ % oneIn === 1);

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = operationOf(request);
    const { reply } = handle(await incomingOf(request));
    if (isDue(operation, reply)) answer({ operation, request, response, reply, elsewhere: neighbour.url });
    else response.writeHead(reply.status, reply.headers).end(reply.body);
  };
  const made = certificate && (await certified(certificate));
  const server = made ? createTlsServer(made, serve) : createServer(serve);
  server.on('connection', (socket) => {
    socket.on('error', () => {}); // a client that gives up is part of the game
    greets?.(socket);
  });
  server.on('clientError', () => {});
  server.keepAliveTimeout = 0; // a connection that Node closes at rest would lose a request
  const { url, close } = await onLoopback(server, made ? 'https' : 'http');
  return {
    url,
    ...(made && certificate?.trusted ? { ca: made.cert } : {}),
    strayed,
    async [Symbol.asyncDispose]() {
      await Promise.all([close(), neighbour.close()]);
    },
  };
}

const onLoopback = (server: Parameters<typeof listening>[0], scheme: 'http' | 'https' = 'http') =>
  listening(server, { host: '127.0.0.1', port: 0, scheme });

const certified = ({ ip, notBefore, notAfter }: Certificate) =>
  selfSigned('hostile', [ip], { notBefore, notAfter });

function operationOf({ method, url = '' }: IncomingMessage): Spoilable {
  const path = url.split('?')[0] ?? '';
  if (isControl(path)) return 'control';
  if (method === 'POST' && path.endsWith('/actions/cancel')) return 'cancel';
  if (method !== 'GET') return 'other';
  return path.endsWith('/crdb_tasks') ? 'list' : 'read';
}

async function incomingOf(request: IncomingMessage) {
  const { method = '', url = '', headers } = request;
  const [path = '', query = ''] = url.split('?');
  const chunks: Buffer[] = [];
  if (path.startsWith(controlPath)) for await (const chunk of request) chunks.push(chunk);
  const ttl = headers['x-result-ttl'];
  return {
    method,
    path,
    query,
    authorization: headers.authorization,
    resultTtl: Array.isArray(ttl) ? ttl.join(', ') : ttl,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
