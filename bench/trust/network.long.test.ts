/** The proxy applies each fault to what it forwards, in real time; and the proofs behind bad networks, at their smallest size. */
import { createConnection, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { describeFaults, drawFaults, faultKinds, type NetworkFaults, startFaultyNetwork } from './network.ts';
import { networkProofs } from './network-proofs.ts';

/** Sends `hello` through the proxy and waits for the end. The server answers with so many bytes, and ends. */
async function exchange(faults: NetworkFaults, { responseBytes = 100, seed = 1 } = {}) {
  const received = Promise.withResolvers<string>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (chunk) => {
      received.resolve(chunk.toString());
      socket.end(Buffer.alloc(responseBytes, 'a'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const to = typeof address === 'object' && address !== null ? address.port : 0;
  await using network = await startFaultyNetwork(to, faults, seed);
  try {
    const result = await sendHello(network.port);
    return { ...result, received: await received.promise, ...network.applied };
  } finally {
    server.close();
  }
}

function sendHello(port: number): Promise<{ bytes: number; firstMs: number; tookMs: number; ended: string }> {
  return new Promise((resolve) => {
    const fromMs = performance.now();
    let [bytes, firstMs, ended] = [0, Number.POSITIVE_INFINITY, 'closed'];
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write('hello'));
    socket.on('data', (chunk) => {
      firstMs = Math.min(firstMs, performance.now() - fromMs);
      bytes += chunk.length;
    });
    socket.on('error', (error) => {
      ended = 'code' in error ? String(error.code) : error.message;
    });
    socket.on('close', () => resolve({ bytes, firstMs, tookMs: performance.now() - fromMs, ended }));
  });
}

test('without faults everything arrives', async () => {
  expect(await exchange({})).toMatchObject({ bytes: 100, ended: 'closed', received: 'hello' });
});

test('latency applies in both directions', async () => {
  const { bytes, tookMs } = await exchange({ latency: { ms: 60, jitterMs: 0 } });
  expect(bytes).toBe(100);
  expect(tookMs).toBeGreaterThanOrEqual(119);
});

test('jitter keeps the order of the chunks', async () => {
  const faults = { latency: { ms: 0, jitterMs: 30 } };
  expect(await exchange(faults, { responseBytes: 1_000_000 })).toMatchObject({ bytes: 1_000_000 });
});

test('bandwidth delays the bytes', async () => {
  const { bytes, tookMs } = await exchange({ bytesPerS: 100_000 }, { responseBytes: 20_000 });
  expect(bytes).toBe(20_000);
  expect(tookMs).toBeGreaterThanOrEqual(199);
});

test('a cut ends the response early, as if the server had closed', async () => {
  const faults = { cut: { share: 1, afterBytes: [40, 40] as const } };
  expect(await exchange(faults)).toMatchObject({ bytes: 40, ended: 'closed', cuts: 1, connections: 1 });
});

test('a reset closes the client’s side; what it sent still arrives', async () => {
  // With this seed the reset comes after 773 ms, and the response would take 2 s.
  const faults = { reset: { share: 1, withinMs: 1000 }, latency: { ms: 1000, jitterMs: 0 } };
  const expected = { bytes: 0, ended: 'ECONNRESET', resets: 1, received: 'hello' };
  expect(await exchange(faults, { seed: 5 })).toMatchObject(expected);
});

test('while connections are refused nothing listens; afterwards it does again', async () => {
  await using network = await startFaultyNetwork(1, { refused: [{ fromMs: 0, untilMs: 1000 }] }, 1);
  const until = async (wanted: boolean): Promise<void> => {
    while (((await sendHello(network.port)).ended === 'ECONNREFUSED') !== wanted);
  };
  await until(true);
  await until(false); // the proxy accepts; nothing listens behind it
  expect(network.applied.refusals).toBe(1);
});

test('a slow close ends the connection after its last byte', async () => {
  const { bytes, firstMs, tookMs } = await exchange({ slowClose: { share: 1, ms: 200 } });
  expect(bytes).toBe(100);
  expect(tookMs - firstMs).toBeGreaterThanOrEqual(190);
});

test('the same seed draws the same faults, one to three kinds, each of them often', () => {
  const draw = () => Array.from({ length: 200 }, (_, seed) => drawFaults(seed));
  expect(draw()).toEqual(draw());
  expect(new Set(draw().map((faults) => Object.keys(faults).length))).toEqual(new Set([1, 2, 3]));
  for (const kind of faultKinds)
    expect(draw().filter((faults) => kind in faults).length, kind).toBeGreaterThan(200 / 6);
  const faults: NetworkFaults = {
    latency: { ms: 20.4, jitterMs: 400 },
    cut: { share: 0.123, afterBytes: [1, 2] },
  };
  expect(describeFaults(faults)).toBe('latency 20+400 ms, cut 12 %');
});

test.each(networkProofs)('$name: $shows', async ({ prove, smallest, seed }) => {
  const { against, measured } = await prove(smallest, seed);
  expect(against, measured).toEqual([]);
});
