/** Headers as a reverse proxy passes them on. Pure. */
import type { Headers } from './exchange.ts';

/** How long a body is: as the client said. Node would announce one where a client sends none. */
export function framing(method: string, headers: Headers): Headers {
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  if (has('transfer-encoding')) return [['Transfer-Encoding', 'chunked']];
  return has('content-length') || ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'].includes(method)
    ? []
    : [['Content-Length', '0']];
}

/** @param raw names and values in turn, as Node has them */
export function pairs(raw: readonly string[]): Headers {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) found.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return found;
}

/** RFC 9110, 7.6.1 */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
];

/** The headers without those that are about one connection. */
export function passedOn(headers: Headers): Headers {
  const named = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) =>
      value
        .toLowerCase()
        .split(',')
        .map((word) => word.trim()),
    );
  const dropped = new Set([...hopByHop, ...named]);
  return headers.filter(([name]) => !dropped.has(name.toLowerCase()));
}
