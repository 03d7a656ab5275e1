import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { cancel, credentialKinds, list, type Request, rawRead, read } from '../model/requests.ts';
import { type Limits, limits } from '../model/settings.ts';
import { unguarded } from '../testing/resource-log-samples.ts';
import { answerText, wireServer } from '../testing/wire-samples.ts';
import { recordingClient, redirectedTo, retryAfterMs, timeout } from './client.ts';
import { type Clock, realClock, SimulatedClock } from './clock.ts';
import { agentsFor, type Target } from './target.ts';

const login = { user: 'admin', password: 'secret' };

/** Sends one request and gives its exchange. */
async function send(
  url: URL,
  request: Request,
  told: { clock?: Clock; read?: Partial<Limits>; anonymous?: boolean; timeoutMs?: number } = {},
) {
  const { clock = realClock(), timeoutMs = 10_000, read: reading = {}, anonymous } = told;
  const target: Target = { url, insecure: false, ...(anonymous ? {} : { login }) };
  const agents = agentsFor(target);
  try {
    const bounds = { ...limits, ...reading };
    return await recordingClient({ target, agents, guard: unguarded, clock, timeoutMs, limits: bounds })(
      request,
    );
  } finally {
    agents.close();
  }
}

/** What one request to a server that gives this answer comes to. */
async function answered(
  text: string | Buffer,
  request: Request = list(),
  told: Parameters<typeof send>[2] = {},
) {
  await using server = await wireServer((socket) => socket.write(text));
  return await send(server.url, request, told);
}

describe('a redirect', () => {
  test('is not followed: the other server gets nothing', async () => {
    await using elsewhere = await wireServer((socket) => socket.write(answerText(200)));
    const exchange = await answered(answerText(307, '', [`Location: ${elsewhere.url}v1/crdb_tasks`]));
    expect(exchange.response?.status).toBe(307);
    expect(exchange.lost).toBe(`redirected to ${elsewhere.url.host}`);
    expect(elsewhere.heads).toEqual([]);
  });

  test.each([
    { location: 'http://other.example/', credentials: 'own', lost: 'redirected to other.example' },
    { location: '//other.example/', credentials: 'own', lost: 'redirected to other.example' },
    { location: 'http://other.example/', credentials: 'none', lost: undefined },
    { location: 'http://other.example/', credentials: 'unknown user', lost: undefined },
    { location: '/elsewhere', credentials: 'own', lost: undefined },
  ] as const)('to $location with $credentials: lost is $lost', async ({ location, credentials, lost }) => {
    const exchange = await answered(answerText(302, '', [`Location: ${location}`]), list({ credentials }));
    expect([exchange.response?.status, exchange.lost]).toEqual([302, lost]);
  });

  test.each([
    { status: 307, location: 'https://other.example/a', to: 'https://other.example/a' },
    { status: 307, location: 'http://here.example/a', to: undefined },
    { status: 307, location: 'http://[', to: undefined },
    { status: 200, location: 'https://other.example/a', to: undefined },
    { status: 307, location: undefined, to: undefined },
  ])('$status to $location points to $to', ({ status, location, to }) => {
    const headers: Record<string, string> = location === undefined ? {} : { location };
    expect(redirectedTo({ status, headers, body: '' }, new URL('http://here.example'))?.href).toBe(to);
  });
});

describe('interim answers', () => {
  const interim = (count: number) => 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(count);
  const bounded = { read: { interimAnswersRead: 3 } };

  test('as many as are read come before an answer', async () => {
    const { lost, response } = await answered(interim(3) + answerText(200, '[]'), list(), bounded);
    expect([lost, response?.body]).toEqual([undefined, '[]']);
  });

  test('more than that are a lost answer', async () => {
    const { lost, response } = await answered(interim(4) + answerText(200, '[]'), list(), bounded);
    expect([lost, response]).toEqual(['more than 3 interim responses (1xx)', undefined]);
  });
});

describe('a body', () => {
  test.each([
    { length: 100, truncated: undefined },
    { length: 101, truncated: true },
  ])('of $length bytes, with a limit of 100: truncated is $truncated', async ({ length, truncated }) => {
    const exchange = await answered(answerText(200, 'x'.repeat(length)), list(), {
      read: { bodyBytesRead: 100 },
    });
    expect(exchange.lost).toBeUndefined();
    expect(exchange.response?.truncated).toBe(truncated);
  });

  test('without an end is cut at the limit', async () => {
    await using server = await wireServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(10_000)));
      };
      socket.on('drain', pour);
      pour();
    });
    const { response } = await send(server.url, list(), { read: { bodyBytesRead: 100_000 } });
    expect(response?.truncated).toBe(true);
  });

  test('is decoded as UTF-8 over chunks, and kept as it is', async () => {
    const text = '{"a": "ä💥" }\n';
    const bytes = Buffer.from(text);
    const chunks = [...bytes].map((byte) =>
      Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')]),
    );
    const head = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const { response } = await answered(Buffer.concat([head, ...chunks, Buffer.from('0\r\n\r\n')]));
    expect(response?.body).toBe(text);
  });

  test('is unzipped', async () => {
    const zipped = gzipSync('[1]');
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`;
    expect((await answered(Buffer.concat([Buffer.from(head), zipped]))).response?.body).toBe('[1]');
  });

  test('in an encoding that no request offers is not read', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\n';
    expect((await answered(Buffer.from(`${head}abc`))).lost).toBe(
      'the body has the Content-Encoding br, and the request offers gzip, deflate',
    );
  });

  test('that is no gzip though it says so is lost', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n';
    expect((await answered(Buffer.from(`${head}abc`))).lost).toContain('Z_DATA_ERROR');
  });

  test('is unzipped no further than the limit', async () => {
    const zipped = gzipSync(Buffer.alloc(50_000_000));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`;
    const server = await wireServer((socket) => socket.write(Buffer.concat([Buffer.from(head), zipped])));
    const { response } = await send(server.url, list(), { read: { bodyBytesRead: 100_000 } });
    expect(response?.truncated).toBe(true);
  });

  test.each([401, 404, 406, 500])('of a %i is kept, and the status is no error', async (status) => {
    const { response, lost } = await answered(answerText(status, 'why'));
    expect([response?.status, response?.body, lost]).toEqual([status, 'why', undefined]);
  });
});

describe('an answer is lost', () => {
  test.each([
    [429, 'answered 429 (rate limit)'],
    [502, 'answered 502'],
    [503, 'answered 503'],
    [504, 'answered 504'],
  ])('as %i: something between us and the server, or a server on the move', async (status, told) => {
    const { response, lost } = await answered(answerText(status));
    expect([response?.status, lost]).toEqual([status, told]);
  });

  test.each<{ what: string; does: Parameters<typeof wireServer>[0]; lost: RegExp }>([
    { what: 'the connection is closed', does: (socket) => socket.end(), lost: /socket hang up|ECONNRESET/ },
    { what: 'it is reset', does: (socket) => socket.resetAndDestroy(), lost: /ECONNRESET/ },
    { what: 'it is no HTTP', does: (socket) => socket.end('SSH-2.0\r\n\r\n'), lost: /HPE_|Parse Error/ },
    {
      what: 'it breaks off in the middle',
      does: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
      lost: /aborted|ECONNRESET|terminated/,
    },
    {
      what: 'its body is no gzip',
      does: (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf'),
      lost: /incorrect header|Z_DATA/,
    },
  ])('where $what', async ({ does, lost }) => {
    await using server = await wireServer(does);
    const exchange = await send(server.url, list());
    expect(exchange.lost).toMatch(lost);
    expect(exchange.response).toBeUndefined();
  });

  test('where nobody listens, with the code that people search for', async () => {
    const server = await wireServer(() => {});
    await server[Symbol.asyncDispose]();
    expect((await send(server.url, list())).lost).toMatch(/ECONNREFUSED/);
  });

  test('where it takes longer than the timeout, on the clock that was handed in', async () => {
    await using server = await wireServer(() => {});
    const clock = new SimulatedClock();
    const exchange = await send(server.url, list(), { clock, timeoutMs: 10_000 });
    expect(exchange).toMatchObject({ sentAt: 0, receivedAt: 10_000, lost: 'no answer within 10 s' });
  });

  test('where its body never ends within the timeout', async () => {
    await using server = await wireServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    );
    const clock = new SimulatedClock();
    expect((await send(server.url, list(), { clock })).lost).toBe('no answer within 10 s');
  });
});

describe('a path arrives as it is', () => {
  test.each([
    'a%2Fb',
    '7%2F',
    '7%00',
    '%7B7%7D',
    '%22%27%20OR%20%271%27%3D%271',
    '..%2F..%2Fetc%2Fpasswd',
    '%zz',
    '%F0%9F%92%A5',
    "it's",
    'a+b%20c;d=e&f',
    'x'.repeat(2000),
  ])('%s', async (rawId) => {
    await using server = await wireServer((socket) => socket.write(answerText(404)));
    const exchange = await send(server.url, rawRead(rawId));
    expect(server.heads[0]?.split(' ')[1]).toBe(`/v1/crdb_tasks/${rawId}`);
    expect(exchange.request.path).toBe(`/v1/crdb_tasks/${rawId}`);
  });

  test('below the path prefix of the target', async () => {
    await using server = await wireServer((socket) => socket.write(answerText(200)));
    await send(new URL('/a/b', server.url), read({ id: 'a b' }, { verbose: 'true' }));
    expect(server.heads[0]).toMatch(/^GET \/a\/b\/v1\/crdb_tasks\/a%20b\?verbose=true HTTP/);
  });
});

describe('the credentials', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  test.each<{ kind: (typeof credentialKinds)[number]; is: RegExp | undefined }>([
    { kind: 'own', is: new RegExp(`^Basic ${base64('admin:secret')}$`) },
    { kind: 'lower-case scheme', is: new RegExp(`^basic ${base64('admin:secret')}$`) },
    { kind: 'none', is: undefined },
    { kind: 'malformed', is: /^Basic %%%/ },
    { kind: 'unknown user', is: /^Basic [\w+/=]+$/ },
    { kind: 'wrong password', is: /^Basic [\w+/=]+$/ },
  ])('$kind', async ({ kind, is }) => {
    await using server = await wireServer((socket) => socket.write(answerText(401)));
    const exchange = await send(server.url, list({ credentials: kind }));
    const sent = /\r\nAuthorization: (.*)/i.exec(server.heads[0] ?? '')?.[1];
    if (is === undefined) expect(sent).toBeUndefined();
    else expect(sent).toMatch(is);
    expect(exchange.request.credentials).toBe(kind);
    expect(JSON.stringify(exchange)).not.toMatch(/authorization/i);
  });

  test.each(credentialKinds)('a target without any is sent none: %s', async (credentials) => {
    await using server = await wireServer((socket) => socket.write(answerText(200)));
    const exchange = await send(server.url, list({ credentials }), { anonymous: true });
    expect(server.heads[0]).not.toMatch(/authorization/i);
    expect(exchange.request.credentials).toBe('none');
  });
});

describe('a request that changes something', () => {
  const make: Request = { operation: 'control', method: 'POST', path: '/_control/v1/tasks', body: {} };

  /** How many connections a server has seen that closes each after so many answers. */
  async function connectionsFor(requests: readonly Request[], answers: number): Promise<number> {
    const sockets = new Map<unknown, number>();
    await using server = await wireServer((socket) => {
      const served = (sockets.get(socket) ?? 0) + 1;
      sockets.set(socket, served);
      if (served > answers) socket.destroy();
      else socket.write(answerText(200, '{}'));
    });
    const target: Target = { url: server.url, insecure: false };
    const agents = agentsFor(target);
    const client = recordingClient({
      target,
      agents,
      guard: unguarded,
      clock: realClock(),
      timeoutMs: 10_000,
    });
    for (const request of requests) await client(request);
    agents.close();
    return sockets.size;
  }

  test.each([
    { what: 'cancels get a new connection each', requests: [cancel, cancel], answers: 9, connections: 2 },
    {
      what: 'a cancel goes by that of a read where it shall',
      requests: [read, (task: { readonly id: string }) => cancel(task, { onUsedConnection: true })],
      answers: 9,
      connections: 1,
    },
    {
      what: 'the control protocol reuses one',
      requests: [make, make, make],
      answers: 9,
      connections: 1,
    },
    {
      what: 'it gets new ones after a reused one failed',
      requests: [make, make, make, make],
      answers: 1,
      connections: 3,
    },
  ])('$what', async ({ requests, answers, connections }) => {
    const sent = requests.map((one) => (typeof one === 'function' ? one({ id: '7' }) : one));
    expect(await connectionsFor(sent, answers)).toBe(connections);
  });
});

test('a body is sent as JSON, and a cancel says so without one', async () => {
  await using server = await wireServer((socket) => socket.write(answerText(200)));
  await send(server.url, {
    operation: 'control',
    method: 'POST',
    path: '/_control/v1/tasks',
    body: { a: 1 },
  });
  await send(server.url, cancel({ id: '7' }));
  expect(server.heads[0]).toMatch(/\r\nContent-Type: application\/json\r\n/i);
  expect(server.heads[0]).toMatch(/\r\nContent-Length: 7/i);
  expect(server.heads[1]).toMatch(/\r\nContent-Type: application\/json\r\n/i);
});

test('an exchange is numbered by its operation', async () => {
  await using server = await wireServer((socket) => socket.write(answerText(200)));
  const target: Target = { url: server.url, insecure: false };
  const agents = agentsFor(target);
  const client = recordingClient({ target, agents, guard: unguarded, clock: realClock(), timeoutMs: 10_000 });
  const ids: string[] = [];
  for (const request of [list(), read({ id: '7' }), list()]) ids.push((await client(request)).id);
  agents.close();
  expect(ids).toEqual(['list-1', 'read-1', 'list-2']);
});

/** A clock none of whose timers fires before the event loop goes on. */
function stalledUntil(goesOnMs: number): Clock {
  const clock = new SimulatedClock();
  return {
    nowMs: () => clock.nowMs(),
    sleep: (ms, signal) => clock.sleep(Math.max(ms, goesOnMs - clock.nowMs()), signal),
  };
}

test('is spent after its time', async () => {
  const clock = new SimulatedClock();
  expect(await timeout(clock, 10_000, new AbortController().signal)).toBe(true);
  expect(clock.nowMs()).toBeCloseTo(10_000);
});

test('ends with the answer', async () => {
  const clock = new SimulatedClock();
  const answered = new AbortController();
  const waiting = timeout(clock, 10_000, answered.signal);
  answered.abort();
  expect(await waiting).toBe(false);
  expect(clock.nowMs()).toBe(0);
});

test('is not spent by the time in which the process itself stood still', async () => {
  const clock = stalledUntil(60_000);
  const answered = new AbortController();
  const waiting = timeout(clock, 10_000, answered.signal);
  const arrives = clock.sleep(60_001).then(() => answered.abort()); // it lay there when the process went on
  expect(await waiting).toBe(false);
  await arrives;
});

const date = 'Sun, 06 Nov 1994 08:49:37 GMT';

test.each<{ headers: Record<string, string>; ms: number | undefined; why: string }>([
  { headers: { 'retry-after': '30' }, ms: 30_000, why: 'seconds' },
  { headers: { 'retry-after': '0' }, ms: 0, why: 'at once' },
  {
    headers: { 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT', date },
    ms: 3000,
    why: 'a date, by the server’s clock',
  },
  { headers: { 'retry-after': 'Sun, 06 Nov 1994 08:00:00 GMT', date }, ms: 0, why: 'a date that is past' },
  { headers: { 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT' }, ms: undefined, why: 'a date and no clock' },
  { headers: { 'retry-after': '-5', date }, ms: undefined, why: 'less than nothing' },
  { headers: { 'retry-after': '1e9' }, ms: undefined, why: 'no digits alone' },
  { headers: { 'retry-after': 'soon', date }, ms: undefined, why: 'words' },
  { headers: {}, ms: undefined, why: 'nothing' },
])('Retry-After that says $why is $ms ms', ({ headers, ms }) => {
  expect(retryAfterMs({ headers })).toBe(ms);
});
