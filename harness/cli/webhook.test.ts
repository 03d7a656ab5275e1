import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { notify, webhookUrl } from './webhook.ts';

async function listening(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: new URL(`http://127.0.0.1:${port}/services/T0/s3cret`),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What is said of a message that is sent there. */
async function said(url: URL, timeoutMs?: number): Promise<string> {
  const words: string[] = [];
  await notify(url, { text: 'news' }, { error: (text) => words.push(text) }, timeoutMs);
  return words.join('');
}

test('a message is one POST of JSON', async () => {
  const bodies: string[] = [];
  await using hook = await listening(async (request, answer) => {
    bodies.push(`${request.method} ${request.headers['content-type']} ${(await request.toArray()).join('')}`);
    answer.end('ok');
  });
  expect(await said(hook.url)).toBe('');
  expect(bodies).toEqual(['POST application/json {"text":"news"}']);
});

test.each([
  { why: 'a refusal', answers: 403, says: 'it answered 403' },
  { why: 'a redirect, which is not followed', answers: 302, says: 'it answered 302' },
])('$why is told, and not what it said', async ({ answers, says }) => {
  let asked = 0;
  await using hook = await listening(({ url }, answer) => {
    asked++;
    answer.writeHead(answers, { Location: '/elsewhere' }).end(url);
  });
  const words = await said(hook.url);
  expect(words).toContain(says);
  expect(words).not.toMatch(/s3cret|127\.0\.0\.1/);
  expect([asked, words.trim().split('\n').length]).toEqual([1, 2]);
});

test('one that does not answer is given up', async () => {
  await using hook = await listening(() => {});
  const words = await said(hook.url, 50);
  expect(words).toContain('it did not answer within 0.05 s');
  expect(words).not.toMatch(/s3cret|127\.0\.0\.1/);
});

test('one that is not there is told by its code alone', async () => {
  const url = await (async () => {
    await using hook = await listening(() => {});
    return hook.url;
  })();
  const words = await said(url);
  expect(words).toContain('it could not be reached (ECONNREFUSED)');
  expect(words).not.toMatch(/s3cret|127\.0\.0\.1/);
});

test('no message is no request', async () => {
  let asked = 0;
  await using hook = await listening((_, answer) => {
    asked++;
    answer.end();
  });
  await notify(hook.url, undefined, { error: () => {} });
  expect(asked).toBe(0);
});

test.each([
  { value: undefined, says: 'HOOK is not set' },
  { value: '', says: 'HOOK is empty' },
  { value: 's3cret', says: 'HOOK holds no URL' },
  { value: 'file:///s3cret', says: 'HOOK holds no URL' },
])('a variable that holds no URL is told without its value: $says', ({ value, says }) => {
  const read = () => webhookUrl('HOOK', value === undefined ? {} : { HOOK: value });
  expect(read).toThrow(says);
  expect(read).not.toThrow('s3cret');
});
