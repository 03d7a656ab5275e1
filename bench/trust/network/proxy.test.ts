import { createConnection, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type BadNetwork, badNetwork } from './proxy.ts';
import type { Weather } from './weather.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server that notes what it was told and answers with so many bytes, behind a bad network. */
async function behind(
  weather: Weather,
  { answerBytes = 100, seed = 1 } = {},
): Promise<{ proxy: BadNetwork; told: string[] }> {
  const told: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      told.push(piece.toString());
      socket.end(Buffer.alloc(answerBytes, 'a'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const to = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy = await badNetwork({ to, weather, seed });
  closing.push(
    async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
    async () => proxy[Symbol.asyncDispose](),
  );
  return { proxy, told };
}

/** Says something and waits for the end: how many bytes came, how long it took, and how it ended. */
function ask(port: number): Promise<{ bytes: number; firstMs: number; tookMs: number; ended: string }> {
  return new Promise((resolve) => {
    const fromMs = performance.now();
    const since = () => performance.now() - fromMs;
    let bytes = 0;
    let firstMs = Number.POSITIVE_INFINITY;
    let ended = 'closed';
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write('hello'));
    socket.on('data', (piece) => {
      firstMs = Math.min(firstMs, since());
      bytes += piece.length;
    });
    socket.on('error', (error) => {
      ended = 'code' in error ? String(error.code) : error.message;
    });
    socket.on('close', () => resolve({ bytes, firstMs, tookMs: since(), ended }));
  });
}

test('fair weather: all of it comes, and it ends well', async () => {
  const { proxy, told } = await behind({});
  expect(await ask(proxy.port)).toMatchObject({ bytes: 100, ended: 'closed' });
  expect(told).toEqual(['hello']);
});

test('latency: on the way there and back', async () => {
  const { proxy } = await behind({ latency: { ms: 60, jitterMs: 0 } });
  const { bytes, tookMs } = await ask(proxy.port);
  expect(bytes).toBe(100);
  expect(tookMs).toBeGreaterThanOrEqual(119);
});

test('jitter: no piece overtakes another', async () => {
  const { proxy } = await behind({ latency: { ms: 0, jitterMs: 30 } }, { answerBytes: 1_000_000 });
  expect(await ask(proxy.port)).toMatchObject({ bytes: 1_000_000, ended: 'closed' });
});

test('bandwidth: so many bytes take their time', async () => {
  const { proxy } = await behind({ bytesPerS: 100_000 }, { answerBytes: 20_000 });
  const { bytes, tookMs } = await ask(proxy.port);
  expect(bytes).toBe(20_000);
  expect(tookMs).toBeGreaterThanOrEqual(199);
});

test('cut: the answer ends after so many bytes, as if that were all', async () => {
  const { proxy } = await behind({ cut: { share: 1, afterBytes: [40, 40] } });
  expect(await ask(proxy.port)).toMatchObject({ bytes: 40, ended: 'closed' });
  expect(proxy.done).toMatchObject({ cuts: 1, connections: 1 });
});

test('reset: the client is thrown out, and what it said is on its way nevertheless', {
  timeout: 60_000,
}, async () => {
  // By this seed after 773 ms: long after it was heard by the proxy, and long before the answer comes.
  const { proxy, told } = await behind(
    { reset: { share: 1, withinMs: 1000 }, latency: { ms: 1000, jitterMs: 0 } },
    { seed: 5 },
  );
  expect(await ask(proxy.port)).toMatchObject({ bytes: 0, ended: 'ECONNRESET' });
  expect(proxy.done).toMatchObject({ resets: 1 });
  await expect.poll(() => told, { timeout: 20_000 }).toEqual(['hello']);
});

test('refused: nobody listens for a while, and then again', async () => {
  const { proxy } = await behind({ refused: [{ fromMs: 0, untilMs: 3000 }] });
  await expect.poll(async () => (await ask(proxy.port)).ended, { timeout: 3000 }).toBe('ECONNREFUSED');
  await expect.poll(async () => (await ask(proxy.port)).bytes, { timeout: 20_000 }).toBe(100);
});

test('slow close: the last byte is there long before the end', async () => {
  const { proxy } = await behind({ slowClose: { share: 1, ms: 200 } });
  const { bytes, firstMs, tookMs } = await ask(proxy.port);
  expect(bytes).toBe(100);
  expect(tookMs - firstMs).toBeGreaterThanOrEqual(190);
});
