/** For own tests: one request over loopback, its path sent as it is spelt. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** Of HTTP. */
  readonly version: string;
  readonly text: string;
  /** The body's JSON; undefined where it has none. */
  readonly json: unknown;
}

export interface Asking {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
}

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/**
 * @param headers `Authorization` is the cluster's own login where they don't say another; '' sends none
 * @throws the error of the connection where it broke
 */
export function ask(
  { url, user = '', password = '' }: Asking,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Seen> {
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
