/** A request handler as an HTTP server, by node:http. Every wait goes through the clock that is handed in. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { hasBody, type OutgoingReply, type RequestHandler } from './handler.ts';
import { incomingRequest } from './messages.ts';
import type { Clock } from './tasks.ts';

export interface Tls {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  /** PEM of an authority: clients must then show a certificate of it. */
  readonly clientCa?: string;
}

/** The value of its `Server` header. */
export const serverName = 'crdb-tasks-reference';

const bodyLimitBytes = 64 * 1024;

/** A server that does not listen yet. */
export function httpServer(handle: RequestHandler, clock: Clock, tls?: Tls): Server {
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = request;
    const sent = incomingRequest(method, url, (name) => headerOf(request, name));
    const incoming = { ...sent, connection: request.socket };
    if (!hasBody(incoming.path)) send(handle(incoming), request, response, clock);
    else bodyText(request, (body) => send(handle({ ...incoming, body }), request, response, clock));
  };
  const server = tls ? createTlsServer(servedOver(tls), serve) : createServer(serve);
  // Node's own timeouts run on the machine's clock, and an idle socket that it closes loses a request.
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  return server;
}

const servedOver = ({ key, cert, clientCa }: Tls) => ({
  key,
  cert,
  ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
});

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** A body beyond the limit counts as empty. */
function bodyText(request: IncomingMessage, use: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bodyLimitBytes) chunks.push(chunk);
  });
  request.on('end', () => use(bytes <= bodyLimitBytes ? Buffer.concat(chunks).toString('utf8') : ''));
}

function send(
  outgoing: OutgoingReply,
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): void {
  if (outgoing.afterMs > 0) void sendLater(outgoing, request, response, clock);
  else write(outgoing, request, response);
}

/** The sleep ends with the connection. */
async function sendLater(
  outgoing: OutgoingReply,
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await clock.sleep(outgoing.afterMs, gone.signal);
  if (!gone.signal.aborted) write(outgoing, request, response);
}

const spellings = {
  canonical: (name: string) => name,
  lower: (name: string) => name.toLowerCase(),
  upper: (name: string) => name.toUpperCase(),
  mixed: (name: string) =>
    name.replace(/./g, (letter, at) => (at % 2 === 0 ? letter.toLowerCase() : letter.toUpperCase())),
} as const;

function write(
  { reply, transport }: OutgoingReply,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const taken = /\bgzip\b/.test(headerOf(request, 'accept-encoding') ?? '');
  const zipped = transport.gzip && taken && reply.body !== '';
  const body = zipped ? gzipSync(reply.body) : Buffer.from(reply.body);
  const chunked = transport.framing === 'chunked' && transport.version === '1.1' && body.length > 0;
  const headers = {
    Server: serverName,
    ...reply.headers,
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    ...(chunked || reply.status === 204 ? {} : { 'Content-Length': `${body.length}` }),
    ...(transport.connection === 'close' ? { Connection: 'close' } : {}),
  };
  const spelt = spellings[transport.headerNames];
  const named = Object.entries(headers).map(([name, value]) => [spelt(name), value]);
  if (transport.version === '1.0') {
    const lines = [
      `HTTP/1.0 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`,
      ...named.map((pair) => pair.join(': ')),
    ];
    request.socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
    return;
  }
  response.writeHead(reply.status, named.flat());
  if (chunked) response.write(body);
  response.end(chunked ? undefined : body);
}

export interface Listening {
  /** Without a slash at its end. */
  readonly url: string;
  /** Ends open connections at once. */
  close(): Promise<void>;
}

export async function listening(
  server: Server,
  { host, port, scheme }: { readonly host: string; readonly port: number; readonly scheme: 'http' | 'https' },
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  let closed: Promise<void> | undefined;
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close() {
      closed ??= new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}
