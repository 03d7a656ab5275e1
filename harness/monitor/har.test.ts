/** HTTP Archives of several recorders, whole and broken. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshFolder } from '../testing/temporary-folder.ts';
import { type HarEntry, readHar } from './har.ts';

const folder = freshFolder();
let files = 0;

function fileOf(text: string | Buffer): string {
  const file = join(folder, `${++files}.har`);
  writeFileSync(file, text);
  return file;
}

const archive = (...entries: readonly unknown[]): string =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'a', version: '1' }, entries } });

const entry = (change: Record<string, unknown> = {}): unknown => ({
  startedDateTime: '2026-11-29T10:00:00.500Z',
  time: 12.5,
  request: {
    method: 'GET',
    url: 'https://cluster:9443/v1/crdb_tasks/7?verbose=true',
    headers: [{ name: 'Accept', value: '*/*' }],
  },
  response: {
    status: 200,
    headers: [{ name: 'Content-Type', value: 'application/json' }],
    content: { size: 8, text: '{"id":1}' },
  },
  ...change,
});

async function read(text: string | Buffer): Promise<readonly HarEntry[]> {
  const found: HarEntry[] = [];
  await readHar(fileOf(text), (one) => found.push(one));
  return found;
}

const startMs = Date.parse('2026-11-29T10:00:00.500Z');

test('an entry is a message in a bracket as wide as the resolution', async () => {
  expect(await read(archive(entry()))).toEqual([
    {
      origin: 'https://cluster:9443',
      message: {
        method: 'GET',
        path: '/v1/crdb_tasks/7?verbose=true',
        requestHeaders: [['Accept', '*/*']],
        status: 200,
        responseHeaders: [['Content-Type', 'application/json']],
        responseBody: '{"id":1}',
        sentAt: startMs - 1,
        receivedAt: startMs + 13 + 2,
      },
    },
  ]);
});

const messageOf = async (change: Record<string, unknown>) => {
  const [found] = await read(archive(entry(change)));
  return found && 'message' in found ? found.message : found;
};

test.each([
  { startedDateTime: '2026-11-29T10:00:00Z', resolutionMs: 1000 },
  { startedDateTime: '2026-11-29T10:00:00.5Z', resolutionMs: 100 },
  { startedDateTime: '2026-11-29T11:00:00.500123+01:00', resolutionMs: 1 },
])('$startedDateTime is known to $resolutionMs ms', async ({ startedDateTime, resolutionMs }) => {
  const at = Date.parse(startedDateTime);
  expect(await messageOf({ startedDateTime })).toMatchObject({
    sentAt: at - resolutionMs,
    receivedAt: at + 13 + resolutionMs + 1,
  });
});

test('a body may be in base64; one that is not recorded whole is cut', async () => {
  const content = (told: unknown) => ({ response: { status: 200, content: told } });
  const base64 = Buffer.from('[]').toString('base64');
  expect(await messageOf(content({ size: 2, text: base64, encoding: 'base64' }))).toMatchObject({
    responseBody: '[]',
  });
  for (const told of [{ size: 900 }, { size: 900, text: '[{' }])
    expect(await messageOf(content(told))).toMatchObject({ isCut: true });
  expect(await messageOf(content({ size: 0 }))).toMatchObject({ responseBody: '' });
  expect(await messageOf(content({ size: 0 }))).not.toHaveProperty('lost');
});

test('of a recorder that keeps no headers, the media type is taken; without it the answer proves nothing', async () => {
  const bare = (status: number, mimeType: string, text = '[]') =>
    messageOf({ response: { status, headers: [], content: { size: text.length, mimeType, text } } });
  expect(await bare(200, 'application/json')).toMatchObject({
    responseHeaders: [['content-type', 'application/json']],
  });
  for (const lost of [bare(200, ''), bare(401, 'text/html')])
    expect(await lost).toMatchObject({ lost: 'its response headers are not recorded' });
  expect(await bare(404, '', '')).not.toHaveProperty('lost');
});

test('credentials in a URL are no part of the address', async () => {
  const request = { method: 'GET', url: 'https://me:secret@cluster/x/v1/crdb_tasks#top', headers: [] };
  expect(await read(archive(entry({ request })))).toMatchObject([
    { origin: 'https://cluster', message: { path: '/x/v1/crdb_tasks' } },
  ]);
});

test.each([
  {
    why: 'exchanges with other URLs',
    change: { request: { method: 'GET', url: 'https://cluster/v1/bdbs' } },
  },
  { why: 'entries without times', change: { time: -1 } },
  { why: 'entries without times', change: { startedDateTime: 'yesterday' } },
  { why: 'entries without a request', change: { request: null } },
  { why: 'answers that came from a cache, or from the recorder itself', change: { _fromCache: 'disk' } },
  { why: 'answers that came from a cache, or from the recorder itself', change: { _wasFulfilled: true } },
])('$change: $why', async ({ why, change }) => {
  expect(await read(archive(entry(change)))).toEqual([{ unused: why }]);
});

test('an answer that never came, and one that took too long, are lost', async () => {
  const { status, ...lost } = { ...(await messageOf({ response: { status: 0 } })) } as Record<
    string,
    unknown
  >;
  expect({ status, lost: 'sentAt' in lost }).toEqual({ status: undefined, lost: true });
  expect(await messageOf({ time: 61_000 })).toMatchObject({ lost: 'answered after more than 60 s' });
});

test('an order by completion is one of time; an entry that ended before an earlier one began is not', async () => {
  const at = (ms: number, time: number) =>
    entry({ startedDateTime: new Date(startMs + ms).toISOString(), time });
  const isBackwards = (found: readonly HarEntry[]) => found.map((one) => 'backwards' in one);
  expect(isBackwards(await read(archive(at(1000, 10), at(0, 1500))))).toEqual([false, false]);
  expect(isBackwards(await read(archive(at(1000, 10), at(0, 15))))).toEqual([false, true, false]);
});

test('a byte order mark is fine', async () => {
  expect(await read(Buffer.from(`\uFEFF${archive(entry())}`))).toHaveLength(1);
});

describe('what is no archive is refused, in words', () => {
  test.each([
    { what: 'another text', text: 'hello', says: 'is not JSON, or is damaged' },
    { what: 'another JSON', text: '{"swagger":"2.0"}', says: 'is neither an HTTP Archive' },
    { what: 'an empty file', text: '', says: 'is cut off after 0 entries' },
    {
      what: 'an archive that is cut off',
      text: archive(entry(), entry()).slice(0, -3),
      says: 'is cut off after 2 entries',
    },
    {
      what: 'one that is damaged',
      text: archive(entry()).replace('"time":12.5', '"time":x'),
      says: 'is not JSON',
    },
  ])('$what', async ({ text, says }) => {
    await expect(read(text)).rejects.toThrow(says);
  });

  test('a file that is not there', async () => {
    await expect(readHar(join(folder, 'none.har'), () => {})).rejects.toThrow('can’t be read');
  });
});
