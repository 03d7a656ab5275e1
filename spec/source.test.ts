import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSource } from './docs.ts';

const limits = { maxBytes: 1000, timeoutMs: 300 };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docs-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a file', () => {
  test('gives its text', async () => {
    const file = join(folder, 'page.md');
    await writeFile(file, '# é');
    expect(await readSource(file, limits)).toBe('# é');
  });

  test.each([
    { name: 'nowhere.md', bytes: undefined, says: 'There is no file' },
    { name: 'binary.md', bytes: Buffer.from([35, 32, 0, 1]), says: 'binary data' },
    { name: 'latin1.md', bytes: Buffer.from([35, 32, 0xe9]), says: 'binary data' },
    { name: 'large.md', bytes: Buffer.alloc(1001, 'x'), says: 'larger than 1000 bytes' },
  ])('$name: $says', async ({ name, bytes, says }) => {
    const file = join(folder, name);
    if (bytes) await writeFile(file, bytes);
    await expect(readSource(file, limits)).rejects.toThrow(says);
  });

  test('that is a directory is told as one', () =>
    expect(readSource(folder, limits)).rejects.toThrow('is a directory'));
});

/** Serves one answer on the loopback while `use` runs. */
async function serving(answer: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  // A server that listens on a port has an address with a port.
  const { port } = server.address() as AddressInfo;
  try {
    await use(`http://127.0.0.1:${port}/page.md`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a URL', () => {
  test('gives its text', () =>
    serving(
      (_, response) => response.end('# page'),
      async (url) => expect(await readSource(url, limits)).toBe('# page'),
    ));

  test('that answers 404 is told with its status', () =>
    serving(
      (_, response) => response.writeHead(404).end('# page'),
      (url) => expect(readSource(url, limits)).rejects.toThrow('answered 404'),
    ));

  test('that never ends is cut at the limit of size', () =>
    serving(
      (_, response) => response.write('x'.repeat(2000)),
      (url) => expect(readSource(url, limits)).rejects.toThrow('larger than 1000 bytes'),
    ));

  test('that is silent is given up after the limit of time', () =>
    serving(
      () => {},
      (url) => expect(readSource(url, limits)).rejects.toThrow('no whole answer within 0.3 s'),
    ));

  test('where nobody listens is told as that', () =>
    expect(readSource('http://127.0.0.1:9/page.md', limits)).rejects.toThrow("can't be downloaded"));
});
