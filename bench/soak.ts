/**
 * `npm run bench -- soak`: for 30 minutes a client does all that the API allows, through a monitor, on a reference cluster
 * whose tasks are made by `/v1/crdbs`. Whatever the monitor finds broken is a false alarm.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../harness/model/report.ts';
import { random } from '../harness/model/settings.ts';
import { defaultLogin } from '../harness/reference/reference.ts';
import { type BenchRow, folder, program, serving } from './processes.ts';

const clients = 8;
const perSecond = 40;
const databases = 3;

const { user, password } = defaultLogin;
const basic = (secret: string): string => `Basic ${btoa(`${user}:${secret}`)}`;

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly authorization?: string;
  /** The client goes away after so many milliseconds. */
  readonly leavesAfterMs?: number;
}

/** What a client sends at random, by its share of all requests. */
class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: clients });
  readonly #next = random(1);
  readonly #url: string;
  readonly #ids: string[] = [];
  #guids: readonly string[] = [];
  #made = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async start(): Promise<void> {
    const credentials = { username: user, password };
    const cluster = { name: 'cluster1.local', url: 'https://cluster1.local:9443', credentials };
    for (let at = 0; at < databases; at++)
      await this.#make('/v1/crdbs', 'POST', {
        name: `soak-${at}`,
        default_db_config: { memory_size: 104_857_600 },
        instances: [{ cluster }],
      });
    while (this.#guids.length < databases) {
      await sleep(500);
      const shown: unknown = JSON.parse(await this.#send('/v1/crdbs'));
      const all = Array.isArray(shown) ? shown : ((shown as { crdbs?: unknown[] }).crdbs ?? []); // either form is in use
      this.#guids = all.map((one) => String((one as { guid: unknown }).guid)); // the cluster is our own
    }
  }

  async #make(path: string, method: string, body: unknown): Promise<void> {
    const id = `soak-${++this.#made}`;
    const ttl = this.#pick<Record<string, string>>([
      {},
      {},
      { 'X-Result-TTL': String(5 + Math.floor(120 * this.#next())) },
    ]);
    await this.#send(path, { method, body, headers: { 'X-Task-ID': id, ...ttl } });
    this.#ids.push(id);
    if (this.#ids.length > 300) this.#ids.shift();
  }

  #pick<One>(all: readonly One[]): One {
    const one = all[Math.floor(this.#next() * all.length)];
    if (one === undefined) throw new RangeError('nothing to pick from');
    return one;
  }

  /** The newest tasks are still moving. */
  get #task(): string {
    const ids = this.#next() < 0.6 ? this.#ids.slice(-4) : this.#ids;
    return `/v1/crdb_tasks/${this.#pick(ids)}`;
  }

  /** One request. */
  async act(): Promise<void> {
    const share = this.#next();
    if (share < 0.04) return this.#make(`/v1/crdbs/${this.#pick(this.#guids)}`, 'PATCH', {});
    const path =
      share < 0.6
        ? `${this.#task}${this.#pick(['', '', '?verbose=true', '?verbose=false'])}`
        : share < 0.75
          ? '/v1/crdb_tasks'
          : share < 0.85
            ? `${this.#task}/actions/cancel${this.#pick(['', '', '?force=false', '?force=true'])}`
            : share < 0.9
              ? `/v1/crdb_tasks/unknown-${Math.floor(1e6 * this.#next())}${this.#pick(['', '/actions/cancel'])}`
              : this.#task;
    const method = path.includes('/actions/') ? 'POST' : 'GET';
    const special: Sent =
      share < 0.9
        ? {}
        : this.#pick<Sent>([
            { authorization: basic('wrong') },
            { authorization: '' },
            { headers: { 'X-Result-TTL': String(2 + Math.floor(300 * this.#next())) } },
            { headers: { 'X-Result-TTL': 'soon' } },
            { headers: { Connection: 'close' } },
            { leavesAfterMs: 2 * this.#next() },
          ]);
    await this.#send(path, { method, ...special });
  }

  /** @returns the body; '' where no answer came */
  async #send(
    path: string,
    { method = 'GET', headers = {}, body, authorization = basic(password), leavesAfterMs }: Sent = {},
  ): Promise<string> {
    const sent = request(this.#url + path, {
      method,
      agent: this.#agent,
      headers: {
        ...headers,
        ...(authorization === '' ? {} : { authorization }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    if (leavesAfterMs !== undefined) setTimeout(() => sent.destroy(), leavesAfterMs);
    try {
      const [answer] = await once(sent, 'response');
      return await text(answer);
    } catch (error) {
      if (leavesAfterMs === undefined) throw error;
      return '';
    }
  }
}

async function soak(minutes: number): Promise<number> {
  await using cluster = await serving(program, 'reference', '--crdbs', '--operation-s', '2', '--port', '0');
  const out = join(folder, 'soak');
  const options = ['--target', cluster.url, '--sole-client', '--metrics', '0', '--out', out];
  const monitor = await serving(program, 'monitor', ...options);
  const state = async (at: number): Promise<void> => {
    const metrics = monitor.said.find((line) => line.startsWith('Metrics: '))?.slice(9) ?? '';
    const live = /live_tasks (\d+)/.exec(await (await fetch(metrics)).text())?.[1];
    const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${monitor.pid}/status`, 'utf8'))?.[1];
    console.log(`  after ${at} min: ${(Number(rss) / 1024).toFixed(0)} MiB resident, ${live} live tasks`);
  };
  const client = new Client(monitor.url);
  await client.start();
  const begun = performance.now();
  const isOver = (): boolean => performance.now() - begun > minutes * 60_000;
  const acting = Array.from({ length: clients }, async (_, index) => {
    await sleep((index * 1000) / perSecond);
    while (!isOver()) await Promise.all([client.act(), sleep((clients * 1000) / perSecond)]);
  });
  await sleep(5000);
  await state(0);
  for (let part = 1; part <= 3; part++) {
    await sleep(Math.max(0, begun + (part * minutes * 60_000) / 3 - performance.now() - 2000));
    await state((part * minutes) / 3);
  }
  await Promise.all(acting);
  await monitor.stop();
  const { run, clauses }: Report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
  const broken = clauses.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
  const { exchanges = 0, clauses: counts = {}, unused = {} } = run.traffic ?? {};
  console.log(
    `  ${exchanges} exchanges, ${run.oracle?.tasks} tasks, ${run.oracle?.undecided} of them undecided; ${Object.keys(counts).length} clauses exercised; left out: ${JSON.stringify(unused)}`,
  );
  for (const { id, checks } of broken) console.log(`  ${id}: ${checks[0]?.reason}`);
  return broken.length;
}

export const soakRow: BenchRow = {
  what: 'soak: 30 minutes through the proxy, clauses found broken',
  unit: 'clauses',
  bound: 0,
  runs: 1,
  slow: true,
  measure: () => soak(Number(process.env.SOAK_MINUTES ?? 30)),
};
