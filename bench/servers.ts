/**
 * A process of its own with servers to be tested: `node bench/servers.ts COUNT KIND`, where the kind is `reference`,
 * `delayed` (each answer after 20 to 170 ms), `flapping` (ended tasks change between two states), `task` (every read shows a
 * started task, at little cost), or the id of a mutant. It prints their URLs as JSON. Before SIGTERM ends it, it prints its CPU time in seconds.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { realClock } from '../harness/http/clock.ts';
import { random } from '../harness/model/settings.ts';
import { mutants } from '../harness/reference/mutants.ts';
import { directReference, startReference } from '../harness/reference/reference.ts';

const [count = '1', kind = 'reference'] = process.argv.slice(2);
const clock = realClock();
const cluster = { clock, epochMs: Date.now() };

/** What a kind changes of the answer of a faithful server: when it comes, and its body. */
interface Change {
  readonly delayMs?: () => number;
  readonly body?: (text: string) => string;
}

const seeded = random(1);
let turn = 0;
const changes: Readonly<Record<string, Change>> = {
  delayed: { delayMs: () => 20 + 150 * seeded() },
  flapping: {
    body: (text) =>
      text.startsWith('{') && ++turn % 2 === 0 ? text.replace('"finished"', '"failed"') : text,
  },
};

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const startTask = (): Promise<string> =>
  listening(
    createServer(({ url = '' }, response) => {
      const id = url.slice(url.lastIndexOf('/') + 1);
      const body = JSON.stringify({ id, crdb_guid: `guid-${id}`, status: 'started' });
      response
        .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
        .end(body);
    }),
  );

async function startChanged({ delayMs, body = (text) => text }: Change): Promise<string> {
  const reference = directReference(cluster);
  const callOf = async (request: IncomingMessage) => {
    const { method = '', url: path = '', headers: given } = request;
    const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
    const text = (await buffer(request)).toString();
    return { method, path, headers, ...(text === '' ? {} : { body: text }) };
  };
  const server = createServer(async (request, response) => {
    const call = await callOf(request);
    if (delayMs) await sleep(delayMs());
    const answer = await reference.answer(call, new AbortController().signal);
    const changed = body(answer.body);
    const { 'content-length': _, ...headers } = answer.headers;
    response.writeHead(answer.status, headers).end(changed);
  });
  return await listening(server);
}

async function start(): Promise<string> {
  if (kind === 'task') return startTask();
  const change = changes[kind];
  if (change) return startChanged(change);
  const rules = mutants.find(({ id }) => id === kind)?.rules;
  if (!rules && kind !== 'reference') throw new RangeError(`there is no server of the kind ${kind}`);
  return (await startReference({ ...cluster, ...(rules ? { rules } : {}) })).url;
}

const urls = await Promise.all(Array.from({ length: Number(count) }, start));
console.log(JSON.stringify(urls));
process.on('SIGTERM', () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${(user + system) / 1e6}\n`, () => process.exit());
});
