/** For own tests: a clock that a test moves, and one request over loopback, its path sent as it is spelt. */
import { type IncomingHttpHeaders, request } from 'node:http';
import type { Clock } from '../reference/tasks.ts';

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ readonly wakeMs: number; readonly wake: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  /** The number of sleepers. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = {
        wakeMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Moves on, and wakes every sleeper that is due. */
  pass(ms: number): void {
    this.#nowMs += ms;
    for (const { wakeMs, wake } of [...this.#sleepers]) if (wakeMs <= this.#nowMs) wake();
  }
}

export interface LoopbackReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** The version of HTTP. */
  readonly version: string;
  readonly text: string;
  /** The body's JSON; undefined where it has none. */
  readonly json: unknown;
}

export interface LoopbackTarget {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
}

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/**
 * @param headers `Authorization` is the cluster's own login by default; '' sends none
 * @throws the error of the connection if it broke
 */
export function ask(
  { url, user = '', password = '' }: LoopbackTarget,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<LoopbackReply> {
  const sent = { Authorization: basic(user, password), ...headers };
  const { Authorization, ...others } = sent;
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const options = {
      hostname,
      port,
      method,
      path,
      headers: Authorization === '' ? others : sent,
      agent: false as const,
    };
    const asked = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0, headers: given, rawHeaders, httpVersion: version } = response;
        resolve({ status, headers: given, rawHeaders, version, text, json: parsed(text) });
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
