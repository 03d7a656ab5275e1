import { expect, test } from 'vitest';
import { nullServerKinds, startNullServer } from './null-servers.ts';
import { ask, FakeClock } from './test-client.ts';

const paths = ['/v1/crdb_tasks', '/v1/crdb_tasks/1', '/_control/v1'];
const apart: readonly string[] = ['silent', 'close', 'endless', 'files'];
const talking = nullServerKinds.filter((kind) => !apart.includes(kind));

test.each([
  { kind: '404', status: 404 },
  { kind: '401', status: 401 },
  { kind: '500', status: 500 },
  { kind: '204', status: 204, text: '' },
  { kind: 'empty-object', status: 200, text: '{}' },
  { kind: 'empty-list', status: 200, text: '[]' },
  { kind: 'null', status: 200, text: 'null' },
  { kind: 'html', status: 200 },
  { kind: 'echo', status: 200 },
] as const)('$kind: $status to everything', async ({ kind, status, ...others }) => {
  await using server = await startNullServer(kind, { clock: new FakeClock() });
  const answers = [];
  for (const path of paths) answers.push(await ask(server, 'GET', path), await ask(server, 'POST', path));
  const text = 'text' in others ? others.text : undefined;
  expect(answers.map((answer) => answer.status)).toEqual(paths.flatMap(() => [status, status]));
  if (text !== undefined) expect(new Set(answers.map((answer) => answer.text))).toEqual(new Set([text]));
});

test('every kind is tried here', () => expect(talking.length).toBe(9));

test('echo tells what it was asked', async () => {
  await using server = await startNullServer('echo', { clock: new FakeClock() });
  expect((await ask(server, 'POST', '/x?y', 'said')).json).toMatchObject({
    method: 'POST',
    url: '/x?y',
    body: 'said',
  });
});

test('close ends the connection', async () => {
  await using server = await startNullServer('close', { clock: new FakeClock() });
  await expect(ask(server, 'GET', '/')).rejects.toThrow();
});

test('silent sleeps on the clock until the client gives up', async () => {
  const clock = new FakeClock();
  await using server = await startNullServer('silent', { clock });
  const answer = ask(server, 'GET', '/').catch((error: unknown) => error);
  await expect.poll(() => clock.sleeping).toBe(1);
  clock.pass(1e9);
  expect(clock.sleeping).toBe(1);
  await server.close();
  expect(await answer).toBeInstanceOf(Error);
  await expect.poll(() => clock.sleeping).toBe(0);
});

test('files serves what is there, to GET alone', async () => {
  await using server = await startNullServer('files', { clock: new FakeClock() });
  const status = async (method: string, path: string) => (await ask(server, method, path)).status;
  expect((await ask(server, 'GET', '/v1/crdb_tasks?a=b')).json).toEqual([]);
  expect(await status('GET', '/v1/crdb_tasks/2')).toBe(404);
  expect(await status('POST', '/v1/crdb_tasks/1/actions/cancel')).toBe(405);
});

test('endless goes on until the client gives up', async () => {
  await using server = await startNullServer('endless', { clock: new FakeClock() });
  const { body } = await fetch(server.url);
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > 2 ** 20) break;
  }
  expect(bytes).toBeGreaterThan(2 ** 20);
});
