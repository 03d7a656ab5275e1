/**
 * What a monitor costs: latency that the proxy adds, CPU time of judging, memory for many live tasks, and how long an
 * archive of 100,000 exchanges takes. Run it alone: node bench/monitor.ts
 */
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '../harness/model/settings.ts';
import { exchangeIds, exchangeOf } from '../harness/monitor/exchange.ts';
import { startMonitor } from '../harness/monitor/monitor.ts';
import { judgeHar } from '../harness/monitor/recorded.ts';
import { TrafficJudge } from '../harness/monitor/traffic-judge.ts';
import { trafficSettings } from '../harness/monitor/verdict.ts';
import { loadContract } from '../harness/run/contract.ts';

const { validators } = await loadContract();
const options = { settings: trafficSettings(defaultSettings), soleClient: true, control: false };
const requests = 10_000;

const body = (id: string, status = 'started'): string =>
  JSON.stringify({ id, crdb_guid: `guid-${id}`, status });
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const target = http.createServer(({ url = '' }, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(body(url.slice(url.lastIndexOf('/') + 1)));
});
target.listen(0, '127.0.0.1');
await once(target, 'listening');
const address = target.address();
const direct = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;

/** Sends requests over so many connections, each after the answer to the one before. @returns milliseconds of each, sorted */
async function load(url: string, connections: number, pathOf: (at: number) => string): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < requests) {
      const begun = performance.now();
      const [answer] = await once(http.get(url + pathOf(next++), { agent }), 'response');
      answer.resume();
      await once(answer, 'end');
      took.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  agent.destroy();
  return took.toSorted((a, b) => a - b);
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
const pathOf = (at: number): string => `/v1/crdb_tasks/task-${at % 500}`;

{
  await using monitor = await startMonitor({
    ...options,
    target: { url: new URL(direct), insecure: false },
    listen: { host: '127.0.0.1', port: 0 },
  });
  await load(direct, 1, pathOf);
  await load(monitor.url, 1, pathOf);
  const [without, through] = [await load(direct, 1, pathOf), await load(monitor.url, 1, pathOf)];
  console.log(
    `latency, one connection: median ${median(without).toFixed(2)} ms direct, ${median(through).toFixed(2)} ms through the proxy`,
  );
  const begun = performance.now();
  await load(monitor.url, 16, pathOf);
  const s = (performance.now() - begun) / 1000;
  console.log(
    `throughput, 16 connections: ${(requests / s).toFixed(0)} requests/s, client, proxy, judge and target in one process`,
  );
  await monitor.close();
}

const messageOf = (at: number, id: string, status: string) => ({
  method: 'GET',
  path: `/v1/crdb_tasks/${id}`,
  requestHeaders: [],
  status: 200,
  responseHeaders: [['content-type', 'application/json']] as const,
  responseBody: body(id, status),
  sentAt: at,
  receivedAt: at + 0.9,
});

{
  const judge = new TrafficJudge(options, validators);
  const idOf = exchangeIds();
  const begun = cpuMs();
  const exchanges = 20_000;
  for (let at = 0; at < exchanges; at++) {
    judge.add(
      exchangeOf(
        messageOf(at, `task-${at % 500}`, at < 10_000 ? 'started' : 'finished'),
        idOf,
        (text) => text,
      ),
    );
    if (at % 20 === 0) judge.advance(at);
  }
  judge.finish();
  const each = (cpuMs() - begun) / exchanges;
  console.log(
    `judging: ${(each * 1000).toFixed(0)} µs of CPU an exchange, ${(each * 100).toFixed(1)} % of a core at 1,000 a second`,
  );
}

{
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const judge = new TrafficJudge(options, validators);
  const idOf = exchangeIds();
  for (let at = 0; at < 300_000; at++) {
    const status = at < 100_000 ? 'queued' : 'started';
    judge.add(exchangeOf(messageOf(at, `task-${at % 100_000}`, status), idOf, (text) => text));
    if (at % 500 === 0) judge.advance(at);
  }
  judge.finish();
  globalThis.gc?.();
  const after = process.memoryUsage().heapUsed;
  console.log(
    `memory: ${judge.liveTasks} live tasks, each read three times: ${((after - before) / 2 ** 20).toFixed(0)} MiB (needs --expose-gc)`,
  );
}

{
  const file = join(tmpdir(), 'crdb-conformance-bench.har');
  const archive = createWriteStream(file);
  archive.write('{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[');
  for (let at = 0; at < 100_000; at++) {
    const headers = Array.from({ length: 6 }, (_, index) => ({
      name: `header-${index}`,
      value: 'value value value',
    }));
    const entry = {
      startedDateTime: new Date(Date.UTC(2026, 0) + at * 10).toISOString(),
      time: 5.2,
      request: { method: 'GET', url: `https://cluster:9443${pathOf(at)}`, headers },
      response: {
        status: 200,
        headers: [...headers, { name: 'content-type', value: 'application/json' }],
        content: { text: body(`task-${at % 500}`) },
      },
    };
    if (!archive.write(`${at === 0 ? '' : ','}${JSON.stringify(entry)}`)) await once(archive, 'drain');
  }
  archive.end(']}}');
  await once(archive, 'finish');
  const [begun, cpu] = [performance.now(), cpuMs()];
  await judgeHar(file, options, validators);
  console.log(
    `archive of 100,000 exchanges: ${((performance.now() - begun) / 1000).toFixed(1)} s, ${((cpuMs() - cpu) / 1000).toFixed(1)} s of CPU`,
  );
  rmSync(file);
}
target.close();
target.closeAllConnections();
