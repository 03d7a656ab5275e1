/** What a monitor and recorded traffic cost: client, proxy and target are processes of their own. */
import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { oracleTimes } from '../harness/judge/oracle/guard.ts';
import { defaultSettings } from '../harness/model/settings.ts';
import { exchangeIds, exchangeOf } from '../harness/monitor/exchange.ts';
import { TrafficJudge } from '../harness/monitor/traffic-judge.ts';
import { loadContract } from '../harness/run/contract.ts';
import { type BenchRow, folder, nodeProcess, program, serving } from './processes.ts';

const pathOf = (at: number): string => `/v1/crdb_tasks/task-${at % 500}`;

interface Load {
  readonly requests: number;
  readonly connections: number;
  /** As fast as it goes by default. */
  readonly perSecond?: number;
}

/** Reads of 500 tasks, each after the answer to the one before on its connection. @returns milliseconds of each, sorted */
async function load(url: string, { requests, connections, perSecond }: Load): Promise<number[]> {
  const { hostname, port } = new URL(url);
  const took: number[] = [];
  const begun = performance.now();
  let next = 0;
  const client = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let [text, sent] = ['', 0];
      const send = (): void => {
        if (next >= requests) {
          socket.end();
          resolve();
          return;
        }
        const at = next++;
        const write = (): void => {
          sent = performance.now();
          socket.write(`GET ${pathOf(at)} HTTP/1.1\r\nHost: bench\r\n\r\n`);
        };
        const earlyMs = perSecond === undefined ? 0 : begun + (at * 1000) / perSecond - performance.now();
        if (earlyMs > 1) setTimeout(write, earlyMs);
        else write();
      };
      socket.on('connect', send).on('error', reject);
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
        const [, length] = /content-length: (\d+)/i.exec(text) ?? [];
        const head = text.indexOf('\r\n\r\n');
        if (head < 0 || text.length < head + 4 + Number(length)) return;
        took.push(performance.now() - sent);
        text = '';
        send();
      });
    });
  await Promise.all(Array.from({ length: connections }, client));
  return took.sort((a, b) => a - b);
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;

/** A monitor before a target that answers every read with a task. */
async function monitored<Measured>(
  measure: (monitor: { readonly url: string; readonly pid: number }, target: string) => Promise<Measured>,
): Promise<Measured> {
  await using target = await serving('bench/servers.ts', '1', 'task');
  await using monitor = await serving(program, 'monitor', '--target', target.url, '--sole-client');
  await load(monitor.url, { requests: 5000, connections: 16 }); // compiled by then
  return await measure(monitor, target.url);
}

/** CPU time of the threads of a process but the main one, in seconds: the judging, and the collection of its garbage. */
const beside = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`)
    .filter((thread) => thread !== `${pid}`)
    .map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' '),
    )
    .reduce((sum, fields) => sum + (Number(fields[11]) + Number(fields[12])) / 100, 0);

const messageOf = (at: number, id: string, status: string) => ({
  method: 'GET',
  path: `/v1/crdb_tasks/${id}`,
  requestHeaders: [],
  status: 200,
  responseHeaders: [['content-type', 'application/json']] as const,
  responseBody: JSON.stringify({ id, crdb_guid: `guid-${id}`, status }),
  sentAt: at,
  receivedAt: at + 0.9,
});

/** The heap that 100,000 tasks take. */
async function liveTasksMiB(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const { validators } = await loadContract();
  collect();
  const before = process.memoryUsage().heapUsed;
  const settings = oracleTimes(defaultSettings);
  const judge = new TrafficJudge({ settings, soleClient: true, control: false }, validators);
  const idOf = exchangeIds();
  for (let at = 0; at < 300_000; at++) {
    const message = messageOf(at, `task-${at % 100_000}`, at < 100_000 ? 'queued' : 'started');
    judge.add(exchangeOf(message, idOf, (text) => text));
    if (at % 500 === 0) judge.advance(at);
  }
  judge.finish();
  collect();
  const after = process.memoryUsage().heapUsed;
  if (judge.liveTasks !== 100_000) throw new Error(`${judge.liveTasks} tasks are live`);
  return (after - before) / 2 ** 20;
}

/** An archive as a browser writes it: each entry has about a kilobyte. */
async function archiveOf(entries: number): Promise<string> {
  const file = join(folder, 'traffic.har');
  const archive = createWriteStream(file);
  const headers = Array.from({ length: 6 }, (_, index) => ({
    name: `header-${index}`,
    value: 'value value value',
  }));
  archive.write('{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[');
  for (let at = 0; at < entries; at++) {
    const { responseBody: text } = messageOf(
      at,
      `task-${at % 500}`,
      at < entries / 2 ? 'started' : 'finished',
    );
    const entry = {
      startedDateTime: new Date(Date.UTC(2026, 0) + at * 10).toISOString(),
      time: 5.2,
      request: { method: 'GET', url: `https://cluster:9443${pathOf(at)}`, headers },
      response: {
        status: 200,
        headers: [...headers, { name: 'content-type', value: 'application/json' }],
        content: { text },
      },
    };
    if (!archive.write(`${at === 0 ? '' : ','}${JSON.stringify(entry)}`)) await once(archive, 'drain');
  }
  archive.end(']}}');
  await once(archive, 'finish');
  return file;
}

export const trafficRows: readonly BenchRow[] = [
  {
    what: 'monitor: 10,000 requests over 16 connections',
    unit: 's',
    bound: 10,
    runs: 5,
    measure: () =>
      monitored(async ({ url }) => {
        const begun = performance.now();
        await load(url, { requests: 10_000, connections: 16 });
        return (performance.now() - begun) / 1000;
      }),
  },
  {
    what: 'monitor: latency that the proxy adds, median',
    unit: 'ms',
    bound: 1,
    runs: 5,
    measure: () =>
      monitored(async ({ url }, target) => {
        const one = { requests: 5000, connections: 1 };
        return median(await load(url, one)) - median(await load(target, one));
      }),
  },
  {
    what: 'monitor: judging 1,000 requests a second',
    unit: '% of a core',
    bound: 25,
    runs: 3,
    measure: () =>
      monitored(async ({ url, pid }) => {
        const before = beside(pid);
        await load(url, { requests: 20_000, connections: 16, perSecond: 1000 });
        return ((beside(pid) - before) / 20) * 100;
      }),
  },
  { what: 'monitor: heap of 100,000 live tasks', unit: 'MiB', bound: 300, runs: 1, measure: liveTasksMiB },
  {
    what: 'monitor: a recording of 100,000 exchanges, judged by a process',
    unit: 's',
    bound: 10,
    runs: 3,
    async measure() {
      return (await nodeProcess([program, 'judge', await archiveOf(100_000)])).seconds;
    },
  },
];
