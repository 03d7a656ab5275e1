/** The face of the cluster: HTTP requests in, answers out. Every wait goes through the clock that is handed in. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { doubtAbout } from './auth.ts';
import type { Clock } from './clock.ts';
import { control, controlPath } from './control.ts';
import { type Asked, answer, perform, type Service } from './operations.ts';
import { emptyReply, type Reply, refusal } from './reply.ts';
import { findRoute } from './routes.ts';
import type { Moment, Operation, Rules, RulesInTime } from './rules.ts';

export interface Face extends Service {
  readonly clock: Clock;
  readonly rules: RulesInTime;
}

export interface Tls {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
}

const bodyLimitBytes = 64 * 1024;

export function faceServer(face: Face, tls?: Tls): Server {
  const serve = server(face);
  const made = tls ? createTlsServer({ ...tls }, serve) : createServer(serve);
  // Node's own patience is counted on the machine's clock, and a socket that it closes at rest loses a request.
  made.keepAliveTimeout = 0;
  made.headersTimeout = 0;
  made.requestTimeout = 0;
  return made;
}

function server(face: Face): (request: IncomingMessage, response: ServerResponse) => void {
  const startMs = face.clock.nowMs();
  const turns: Record<Operation, number> = { list: 0, read: 0, cancel: 0 };
  const before: Partial<Record<Operation, Reply>> = {};

  const momentOf = (operation: Operation): Moment => ({
    operation,
    turn: turns[operation],
    upMs: face.clock.nowMs() - startMs,
  });
  const rulesAt = (moment: Moment): Rules =>
    typeof face.rules === 'function' ? face.rules(moment) : face.rules;

  function api(request: IncomingMessage, path: string, query: string): Made {
    const method = request.method ?? '';
    const moment = momentOf(operationNear(path));
    const rules = rulesAt(moment);
    const found = findRoute(method, path, rules);
    const asked = (operation: Operation, rawId: string): Asked => ({
      operation,
      rawId,
      query: new URLSearchParams(query),
      authorization: request.headers.authorization,
      resultTtl: headerOf(request, 'x-result-ttl'),
    });
    if (found.kind === 'unknown path') return { reply: guarded(request, rules, rules.paths.unknown), rules };
    if (found.kind === 'wrong method') {
      const allow = { Allow: [...found.allow, 'OPTIONS'].join(', ') };
      if (method === 'OPTIONS') return { reply: emptyReply(204, allow), rules };
      const { status, acts } = rules.paths.wrongMethod;
      if (acts) perform(asked(found.operation, found.rawId), face, rules, moment);
      return { reply: guarded(request, rules, status, allow), rules };
    }
    const { operation } = found;
    turns[operation]++;
    const reply = rules.transport.finish(
      answer(asked(operation, found.rawId), face, rules, moment),
      moment,
      before[operation],
    );
    before[operation] = reply;
    return { reply, rules, afterMs: rules.transport.afterMs[operation] };
  }

  /** A refusal that no task has to do with: whoever has no login hears of that first. */
  function guarded(
    request: IncomingMessage,
    rules: Rules,
    status: number,
    headers: Reply['headers'] = {},
  ): Reply {
    const doubt = doubtAbout(request.headers.authorization, face.login, 'any');
    if (doubt === null) return refusal(status, rules.transport, headers);
    return refusal(401, rules.transport, challengeOf(rules));
  }

  function controlled(request: IncomingMessage, path: string, body: string): Made {
    const rules = rulesAt(momentOf('read'));
    const doubt = doubtAbout(request.headers.authorization, face.login, 'any');
    const reply =
      doubt === null
        ? control(request.method ?? '', path, body, face.tasks, rules)
        : refusal(401, rules.transport, challengeOf(rules));
    return { reply, rules };
  }

  return (request, response) => {
    const [path = '', query = ''] = splitOnce(request.url ?? '', '?');
    if (path === controlPath || path.startsWith(`${controlPath}/`)) {
      bodyText(request, (body) => write(controlled(request, path, body), request, response));
      return;
    }
    const made = api(request, path, query);
    if (!made.afterMs) write(made, request, response);
    else void writeLater(made, made.afterMs, request, response, face.clock);
  };
}

interface Made {
  readonly reply: Reply;
  readonly rules: Rules;
  readonly afterMs?: number;
}

const challengeOf = ({ auth }: Rules): Reply['headers'] => ({
  'WWW-Authenticate': auth.challenge ?? 'Basic',
});

const operationNear = (path: string): Operation =>
  path.endsWith('/actions/cancel') ? 'cancel' : path.endsWith('/crdb_tasks') ? 'list' : 'read';

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function bodyText(request: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bodyLimitBytes) chunks.push(chunk);
  });
  request.on('end', () => then(bytes <= bodyLimitBytes ? Buffer.concat(chunks).toString('utf8') : ''));
}

/** The sleep ends with the connection, so that nobody is waited for who has gone. */
async function writeLater(
  made: Made,
  afterMs: number,
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await clock.sleep(afterMs, gone.signal);
  if (!gone.signal.aborted) write(made, request, response);
}

function write(
  { reply, rules: { transport } }: Made,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const zipped =
    transport.gzip && reply.body !== '' && /\bgzip\b/.test(headerOf(request, 'accept-encoding') ?? '');
  const body = zipped ? gzipSync(reply.body) : Buffer.from(reply.body);
  const length =
    transport.framing === 'chunked' || reply.status === 204 ? {} : { 'Content-Length': `${body.length}` };
  const headers = {
    Server: 'crdb-tasks-reference',
    ...reply.headers,
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    ...length,
    ...(transport.connection === 'close' ? { Connection: 'close' } : {}),
  };
  const spelt = { canonical: (name: string) => name, lower: lowerCase, upper: upperCase }[
    transport.headerNames
  ];
  response.writeHead(
    reply.status,
    Object.entries(headers).flatMap(([name, value]) => [spelt(name), value]),
  );
  if (transport.framing === 'chunked' && body.length > 0) response.write(body);
  response.end(transport.framing === 'chunked' ? undefined : body);
}

const lowerCase = (name: string): string => name.toLowerCase();
const upperCase = (name: string): string => name.toUpperCase();
