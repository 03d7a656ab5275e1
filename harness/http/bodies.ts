/** Reads bodies, and never more of them than a run may: a target must not fill the memory. */

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Exchange, RecordedResponse } from '../model/exchange.ts';
import { type Limits, limits } from '../model/settings.ts';

export interface Body {
  /** Decoded as UTF-8; where it is cut, its beginning. */
  readonly text: string;
  readonly isCut: boolean;
}

/** Of a body that is cut: more than is recorded, so that no secret in what is recorded is cut in two. */
const headBytes = 4096;

/** As superagent wants a parser: it gives the stream, and takes what it shall call the body. */
export type BodyReader = (stream: IncomingMessage, done: (error: Error | null, body: Body) => void) => void;

/** @returns what reads the bodies of one run */
export function bodyReader({ bodyBytesRead, runBytesRead, bodyBytesFree }: Limits = limits): BodyReader {
  let left = runBytesRead;
  return (stream, done) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let isCut = false;
    const isAffordable = (length: number): boolean => {
      const paid = Math.max(0, bytes + length - Math.max(bytes, bodyBytesFree));
      if (bytes + length > bodyBytesRead || paid > left) return false;
      left -= paid;
      bytes += length;
      return true;
    };
    stream.on('data', (chunk: Buffer) => {
      if (isCut) return; // what was on its way already
      if (isAffordable(chunk.length)) {
        chunks.push(chunk);
        return;
      }
      isCut = true;
      const head = Buffer.concat([...chunks, chunk])
        .subarray(0, headBytes)
        .toString('utf8');
      chunks = [];
      stream.destroy();
      done(null, { text: head, isCut });
    });
    stream.on('end', () => {
      if (!isCut) done(null, { text: Buffer.concat(chunks).toString('utf8'), isCut });
    });
  };
}

// ===== harness/http/shortened.ts: What is recorded of long answers: of a body its beginning, its length and its hash. They are judged whole all the same.

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
