/** A monitor: the reverse proxy, the thread that judges what passes through it, and what it says meanwhile. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Target } from '../http/target.ts';
import { cannotListen, UserError } from '../model/errors.ts';
import type { RunLog } from '../run/journal.ts';
import type { FromThread, ThreadStart, ToThread } from './judge-thread.ts';
import { reverseProxy } from './proxy.ts';
import { Tap } from './tap.ts';
import type { TrafficOptions } from './traffic-judge.ts';

export interface MonitorOptions extends TrafficOptions {
  readonly target: Pick<Target, 'url' | 'ca' | 'insecure' | 'clientCertificate'>;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** The port for `/metrics`. */
  readonly metricsPort?: number | undefined;
  readonly contract?: string | undefined;
  readonly requireComplete?: boolean;
  readonly record?: string | undefined;
  readonly onProven?: (proven: Extract<FromThread, { readonly type: 'proven' }>) => void;
  /** Gets what is wrong, a line each, and each line once. */
  readonly onTrouble?: (line: string) => void;
}

export interface Monitor extends AsyncDisposable {
  /** Where clients go instead of the target, without a slash at its end. */
  readonly url: string;
  readonly metricsUrl: string | undefined;
  /** What the traffic came to until now. */
  report(): Promise<RunLog>;
  /** What is known of tasks is forgotten: the target was reset. */
  forget(): void;
  /** Takes no more requests and ends those that are open. */
  close(): Promise<void>;
}

const threadFile = new URL(
  `./judge-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);
/** Judging gets no more memory than this. Where that does not suffice, it ends and says so. */
const resourceLimits = { maxOldGenerationSizeMb: 1024 };
/** Problems repeat: so many different ones are reported. */
const mostTroubles = 50;
/** Time goes on where no request comes. */
const tickMs = 1000;

/** @throws {UserError} exit 2: it can't listen on the port */
export async function startMonitor(options: MonitorOptions): Promise<Monitor> {
  const { target, listen, tls, metricsPort } = options;
  const told = new Set<string>();
  const trouble = (line: string): void => {
    if (told.has(line) || told.size >= mostTroubles) return;
    told.add(line);
    options.onTrouble?.(line);
  };
  const thread = judgingThread(options, trouble);
  const tap = new Tap({ give: thread.give });
  thread.onJudged = () => tap.judged();
  const proxy = reverseProxy({
    target,
    ...(tls ? { tls } : {}),
    look: (head) => tap.look(head),
    onTrouble: trouble,
  });
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    clearInterval(ticking);
    await Promise.all(servers.map(closed));
  };
  const ticking = setInterval(() => tap.flush(), tickMs).unref();
  try {
    const port = await listening(proxy, listen, '--listen');
    servers.push(proxy);
    const metrics = metricsPort === undefined ? undefined : metricsServer(() => thread.metrics(tap.passed));
    const at =
      metrics && (await listening(metrics, { host: listen.host, port: metricsPort ?? 0 }, '--metrics'));
    if (metrics) servers.push(metrics);
    return {
      url: `${tls ? 'https' : 'http'}://${hostName(listen.host)}:${port}`,
      metricsUrl: at === undefined ? undefined : `http://${hostName(listen.host)}:${at}/metrics`,
      report: () => {
        tap.flush();
        return thread.report();
      },
      forget: () => tap.forget('the target was reset: what was known of tasks is forgotten there'),
      close,
      async [Symbol.asyncDispose]() {
        await close();
        await thread.end();
      },
    };
  } catch (error) {
    await close();
    await thread.end();
    throw error;
  }
}

const hostName = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;

function judgingThread(options: MonitorOptions, trouble: (line: string) => void) {
  const { soleClient, control, settings, contract, requireComplete = false, record, target } = options;
  const { url } = target;
  const start: ThreadStart = {
    options: { soleClient, control, settings },
    contract,
    requireComplete,
    target: { name: url.host, url: url.href.replace(/\/$/, '') },
    id: `monitor-${randomBytes(4).toString('hex')}`,
    epochMs: performance.timeOrigin,
    record,
  };
  const worker = new Worker(threadFile, { workerData: start, resourceLimits });
  worker.unref();
  const reports: PromiseWithResolvers<RunLog>[] = [];
  const metrics: PromiseWithResolvers<string>[] = [];
  let failure: Error | undefined;
  const thread = {
    onJudged: (): void => {},
    give(message: ToThread): void {
      if (failure) thread.onJudged();
      else worker.postMessage(message);
    },
    report: () => ask(reports, { type: 'report' }),
    metrics: (passed: number) => ask(metrics, { type: 'metrics', passed }),
    end: async (): Promise<void> => {
      await worker.terminate();
    },
  };
  function ask<Answer>(waiting: PromiseWithResolvers<Answer>[], message: ToThread): Promise<Answer> {
    if (failure) return Promise.reject(failure);
    const answer = Promise.withResolvers<Answer>();
    waiting.push(answer);
    worker.ref();
    worker.postMessage(message);
    return answer.promise.finally(() => worker.unref());
  }
  worker.on('message', (message: FromThread) => {
    if (message.type === 'judged') thread.onJudged();
    if (message.type === 'proven') options.onProven?.(message);
    if (message.type === 'trouble') trouble(message.line);
    if (message.type === 'report') reports.shift()?.resolve(message.log);
    if (message.type === 'metrics') metrics.shift()?.resolve(message.text);
  });
  worker.on('error', (error) => {
    // Requests pass on: only the judging has ended.
    const words = `The judging has ended: ${error instanceof Error ? error.message : String(error)}`;
    failure = new UserError(
      words,
      'Judge what was recorded until then (--out DIR): crdb-conformance judge DIR/traffic.ndjson',
      3,
      { cause: error },
    );
    trouble(words);
    for (const { reject } of [...reports, ...metrics]) reject(failure);
  });
  return thread;
}

async function listening(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  option: string,
): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port; // it listens on a port
  } catch (error) {
    throw cannotListen(error, { host, port, option });
  }
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** A server of its own: the paths of the API are all the target’s. */
const metricsServer = (text: () => Promise<string>): Server =>
  createServer(async ({ url }, response) => {
    const isThere = url === '/metrics';
    const body = isThere ? await text().catch((error: unknown) => `# ${String(error)}\n`) : 'see /metrics\n';
    response
      .writeHead(isThere ? 200 : 404, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
      .end(body);
  });
