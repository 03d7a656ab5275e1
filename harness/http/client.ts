/** The recording client: one request by supertest, one exchange. It follows no redirect and judges nothing. */

import type { ClientRequest, IncomingMessage } from 'node:http';
import supertest from 'supertest';
import type { Exchange, RecordedRequest, RecordedResponse } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { type Limits, limits as usual } from '../model/settings.ts';
import { type Body, bodyReader } from './bodies.ts';
import type { Clock } from './clock.ts';
import { insistOnTunnel } from './proxy.ts';
import { type Agents, authorization, type Target } from './target.ts';

export interface ClientOptions {
  readonly target: Target;
  readonly agents: Agents;
  readonly clock: Clock;
  /** Patience for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Lets nothing through that could change what isn't the run's own. */
  readonly guard: Guard;
  /** How much is read; as every report states it where nothing else is said. */
  readonly limits?: Limits;
  /** A login that is refused says nothing of the contract then: its password may have been changed meanwhile. */
  readonly refusalIsLoss?: boolean;
  /** How requests reach the server; over HTTP where nothing shorter is at hand. */
  readonly carry?: Carrier;
  /** How requests of the control protocol go, where it isn't the server that speaks it. */
  readonly carryControl?: Carrier;
}

/** A request as it goes over the wire, credentials and all. */
export interface Call extends Pick<RecordedRequest, 'path' | 'headers' | 'body'> {
  readonly method: Request['method'];
}

/** Takes a call to the server. `abandon` is called when its answer is no longer waited for. */
export type Carrier = (call: Call) => {
  readonly answer: Promise<RecordedResponse>;
  readonly abandon: () => void;
};

export type Client = (request: Request, attempt?: number) => Promise<Exchange>;

/**
 * @returns a function that sends a request once and gives its exchange; it rejects only where the guard does, and then
 *   nothing was sent
 */
export function recordingClient(options: ClientOptions): Client {
  const { target, clock, guard } = options;
  const carry = options.carry ?? overHttp(options);
  const counts = new Map<string, number>();
  return async (request, attempt = 1) => {
    guard.admit(request);
    const serial = (counts.get(request.operation) ?? 0) + 1;
    counts.set(request.operation, serial);
    const recorded = recordedRequest(request, target);
    const sentAt = clock.nowMs();
    const way = request.operation === 'control' ? (options.carryControl ?? carry) : carry;
    const answer = await sendOnce(request, recorded, way, options);
    const exchange: Exchange = {
      id: `${request.operation}-${serial}`,
      operation: request.operation,
      sentAt,
      receivedAt: clock.nowMs(),
      attempt,
      ...(request.sentFor === undefined ? {} : { sentFor: request.sentFor }),
      request: recorded,
      ...answer,
    };
    guard.heed(request, exchange);
    return exchange;
  };
}

function recordedRequest(request: Request, { url, login }: Target): RecordedRequest {
  const prefix = url.pathname === '/' ? '' : url.pathname;
  return {
    method: request.method,
    path: prefix + request.path,
    headers: {
      ...request.headers,
      ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    credentials: login ? (request.credentials ?? 'own') : 'none',
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  };
}

type Answer = Pick<Exchange, 'response' | 'lost'>;

async function sendOnce(
  request: Request,
  recorded: RecordedRequest,
  carry: Carrier,
  { target, clock, timeoutMs, refusalIsLoss = false }: ClientOptions,
): Promise<Answer> {
  const login = authorization(recorded.credentials, target.login);
  const headers = { ...recorded.headers, ...(login === undefined ? {} : { Authorization: login }) };
  const { answer: coming, abandon } = carry({ ...recorded, method: request.method, headers });
  const answered = new AbortController();
  const outOfPatience = patience(clock, timeoutMs, answered.signal).then((spent): Answer => {
    if (spent) abandon();
    return { lost: `no answer within ${timeoutMs / 1000} s` };
  });
  const answer = coming.then(
    (response): Answer =>
      refusalIsLoss && response.status === 401 && recorded.credentials === 'own'
        ? { response, lost: refusedLogin }
        : judgeable(response, request, target),
    (error: unknown): Answer => ({ lost: lossReason(error) }),
  );
  const first = await Promise.race([answer, outOfPatience]);
  answered.abort('answered'); // a reason of ours spares an exception with a stack for each request
  return first;
}

const methods = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete', OPTIONS: 'options' } as const;

/** By supertest, which follows no redirect here and takes every status. */
function overHttp({ target, agents, limits = usual }: ClientOptions): Carrier {
  const asks = supertest(target.url.origin);
  const readBody = bodyReader(limits);
  return ({ method, path, headers, body }) => {
    const call = asks[methods[method]](path)
      .agent(method === 'GET' || method === 'OPTIONS' ? agents.reads : agents.changes)
      .redirects(0)
      .ok(() => true)
      .buffer(true)
      // superagent's types hide the stream that it hands over
      .parse((stream: unknown, done) => readBody(stream as IncomingMessage, done))
      .set({ ...headers })
      .on('request', ({ req }: { readonly req: ClientRequest }) => {
        boundInterim(req, limits);
        insistOnTunnel(req);
      });
    if (body !== undefined) call.send(body);
    return { answer: call.then(recordedResponse), abandon: () => void call.abort() };
  };
}

/** A flood of interim answers would keep the whole harness busy for as long as it is waited for. */
function boundInterim(request: ClientRequest, { interimAnswersRead }: Limits): void {
  let left = interimAnswersRead;
  request.on('information', () => {
    if (--left < 0) request.destroy(new Error(`more than ${interimAnswersRead} interim answers (1xx) came`));
  });
}

function recordedResponse(response: supertest.Response): RecordedResponse {
  const headers = Object.fromEntries(
    Object.entries(response.headers as Record<string, unknown>).map(([name, value]) => [name, String(value)]),
  );
  const { text = '', isCut = false }: Partial<Body> = response.body; // what the reader made of it, if there was any
  return { status: response.status, headers, body: text, ...(isCut ? { truncated: true } : {}) };
}

const transient = new Set([429, 502, 503, 504]);

/** How a loss says that the target did not take the run's own login. */
export const refusedLogin = 'the login was refused (401)';

/** An answer of something between us and the server, or of a server on the move, says nothing about the contract. */
function judgeable(response: RecordedResponse, { credentials = 'own' }: Request, { url }: Target): Answer {
  if (transient.has(response.status)) return { response, lost: turnedAway(response) };
  const elsewhere = redirectedTo(response, url);
  if (elsewhere && credentials === 'own') return { response, lost: `redirected to ${elsewhere.host}` };
  return { response };
}

/** `answered 429 (rate limit), and asks to come back in 30 s` */
function turnedAway(response: RecordedResponse): string {
  const limit = response.status === 429 ? ' (rate limit)' : '';
  const askedMs = retryAfterMs(response);
  const back = askedMs === undefined ? '' : `, and asks to come back in ${askedMs / 1000} s`;
  return `answered ${response.status}${limit}${back}`;
}

/** Where a redirect to another origin points, or undefined. */
export function redirectedTo({ status, headers }: RecordedResponse, from: URL): URL | undefined {
  const location = headers.location;
  if (status < 300 || status > 399 || location === undefined || !URL.canParse(location, from.href))
    return undefined;
  const to = new URL(location, from);
  return to.origin === from.origin ? undefined : to;
}

/** One line for a connection that gave no answer; the code where there is one, for it is what people search for. */
function lossReason(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}

export interface Guard {
  /** @throws {Forbidden} it could change what isn't ours @throws {UserError} the resource log can't be written */
  admit(request: Request): void;
  /** Is told what came of a request that was let through. */
  heed(request: Request, exchange: Exchange): void;
}

// ===== harness/http/time-limit.ts: Patience with somebody else's answer: time in which this process itself stood still is not counted against them.

/** In so many naps patience is spent. */
const naps = 20;

/**
 * Sleeps for `ms` milliseconds of a process that runs. Whatever a nap took longer than it should have, because the
 * event loop stood still, counts for nothing: what came in meanwhile is seen before the next nap is over.
 * @returns true when patience is at its end, false when the signal ended it
 */
export async function patience(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  for (let nap = 0; nap < naps && !signal.aborted; nap++) await clock.sleep(ms / naps, signal);
  return !signal.aborted;
}

// ===== harness/http/retry-after.ts: `Retry-After`: how long a server that turns a request away asks not to be asked. Source: RFC 9110, 10.2.3

/** `Date` takes nearly anything for a date. */
const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * @returns milliseconds from the answer on; undefined where it says nothing that can be understood
 */
export function retryAfterMs({ headers }: Pick<RecordedResponse, 'headers'>): number | undefined {
  const said = headers['retry-after']?.trim();
  if (said === undefined) return undefined;
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  if (!httpDate.test(said)) return undefined;
  // A date is one of the server's clock, and so is the answer's own: ours may be minutes off.
  const ms = Date.parse(said) - Date.parse(headers.date ?? '');
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
