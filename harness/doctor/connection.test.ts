import { expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { startReference } from '../reference/reference.ts';
import { firstHopTo, lookUp, tryPort } from './connection.ts';

const target = (url: string, proxy?: string) => ({
  url: new URL(url),
  insecure: false,
  ...(proxy === undefined ? {} : { proxy: { origin: proxy } }),
});

test.each([
  { url: 'https://h/', host: 'h', port: 443 },
  { url: 'http://h/', host: 'h', port: 80 },
  { url: 'https://[::1]:9443/', host: '::1', port: 9443 },
  { url: 'https://h:9443/', proxy: 'http://p:3128', host: 'p', port: 3128 },
])('the first door on the way to $url is $host, $port', ({ url, proxy, host, port }) => {
  expect(firstHopTo(target(url, proxy))).toMatchObject({ host, port });
});

test('an address needs no name service', async () => {
  expect(await lookUp({ host: '::1', port: 1, namedBy: '--target' })).toMatchObject({
    look: { mark: 'ok' },
    addresses: ['::1'],
  });
});

test('of several addresses it is told which take no connection', async () => {
  const server = await startReference({ clock: realClock() });
  const door = { host: 'h', port: Number(new URL(server.url).port), namedBy: '--target' };
  expect(await tryPort(['127.0.0.1', '::1'], door, 2000)).toMatchObject({
    mark: 'note',
    says: expect.stringMatching(/at 127\.0\.0\.1, but not at every address \(::1: E/),
  });
  await server.close();
  expect(await tryPort(['127.0.0.9'], door, 2000)).toMatchObject({ mark: 'problem' });
});
