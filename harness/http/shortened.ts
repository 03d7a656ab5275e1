/** What is recorded of long answers: of a body its beginning, its length and its hash. They are judged whole all the same. */
import { createHash } from 'node:crypto';
import type { Exchange, RecordedResponse } from '../model/exchange.ts';
import { type Limits, limits } from '../model/limits.ts';

const headCharacters = 1000;

/** The headers that something is judged by, or told by: of a head that is too long they are recorded. */
const telling = new Set(['content-type', 'content-length', 'location', 'server', 'www-authenticate']);

/**
 * @param redact takes secrets out, of the whole body: cut in two, they would no longer be known
 * @returns what makes an exchange short enough to be recorded, for one run
 */
export function shortener(
  redact: (text: string) => string,
  { bodyBytesRecorded, runBytesRecorded, headBytesFree }: Limits = limits,
): (exchange: Exchange) => Exchange {
  let left = runBytesRecorded;

  const withShortHead = (response: RecordedResponse): RecordedResponse => {
    const paid = jsonBytes(response.headers) - headBytesFree;
    if (paid <= left) {
      left -= Math.max(0, paid);
      return response;
    }
    const kept = Object.entries(response.headers).filter(([name]) => telling.has(name));
    const headers = Object.fromEntries(
      kept.map(([name, value]) => [name, copied(redact(value), headCharacters)]),
    );
    return { ...response, headers, headShortened: true };
  };

  const withShortBody = (response: RecordedResponse): RecordedResponse => {
    if (response.body.length <= headCharacters) return response;
    const whole = redact(response.body);
    const head = { ...response, body: copied(whole, headCharacters) };
    if (response.truncated) return head;
    const most = Math.min(bodyBytesRecorded, left);
    const bytes = whole.length > most ? Number.POSITIVE_INFINITY : jsonBytes(whole);
    if (bytes <= most) {
      left -= bytes;
      return response;
    }
    const sha256 = createHash('sha256').update(response.body).digest('hex');
    return { ...head, shortened: { bytes: Buffer.byteLength(response.body), sha256 } };
  };

  return (exchange) => {
    const { response } = exchange;
    return response ? { ...exchange, response: withShortBody(withShortHead(response)) } : exchange;
  };
}

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The first characters of a text, in memory of their own: a slice would keep the whole alive. */
const copied = (text: string, length: number): string =>
  Buffer.from(text.slice(0, length), 'utf16le').toString('utf16le');
