/** The recording client: one request by supertest makes one exchange, without secrets. It follows no redirects and judges
 *  nothing. */
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import supertest from 'supertest';
import type { Exchange, RecordedRequest, RecordedResponse } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { type Limits, limits as usual } from '../model/settings.ts';
import { type Body, bodyReader, offeredEncodings } from './bodies.ts';
import type { Clock } from './clock.ts';
import { insistOnTunnel } from './proxy.ts';
import { redactedExchange, redactor } from './redaction.ts';
import { type Agents, authorization, type Target } from './target.ts';

export interface ClientOptions {
  readonly target: Target;
  readonly agents: Agents;
  readonly clock: Clock;
  /** How long a response may take. */
  readonly timeoutMs: number;
  /** Refuses requests that could change anything that the run did not make. */
  readonly guard: Guard;
  /** How much is read; by default the limits that every report states. */
  readonly limits?: Limits;
  /** Treats a refused login as a loss: the password may have been changed during the run. */
  readonly refusalIsLoss?: boolean;
  /** How requests reach the server; over HTTP by default. */
  readonly carry?: Carrier;
  /** How requests of the control protocol are sent, where the server does not speak it itself. */
  readonly carryControl?: Carrier;
}

/** A request as it is sent, with its credentials. */
export interface Call extends Pick<RecordedRequest, 'path' | 'headers' | 'body'> {
  readonly method: Request['method'];
  readonly onUsedConnection?: true;
}

/** Sends a call to the server. `abandon` is called when its response is no longer awaited. */
export type Carrier = (call: Call) => {
  readonly answer: Promise<RecordedResponse>;
  readonly abandon: () => void;
};

export type Client = (request: Request, attempt?: number) => Promise<Exchange>;

/**
 * @returns a function that sends a request once and gives its exchange; it rejects only where the guard refuses the
 *   request, and then nothing was sent
 */
export function recordingClient(options: ClientOptions): Client {
  const { target, agents, clock, guard } = options;
  const over = overHttp(options);
  const carry = options.carry ?? over(agents.changes);
  const carryControl = options.carryControl ?? options.carry ?? over(agents.control);
  const redact = redactor(target);
  const counts = new Map<string, number>();
  const stampMs = stamps(clock);
  return async (request, attempt = 1) => {
    guard.admit(request);
    const serial = (counts.get(request.operation) ?? 0) + 1;
    counts.set(request.operation, serial);
    const recorded = recordedRequest(request, target);
    const sentAt = stampMs();
    const way = request.operation === 'control' ? carryControl : carry;
    const answer = await sendOnce(request, recorded, way, options);
    const whole: Exchange = {
      id: `${request.operation}-${serial}`,
      operation: request.operation,
      sentAt,
      receivedAt: stampMs(),
      attempt,
      ...(request.sentFor === undefined ? {} : { sentFor: request.sentFor }),
      ...(request.provisioning ? { provisioning: true } : {}),
      request: recorded,
      ...answer,
    };
    const exchange = redactedExchange(whole, redact);
    guard.observe(request, exchange);
    return exchange;
  };
}

const leastStepMs = 1e-6;

/** Instants of which none is twice: in simulated time many sends and receipts have one, and their order would be lost. */
function stamps(clock: Clock): () => number {
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    lastMs = Math.max(clock.nowMs(), lastMs + leastStepMs);
    return lastMs;
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
  const { method, onUsedConnection } = request;
  const call = { ...recorded, method, headers, ...(onUsedConnection ? { onUsedConnection } : {}) };
  const { answer: coming, abandon } = carry(call);
  const answered = new AbortController();
  const timedOut = timeout(clock, timeoutMs, answered.signal).then((isOver): Answer => {
    if (isOver) abandon();
    return { lost: noAnswer(timeoutMs) };
  });
  const answer = coming.then(
    (response): Answer =>
      refusalIsLoss && response.status === 401 && recorded.credentials === 'own'
        ? { response, lost: refusedLogin }
        : judgeable(response, request, target),
    (error: unknown): Answer => ({ lost: lossReason(error) }),
  );
  const first = await Promise.race([answer, timedOut]);
  answered.abort('answered'); // without a reason, each abort would create an exception with a stack
  return first;
}

const methods = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete', OPTIONS: 'options' } as const;

/**
 * By supertest, which here follows no redirect and accepts every status.
 * @returns a carrier whose requests that change something go by the connections of `changes`, until a reused one fails
 */
function overHttp({ target, agents, limits = usual }: ClientOptions): (changes: Agent) => Carrier {
  const asks = supertest(target.url.origin);
  const readBody = bodyReader(limits);
  let reusable = true;
  return (changes) =>
    ({ method, path, headers, body, onUsedConnection }) => {
      const isRead = method === 'GET' || method === 'OPTIONS';
      const call = asks[methods[method]](path)
        .agent(isRead || onUsedConnection ? agents.reads : reusable ? changes : agents.changes)
        .redirects(0)
        .ok(() => true)
        .buffer(true)
        // superagent's types hide the stream that it hands over
        .parse((stream: unknown, done) => readBody(stream as IncomingMessage, done))
        .set({ 'Accept-Encoding': offeredEncodings, ...headers })
        .on('request', ({ req }: { readonly req: ClientRequest }) => {
          boundInterim(req, limits);
          insistOnTunnel(req);
          if (!isRead) req.once('error', () => (reusable &&= !req.reusedSocket));
        });
      // The reader of bodies decodes: superagent's own decoder, which has no limit, is for its own parsers.
      Object.assign(call, { _shouldDecompress: () => false });
      if (body !== undefined) call.send(body);
      return { answer: call.then(recordedResponse), abandon: () => void call.abort() };
    };
}

/** A flood of interim responses would keep the harness busy until the timeout. */
function boundInterim(request: ClientRequest, { interimAnswersRead }: Limits): void {
  let left = interimAnswersRead;
  request.on('information', () => {
    if (--left < 0) request.destroy(new Error(`more than ${interimAnswersRead} interim responses (1xx)`));
  });
}

function recordedResponse(response: supertest.Response): RecordedResponse {
  const headers = Object.fromEntries(
    Object.entries(response.headers as Record<string, unknown>).map(([name, value]) => [name, String(value)]),
  );
  const { text = '', isCut = false }: Partial<Body> = response.body; // as the body reader returned it, if there was a body
  return { status: response.status, headers, body: text, ...(isCut ? { truncated: true } : {}) };
}

const transient = new Set([429, 502, 503, 504]);

/** The reason of a loss where no answer came in time. */
export const noAnswer = (timeoutMs: number): string => `${tooLate}${timeoutMs / 1000} s`;
const tooLate = 'no answer within ';

/** Whether no answer came in time: the target may still do what was asked. */
export const isTimeout = (lost: string): boolean => lost.startsWith(tooLate);

/** Whether a request was lost because no connection was made: the target knows nothing of it. */
export const isNeverSent = (lost: string): boolean =>
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(lost);

/** The reason of a loss where the target refused the run's own login. */
export const refusedLogin = 'the login was refused (401)';

/** A response of a proxy, or of a server during a change of leader, proves nothing about the contract. */
function judgeable(response: RecordedResponse, { credentials = 'own' }: Request, { url }: Target): Answer {
  if (transient.has(response.status)) return { response, lost: refusalText(response) };
  const elsewhere = redirectedTo(response, url);
  if (elsewhere && credentials === 'own') return { response, lost: `redirected to ${elsewhere.host}` };
  return { response };
}

/** `answered 429 (rate limit), Retry-After 30 s` */
function refusalText(response: RecordedResponse): string {
  const limit = response.status === 429 ? ' (rate limit)' : '';
  const askedMs = retryAfterMs(response);
  const back = askedMs === undefined ? '' : `, Retry-After ${askedMs / 1000} s`;
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

/** One line for a connection without a response, with its code where there is one: people search for it. */
function lossReason(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}

/** Decides which requests may be sent, and receives their exchanges. */
export interface Guard {
  /** @throws an error where the request must not be sent */
  admit(request: Request): void;
  /** Receives the exchange of an admitted request. */
  observe(request: Request, exchange: Exchange): void;
}

/** A timeout is slept in so many parts. */
const naps = 20;

/**
 * Sleeps for `ms` milliseconds. Time during which this process itself was blocked does not count: a response that
 * arrived meanwhile is handled before the next part is over.
 * @returns true when the time is over, false when the signal ended it
 */
export async function timeout(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  for (let nap = 0; nap < naps && !signal.aborted; nap++) await clock.sleep(ms / naps, signal);
  return !signal.aborted;
}

/** `Date.parse` accepts nearly anything. */
const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** The `Retry-After` of a response, in milliseconds; undefined without a valid one. Source: RFC 9110, 10.2.3 */
export function retryAfterMs({ headers }: Pick<RecordedResponse, 'headers'>): number | undefined {
  const said = headers['retry-after']?.trim();
  if (said === undefined) return undefined;
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  if (!httpDate.test(said)) return undefined;
  // Both dates are by the server's clock: ours may be minutes off.
  const ms = Date.parse(said) - Date.parse(headers.date ?? '');
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
