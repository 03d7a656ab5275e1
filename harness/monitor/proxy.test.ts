/** What passes through the proxy is what was sent: bytes, order, connections, errors. */
import http, { type IncomingMessage, type RequestListener, type Server } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { selfSigned } from '../reference/certificate.ts';
import type { Headers } from './exchange.ts';
import { reverseProxy } from './proxy.ts';

interface Seen {
  readonly path: string;
  status?: number;
  request: string;
  response: string;
  lost?: string | undefined;
  isOver: boolean;
}

const servers: { close(): void; closeAllConnections?(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections?.();
  }
});

async function listening<Listener extends Server>(server: Listener): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const started = (answer: RequestListener): Promise<number> => listening(http.createServer(answer));

/** A proxy before a port. */
async function proxied(
  port: number,
  { prefix = '', scheme = 'http', insecure = false, tls = false, ca = '' } = {},
) {
  const seen: Seen[] = [];
  const troubles: string[] = [];
  const server = reverseProxy({
    target: {
      url: new URL(`${scheme}://localhost:${port}${prefix}`),
      insecure,
      ...(ca === '' ? {} : { ca }),
    },
    ...(tls ? { tls: await selfSigned('localhost', ['localhost', '127.0.0.1']) } : {}),
    look({ path }) {
      const one: Seen = { path, request: '', response: '', isOver: false };
      seen.push(one);
      return {
        request(chunk) {
          one.request += chunk;
        },
        head(status) {
          one.status = status;
        },
        response(chunk) {
          one.response += chunk;
        },
        end(lost) {
          one.lost = lost;
          one.isOver = true;
        },
      };
    },
    onTrouble: (line) => troubles.push(line),
  });
  return { port: await listening(server), server, seen, troubles };
}

interface Answer {
  readonly status: number | undefined;
  readonly message: string | undefined;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends bytes over a connection of its own, and returns all that comes back until it is closed. */
const raw = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', reject);
    resolve(text(socket));
  });

function asked(
  port: number,
  options: http.RequestOptions & { readonly body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, path: '/v1/crdb_tasks', ...options },
      (answer) => {
        const pairs = Array.from({ length: answer.rawHeaders.length / 2 }, (_, at): Headers[number] => [
          answer.rawHeaders[2 * at] ?? '',
          answer.rawHeaders[2 * at + 1] ?? '',
        ]);
        const { statusCode: status, statusMessage: message } = answer;
        text(answer).then((body) => resolve({ status, message, headers: pairs, body }), reject);
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

describe('passes on', () => {
  test('headers as they are spelt and ordered, also twice, but those of the connection; Host is that of the target', async () => {
    let heard: readonly string[] = [];
    const target = await started((request, response) => {
      heard = request.rawHeaders;
      response.sendDate = false;
      response
        .writeHead(207, 'Odd Words', ['X-One', '1', 'x-two', '2', 'X-One', '3', 'Content-Length', '2'])
        .end('ok');
    });
    const { port } = await proxied(target);
    const answer = await asked(port, {
      headers: [
        'hOST',
        'me',
        'X-Result-TTL',
        '60',
        'cookie',
        'a',
        'COOKIE',
        'b',
        'Connection',
        'X-Hop',
        'X-Hop',
        '1',
        'TE',
        'gzip',
      ] as never,
    });
    expect(heard).toEqual([
      ...['hOST', `localhost:${target}`, 'X-Result-TTL', '60', 'cookie', 'a', 'COOKIE', 'b'],
      ...['Connection', 'keep-alive'],
    ]);
    expect(answer).toMatchObject({ status: 207, message: 'Odd Words', body: 'ok' });
    expect(answer.headers.slice(0, 4)).toEqual([
      ['X-One', '1'],
      ['x-two', '2'],
      ['X-One', '3'],
      ['Content-Length', '2'],
    ]);
  });

  test('paths byte for byte, behind the prefix of the target', async () => {
    const paths: (string | undefined)[] = [];
    const target = await started((request, response) => {
      paths.push(request.url);
      response.end();
    });
    const { port, seen } = await proxied(target, { prefix: '/api/' });
    const odd = [
      '/v1/crdb_tasks/a%2Fb/../c',
      '/v1/crdb_tasks/%zz?force=true&&',
      '//v1/crdb_tasks',
      '/other?x=/v1/crdb_tasks',
    ];
    for (const path of odd) await asked(port, { path });
    expect(paths).toEqual(odd.map((path) => `/api${path}`));
    expect(seen.map(({ path }) => path)).toEqual(odd.slice(0, 3).map((path) => `/api${path}`));
  });

  test.each([
    {
      body: 'in pieces',
      headers: { 'Transfer-Encoding': 'chunked' },
      framing: ['transfer-encoding', 'chunked'],
    },
    { body: 'measured', headers: { 'Content-Length': '8' }, framing: ['content-length', '8'] },
  ])('a body $body', async ({ body, headers, framing }) => {
    let heard: IncomingMessage | undefined;
    const target = await started(async (request, response) => {
      heard = request;
      response.end(`got ${await text(request)}`);
    });
    const { port, seen } = await proxied(target);
    const answer = await asked(port, { method: 'POST', headers, body });
    expect(answer.body).toBe(`got ${body}`);
    expect(heard?.headers[framing[0] ?? '']).toBe(framing[1]);
    expect(seen).toEqual([
      {
        path: '/v1/crdb_tasks',
        status: 200,
        request: body,
        response: `got ${body}`,
        isOver: true,
        lost: undefined,
      },
    ]);
  });

  test('a body while it comes: the first part arrives before the last is sent', async () => {
    const rest = Promise.withResolvers<void>();
    const target = await started(async (_, response) => {
      response.write('first');
      await rest.promise;
      response.end('last');
    });
    const { port } = await proxied(target);
    const parts: string[] = [];
    await new Promise<void>((resolve) =>
      http.get({ port, host: '127.0.0.1', path: '/v1/crdb_tasks' }, (answer) => {
        answer.on('data', (chunk) => {
          parts.push(String(chunk));
          rest.resolve();
        });
        answer.on('end', resolve);
      }),
    );
    expect(parts).toEqual(['first', 'last']);
  });

  test('a request that waits for 100 Continue', async () => {
    const target = await started(async (request, response) => response.end(await text(request)));
    const { port } = await proxied(target);
    const body = await new Promise((resolve) => {
      const request = http.request({
        ...{ port, host: '127.0.0.1', method: 'POST', path: '/v1/crdb_tasks' },
        headers: { Expect: '100-continue', 'Content-Length': 4 },
      });
      request.on('continue', () => request.end('more'));
      request.on('response', (answer) => resolve(text(answer)));
      request.flushHeaders();
    });
    expect(body).toBe('more');
  });

  test('HEAD, 204 and 304 without a body', async () => {
    const target = await started(({ url }, response) => {
      if (url === '/204') response.writeHead(204).end();
      else if (url === '/304') response.writeHead(304, { ETag: '"1"' }).end();
      else response.writeHead(200, { 'Content-Length': 900 }).end();
    });
    const { port } = await proxied(target);
    expect((await asked(port, { method: 'HEAD' })).headers).toContainEqual(['Content-Length', '900']);
    expect((await asked(port, { path: '/204' })).status).toBe(204);
    expect((await asked(port, { path: '/304' })).status).toBe(304);
  });

  test('requests of one client over one connection to the target, which ends with that of the target', async () => {
    const sockets = new Set<unknown>();
    const target = await started((request, response) => {
      sockets.add(request.socket);
      if (request.url?.endsWith('last')) response.setHeader('Connection', 'close');
      response.end('ok');
    });
    const { port } = await proxied(target);
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const all = await raw(
      port,
      get('/v1/crdb_tasks/1') + get('/v1/crdb_tasks/2') + get('/v1/crdb_tasks/last'),
    );
    expect(all.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(all.toLowerCase()).toContain('connection: close');
    expect(sockets.size).toBe(1);
  });
});

describe('TLS', () => {
  test('on either side', async () => {
    const { key, cert } = await selfSigned('localhost', ['localhost', '127.0.0.1']);
    const target = await listening(https.createServer({ key, cert }, (_, response) => response.end('safe')));
    const trusting = await proxied(target, { scheme: 'https', tls: true, ca: cert });
    const answer = await new Promise((resolve, reject) =>
      https
        .get(
          { host: 'localhost', port: trusting.port, path: '/v1/crdb_tasks', rejectUnauthorized: false },
          (got) => resolve(text(got)),
        )
        .on('error', reject),
    );
    expect(answer).toBe('safe');
    const refusing = await proxied(target, { scheme: 'https' });
    expect(await asked(refusing.port)).toMatchObject({
      status: 502,
      body: expect.stringContaining('self-signed'),
    });
    const careless = await proxied(target, { scheme: 'https', insecure: true });
    expect((await asked(careless.port)).body).toBe('safe');
  });

  test('a target that speaks HTTP/2 alone is named', async () => {
    const settingsFrame = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(settingsFrame));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = await proxied((server.address() as AddressInfo).port);
    const answer = await asked(port);
    expect(answer).toMatchObject({ status: 502, body: expect.stringContaining('speaks no HTTP/2') });
  });
});

test('a target that speaks HTTP/2 alone over TLS refuses the handshake', async () => {
  const server = http2.createSecureServer(await selfSigned('localhost', ['localhost', '127.0.0.1']));
  servers.push(server);
  server.on('sessionError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = await proxied((server.address() as AddressInfo).port, { scheme: 'https', insecure: true });
  expect(await asked(port)).toMatchObject({ status: 502, body: expect.stringContaining('speaks no HTTP/2') });
});

describe('says what is wrong, and that it is the monitor who says it', () => {
  test('a target that is not there', async () => {
    const { port, troubles, seen } = await proxied(1);
    const { status, body, headers } = await asked(port);
    expect({ status, body }).toEqual({
      status: 502,
      body: expect.stringMatching(
        /^crdb-conformance monitor, not the target: no answer of the target .*: nothing listens there .*ECONNREFUSED/,
      ),
    });
    expect(headers).toContainEqual(['Server', 'crdb-conformance-monitor']);
    expect(troubles).toEqual([
      expect.stringMatching(/ECONNREFUSED.*\. Start the target, or correct --target\.$/),
    ]);
    expect(seen).toMatchObject([{ isOver: true, lost: expect.stringContaining('ECONNREFUSED') }]);
  });

  test('a target that closes the connection without an answer: the client’s is closed too', async () => {
    const target = await started((request) => request.socket.destroy());
    const { port, seen } = await proxied(target);
    await expect(asked(port)).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(seen).toMatchObject([{ isOver: true, lost: expect.any(String) }]);
  });

  test('a body that breaks off breaks off', async () => {
    const target = await started((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('half', () => response.destroy());
    });
    const { port, seen } = await proxied(target);
    await expect(asked(port)).rejects.toThrow('aborted');
    expect(seen).toMatchObject([{ isOver: true, status: 200, lost: expect.any(String) }]);
  });

  test('a client that goes away ends its request to the target', async () => {
    const [come, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const target = await started((request) => {
      request.on('close', gone.resolve);
      request.on('error', () => {});
      request.once('data', () => come.resolve());
    });
    const { port, seen } = await proxied(target);
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'POST /v1/crdb_tasks/1/actions/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf',
      );
    });
    await come.promise;
    socket.destroy();
    await gone.promise;
    await expect.poll(() => seen).toMatchObject([{ isOver: true, lost: expect.any(String) }]);
  });

  test('websockets, tunnels, and use as a forward proxy', async () => {
    const target = await started((_, response) => response.end('ok'));
    const { port } = await proxied(target);
    const upgrade = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: ';
    expect(await raw(port, `GET / HTTP/1.1\r\n${upgrade}websocket\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 501 .*websockets are not passed on/s,
    );
    expect(await raw(port, 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(
      /^HTTP\/1.1 501 .*opens no tunnels/s,
    );
    expect(await raw(port, 'GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 .*reverse proxy/s,
    );
    const clear = `GET / HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n`;
    expect(await raw(port, clear)).toMatch(/^HTTP\/1.1 200 /);
  });

  test.each(['HTTP/1.1 200 O\u0001K', 'HTTP/1.1 099 X', 'HTTP/1.1 200 OK\r\nX-A: \u0001', 'HTTP/1.1 20 X'])(
    'a target that answers %j ends nothing',
    async (head) => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', () => socket.write(`${head}\r\nContent-Length: 0\r\n\r\n`));
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port, seen } = await proxied((server.address() as AddressInfo).port);
      expect(await asked(port)).toMatchObject({
        status: 502,
        body: expect.stringContaining('its response is not valid HTTP/1.1'),
      });
      expect(seen).toMatchObject([{ isOver: true, lost: expect.any(String) }]);
    },
  );

  test('a client that resets its connection after it asked for a tunnel ends nothing', async () => {
    const target = await started((_, response) => response.end('ok'));
    const { port } = await proxied(target);
    await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'),
      );
      socket.once('data', () => socket.resetAndDestroy()).once('close', resolve);
    });
    expect(await asked(port)).toMatchObject({ body: 'ok' });
  });

  test('a monitor before itself', async () => {
    const holder = createTcpServer();
    servers.push(holder);
    const proxy = await proxied(1);
    const loop = reverseProxy({
      target: { url: new URL(`http://127.0.0.1:${proxy.port}`), insecure: false },
      look: () => undefined,
      onTrouble: () => {},
    });
    proxy.server.close();
    proxy.server.closeAllConnections();
    await new Promise<void>((resolve) => loop.listen(proxy.port, '127.0.0.1', resolve));
    servers.push(loop);
    expect(await asked(proxy.port)).toMatchObject({
      status: 508,
      body: expect.stringContaining('the monitor itself'),
    });
  });
});
