/**
 * A reverse proxy that passes everything on as it is and lets someone look at the messages of the task API. It never
 * retries, and it changes nothing but hop-by-hop headers and `Host`. Each connection of a client has one of its own to
 * the target: where the target closes that, the client's closes too, as if it were connected directly.
 */
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { meaningOf, readableReason } from '../http/connection-errors.ts';
import type { Target } from '../http/target.ts';
import { type Headers, monitorName, prefixOf } from './exchange.ts';
import { framing, pairs, passedOn } from './headers.ts';

export interface ProxyOptions {
  readonly target: Pick<Target, 'url' | 'ca' | 'insecure' | 'clientCertificate'>;
  /** Certificate and key, PEM, where clients connect by TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Looks at a request of the task API as it is passed on; undefined: nobody looks at it. */
  readonly look: (head: RequestHead) => MessageListener | undefined;
  /** Gets what keeps requests from reaching the target, a line each. */
  readonly onTrouble: (line: string) => void;
}

export interface RequestHead {
  readonly method: string;
  /** As sent to the target, prefix included. */
  readonly path: string;
  readonly headers: Headers;
}

/** Sees one request and its answer. It must not throw and must not wait. */
export interface MessageListener {
  request(chunk: Buffer): void;
  head(status: number, headers: Headers): void;
  response(chunk: Buffer): void;
  /** The last call. @param lost why no whole answer came */
  end(lost?: string): void;
}

const longestHeadBytes = 2 ** 18;

/** @returns a server that does not listen yet */
export function reverseProxy(options: ProxyOptions): Server {
  const { tls } = options;
  const settings = { maxHeaderSize: longestHeadBytes, keepAliveTimeout: 0, requestTimeout: 0 };
  const server = tls ? https.createServer({ ...settings, ...tls }) : http.createServer(settings);
  const connections = new Connections(options.target);
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = refusalOf(request, connections);
    if (refusal) refuse(response, ...refusal, options.onTrouble);
    else pass(request, response, connections, options);
  };
  server.on('request', serve).on('checkContinue', serve);
  server.on('connect', (_: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {}); // the client went away
    const words =
      'The monitor is a reverse proxy and opens no tunnels: use its address in the place of the target’s.\n';
    socket.end(
      `HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(words)}\r\n\r\n${words}`,
    );
  });
  return server;
}

type Refusal = readonly [status: number, words: string];

function refusalOf(
  { headers, url = '', socket }: IncomingMessage,
  connections: Connections,
): Refusal | undefined {
  if (/\bwebsocket\b/i.test(headers.upgrade ?? ''))
    return [501, 'websockets are not passed on: the task API has none'];
  if (!url.startsWith('/') && url !== '*')
    return [
      400,
      'this is a reverse proxy: use its address in the place of the target’s, not as a forward proxy',
    ];
  return connections.isOwn(socket) ? [508, 'the target is the monitor itself: correct --target'] : undefined;
}

/** An answer of the monitor itself, which says so. @param remedy for those who run the monitor */
function refuse(
  response: ServerResponse,
  status: number,
  words: string,
  onTrouble: (line: string) => void,
  remedy?: string,
): void {
  onTrouble(remedy === undefined ? words : `${words}. ${remedy}`);
  const body = `crdb-conformance monitor, not the target: ${words}\n`;
  response.statusMessage = ''; // that of the target may be malformed
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Server: monitorName,
    Connection: 'close',
  });
  response.end(body);
}

/** The connection to the target of one connection of a client. */
interface Connection {
  readonly agent: http.Agent;
  /** The target has closed it. */
  isOver: boolean;
  answering: number;
}

class Connections {
  readonly #target: ProxyOptions['target'];
  readonly #byClient = new WeakMap<Socket, Connection>();
  /** The ends of connections to the target: a request over one of them comes from the monitor itself. */
  readonly #own = new Set<string>();
  readonly #watched = new WeakSet<Socket>();

  constructor(target: ProxyOptions['target']) {
    this.#target = target;
  }

  of(client: Socket): Connection {
    const known = this.#byClient.get(client);
    if (known) return known;
    const { url, ca, insecure, clientCertificate } = this.#target;
    const settings = { keepAlive: true, maxSockets: 1 };
    const trust = {
      ...(ca === undefined ? {} : { ca }),
      ...clientCertificate,
      rejectUnauthorized: !insecure,
      ALPNProtocols: ['http/1.1'],
    };
    const made: Connection = {
      agent:
        url.protocol === 'https:' ? new https.Agent({ ...settings, ...trust }) : new http.Agent(settings),
      isOver: false,
      answering: 0,
    };
    this.#byClient.set(client, made);
    client.on('error', () => {});
    client.once('close', () => made.agent.destroy());
    return made;
  }

  /** Notes a connection to the target, once. */
  note(socket: Socket, connection: Connection, client: Socket): void {
    if (this.#watched.has(socket)) return;
    this.#watched.add(socket);
    const noted = (): void => {
      const { localAddress, localPort, remoteAddress, remotePort } = socket;
      const ends = `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
      this.#own.add(ends);
      socket.once('close', () => this.#own.delete(ends));
    };
    if (socket.connecting) socket.once('connect', noted);
    else noted();
    socket.once('close', () => {
      connection.isOver = true;
      if (connection.answering === 0) client.end();
    });
  }

  /** Seen from the other side: one local port may serve several connections, so both ends must be the same. */
  isOwn({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
    return this.#own.has(`${remoteAddress} ${remotePort} ${localAddress} ${localPort}`);
  }
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  connections: Connections,
  { target: { url }, look, onTrouble }: ProxyOptions,
): void {
  const { method = 'GET', socket: client } = request;
  const connection = connections.of(client);
  const path = url.pathname.replace(/\/$/, '') + (request.url ?? '/');
  const sent = pairs(request.rawHeaders);
  const headers = [
    ...passedOn(sent).map(([name, value]): Headers[number] =>
      name.toLowerCase() === 'host' ? [name, url.host] : [name, value],
    ),
    ...framing(method, sent),
  ];
  const seen = prefixOf(path) === undefined ? undefined : look({ method, path, headers });
  connection.answering++;
  let isOver = false;
  const over = (lost?: string): void => {
    if (isOver) return;
    isOver = true;
    connection.answering--;
    seen?.end(lost);
    if (connection.isOver) client.end();
  };
  const onward = (url.protocol === 'https:' ? https : http).request({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (url.protocol === 'https:' ? 443 : 80),
    method,
    path,
    headers: headers.flat(),
    agent: connection.agent,
    maxHeaderSize: longestHeadBytes,
  });
  let reached = false;
  onward.once('socket', (socket) => {
    connections.note(socket, connection, client);
    reached = !socket.connecting;
    if (!reached)
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        reached = true;
      });
  });
  onward.on('continue', () => response.writeContinue());
  const failed = (error: Error): void => {
    const why = reasonOf(error);
    over(why);
    if (response.headersSent || response.destroyed) response.destroy();
    // As the target did: a client that is connected directly sees its connection end.
    else if (reached && isReset(error)) response.destroy();
    else {
      const { problem, remedy } = meaningIn(error, why) ?? {};
      const words = problem === undefined ? why : `${problem} (${why})`;
      refuse(response, 502, `no answer of the target ${url.origin}: ${words}`, onTrouble, remedy);
    }
  };
  onward.on('response', (answer) => {
    try {
      answered(answer, response, seen, over);
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error))); // its head can't be written again
      onward.destroy();
    }
  });
  onward.on('error', failed);
  request.on('data', (chunk: Buffer) => seen?.request(chunk));
  request.on('error', () => onward.destroy());
  request.pipe(onward);
  response.on('close', () => {
    if (response.writableFinished) return;
    over('the client went away');
    onward.destroy();
  });
}

function answered(
  answer: IncomingMessage,
  response: ServerResponse,
  seen: MessageListener | undefined,
  over: (lost?: string) => void,
): void {
  const { statusCode = 502, statusMessage = '', rawHeaders } = answer;
  const headers = passedOn(pairs(rawHeaders));
  seen?.head(statusCode, headers);
  response.sendDate = false;
  if (answer.headers.connection?.toLowerCase() === 'close') response.shouldKeepAlive = false;
  response.writeHead(statusCode, statusMessage, headers.flat());
  answer.on('data', (chunk: Buffer) => seen?.response(chunk));
  answer.once('end', () => over());
  answer.once('error', (error) => {
    over(reasonOf(error));
    response.destroy();
  });
  answer.pipe(response);
}

const isReset = (error: Error): boolean =>
  'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

/** What an error means: its first bytes are those of HTTP/2, its response is malformed, it can’t be reached. */
function meaningIn(error: Error, why: string): ReturnType<typeof meaningOf> {
  const code = codeOf(error);
  if (code === 'HPE_INVALID_CONSTANT' || error.message.includes('alert no application protocol'))
    return {
      problem: 'it does not speak HTTP/1.1 there; the monitor speaks no HTTP/2',
      remedy: 'Allow HTTP/1.1 at the target, or correct --target.',
    };
  return /^HPE_|^ERR_(INVALID_CHAR|HTTP_INVALID)/.test(code)
    ? { problem: 'its response is not valid HTTP/1.1', remedy: 'Correct the target.' }
    : meaningOf(why);
}

/** One line for what kept a request from its answer. */
function reasonOf(error: Error): string {
  const code = codeOf(error);
  const [words = ''] = readableReason(error.message).split(/\n|; if /, 1);
  return code === '' || words.includes(code) ? words : `${words} (${code})`;
}
