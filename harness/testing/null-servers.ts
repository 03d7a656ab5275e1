/** Servers without any tasks. Whatever they answer, it proves nothing about tasks. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Listening, listening } from '../reference/http-server.ts';
import type { Clock } from '../reference/tasks.ts';

type Answerer = (request: IncomingMessage, response: ServerResponse, clock: Clock) => void;

const json = { 'Content-Type': 'application/json' };
const answering =
  (status: number, headers: Readonly<Record<string, string>>, body: string): Answerer =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

const page = '<!doctype html><title>Welcome</title><h1>It works!</h1>';

/** A static file server's files, by path; some are copies of replies. */
const files: Readonly<Record<string, { readonly type: string; readonly text: string } | undefined>> = {
  '/': { type: 'text/html', text: page },
  '/v1/crdb_tasks': { type: 'application/json', text: '[]' },
  '/v1/crdb_tasks/1': { type: 'application/json', text: '{"id":"1","status":"finished"}' },
};

const answerers = {
  '404': answering(404, json, '{"error_code":"not_found","description":"Not found."}'),
  '401': answering(401, { ...json, 'WWW-Authenticate': 'Basic realm="null"' }, '{}'),
  '500': answering(500, {}, 'Internal Server Error'),
  '204': answering(204, {}, ''),
  'empty-object': answering(200, json, '{}'),
  'empty-list': answering(200, json, '[]'),
  null: answering(200, json, 'null'),
  html: answering(200, { 'Content-Type': 'text/html' }, page),
  files: (request, response, clock) => {
    const served = files[(request.url ?? '').replace(/\?.*$/s, '')];
    if (request.method !== 'GET') answering(405, { Allow: 'GET' }, '')(request, response, clock);
    else if (!served) answering(404, { 'Content-Type': 'text/plain' }, 'Not Found')(request, response, clock);
    else answering(200, { 'Content-Type': served.type, ETag: '"1"' }, served.text)(request, response, clock);
  },
  endless: (request, response) => {
    const more = Buffer.alloc(64 * 1024, '{},');
    const pour = (): void => {
      while (!response.destroyed && response.write(more));
    };
    request.resume();
    response.on('drain', pour).writeHead(200, json).write('[');
    pour();
  },
  echo: (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      response.writeHead(200, json).end(JSON.stringify(seen));
    });
  },
  close: (request) => {
    request.socket.destroy();
  },
  silent: (_, response, clock) => {
    void parked(response, clock);
  },
} satisfies Record<string, Answerer>;

export type NullServerKind = keyof typeof answerers;
export const nullServerKinds = Object.keys(answerers) as readonly NullServerKind[]; // keys() forgets its type

/** Sleeps on the clock until the client gives up: simulated time must know that no reply will come. */
async function parked(response: ServerResponse, clock: Clock): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  while (!gone.signal.aborted) await clock.sleep(Number.POSITIVE_INFINITY, gone.signal);
}

export interface NullServer extends Listening, AsyncDisposable {}

/** Starts one. It ignores credentials. */
export async function startNullServer(
  kind: NullServerKind,
  { clock, port = 0 }: { readonly clock: Clock; readonly port?: number },
): Promise<NullServer> {
  const answer: Answerer = answerers[kind];
  const server = createServer((request, response) => answer(request, response, clock));
  server.keepAliveTimeout = 0;
  const { url, close } = await listening(server, { host: '127.0.0.1', port, scheme: 'http' });
  return { url, close, [Symbol.asyncDispose]: close };
}
