/** Sources of pages, and the two official pages of the contract if they are on this machine. */
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { docsDir, whereDocs } from '../harness/testing/docs-samples.ts';
import { shippedEditions } from './contract.ts';
import { readDocs, readSource } from './docs.ts';
import { loadFacts } from './facts.ts';
import { factsFrom } from './reading.ts';

const limits = { maxBytes: 1000, timeoutMs: 60_000 };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docs-'));
});

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
    { name: '', bytes: undefined, says: 'is a directory' },
  ])('"$name": $says', async ({ name, bytes, says }) => {
    const file = join(folder, name);
    if (bytes) await writeFile(file, bytes);
    await expect(readSource(file, limits)).rejects.toThrow(says);
  });
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

  const never: RequestListener = () => {};
  test.each<{ what: string; answer: RequestListener; says: string; timeoutMs?: number }>([
    { what: 'answers 404', answer: (_, r) => r.writeHead(404).end('#'), says: 'answered 404' },
    { what: 'never ends', answer: (_, r) => r.write('x'.repeat(2000)), says: 'larger than 1000 bytes' },
    { what: 'is silent', answer: never, says: 'no complete response within 0.05 s', timeoutMs: 50 },
  ])('that $what: $says', ({ answer, says, timeoutMs = limits.timeoutMs }) =>
    serving(answer, (url) => expect(readSource(url, { ...limits, timeoutMs })).rejects.toThrow(says)),
  );

  test('without a server', () =>
    expect(readSource('http://127.0.0.1:9/page.md', limits)).rejects.toThrow('can’t be downloaded'));
});

describe.skipIf(docsDir === undefined)(`the official pages of the contract${whereDocs}`, () => {
  const reference = join(docsDir ?? '', 'rest-api-7.8');

  test('the page JSON and the Hugo page give the same facts, and those are checked in', async () => {
    const object = join(reference, 'objects/crdb_task.md');
    const fromHugo = await readDocs([join(reference, 'requests/crdb_tasks/_index.md'), object]);
    const fromJson = await readDocs([join(docsDir ?? '', 'crdb_tasks.page.json'), object]);
    expect(factsFrom(fromJson.reading)).toEqual(factsFrom(fromHugo.reading));
    expect(loadFacts()).toEqual(factsFrom(fromHugo.reading));
    expect(fromHugo.reading.unread).toEqual([]);
  });

  test('no sentence of them stands in a file of this folder', () => {
    const pages = [
      ...['requests/crdb_tasks/_index.md', 'objects/crdb_task.md'].map((page) => join(reference, page)),
      ...['7.4', '7.22', '8.0'].map((name) => join(docsDir ?? '', 'editions', name, 'crdb_tasks.md')),
    ].map((file) => readFileSync(file, 'utf8'));
    const sentences = pages.flatMap((page) => page.match(/[A-Z][a-z][^|<>.\n{}#`]{24,}/g) ?? []);
    expect(sentences.length).toBeGreaterThan(10);
    const files = [
      'clauses.yaml',
      'overlay.yaml',
      ...shippedEditions.flatMap((name) => [`editions/${name}/facts.json`, `editions/${name}/openapi.yaml`]),
    ].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8').toLowerCase());
    const copied = sentences.filter((sentence) =>
      files.some((file) => file.includes(sentence.trim().toLowerCase())),
    );
    expect(copied).toEqual([]);
  });
});
