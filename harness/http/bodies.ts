/** How much of response bodies is read and recorded: a target must not fill the memory or the report. */

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { constants, createUnzip } from 'node:zlib';
import type { Exchange, RecordedResponse } from '../model/exchange.ts';
import { type Limits, limits } from '../model/settings.ts';

export interface Body {
  /** Decoded as UTF-8; the beginning where it is cut. */
  readonly text: string;
  readonly isCut: boolean;
}

/** Kept of a cut body: more than is recorded, because the end of it may be the beginning of a secret. */
const headBytes = 8192;

/** A parser as superagent calls it. */
export type BodyReader = (stream: IncomingMessage, done: (error: Error | null, body: Body) => void) => void;

/** @returns the reader for the bodies of one run */
export function bodyReader({ bodyBytesRead, runBytesRead, bodyBytesFree }: Limits = limits): BodyReader {
  let left = runBytesRead;
  return (stream, done) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let isCut = false;
    const content = decoded(stream, (error) => done(error, { text: '', isCut }));
    if (!content) return;
    const isAffordable = (length: number): boolean => {
      const paid = Math.max(0, bytes + length - Math.max(bytes, bodyBytesFree));
      if (bytes + length > bodyBytesRead || paid > left) return false;
      left -= paid;
      bytes += length;
      return true;
    };
    content.on('data', (chunk: Buffer) => {
      if (isCut) return; // data that was already on its way
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
      content.destroy(); // a small body can become a huge one
      done(null, { text: head, isCut });
    });
    content.on('end', () => {
      if (!isCut) done(null, { text: Buffer.concat(chunks).toString('utf8'), isCut });
    });
  };
}

/** The encodings that each request offers. */
export const offeredEncodings = 'gzip, deflate';

/**
 * The content of a response, decoded as it is read: the limits count what comes out.
 * @returns undefined, after `fail` was called, for an encoding that no request offers
 */
function decoded(stream: IncomingMessage, fail: (error: Error) => void): Readable | undefined {
  const encoding = stream.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === '' || encoding === 'identity' || stream.headers['content-length'] === '0') return stream;
  if (/^(x-)?gzip$|^deflate$/.test(encoding)) {
    const unzip = createUnzip({ finishFlush: constants.Z_SYNC_FLUSH }); // what is cut off is read as far as it goes
    unzip.on('error', (error) => {
      stream.destroy();
      fail(error);
    });
    return stream.pipe(unzip);
  }
  stream.destroy();
  fail(
    new Error(
      `the body has the Content-Encoding ${encoding.slice(0, 40)}, and the request offers ${offeredEncodings}`,
    ),
  );
  return undefined;
}

const headCharacters = 1000;

/** The headers that judges or reports use: these are recorded where the head is too long. */
const usedHeaders = new Set(['content-type', 'content-length', 'location', 'server', 'www-authenticate']);

/**
 * Shortens responses for the record: of a long body its beginning, length and hash. Judges see the whole body.
 * @returns the function that shortens the exchanges of one run
 */
export function shortener({
  bodyBytesRecorded,
  runBytesRecorded,
  headBytesFree,
}: Limits = limits): (exchange: Exchange) => Exchange {
  let left = runBytesRecorded;

  const withShortHead = (response: RecordedResponse): RecordedResponse => {
    const paid = jsonBytes(response.headers) - headBytesFree;
    if (paid <= left) {
      left -= Math.max(0, paid);
      return response;
    }
    const kept = Object.entries(response.headers).filter(([name]) => usedHeaders.has(name));
    const headers = Object.fromEntries(kept.map(([name, value]) => [name, copied(value, headCharacters)]));
    return { ...response, headers, headShortened: true };
  };

  const withShortBody = (response: RecordedResponse): RecordedResponse => {
    if (response.body.length <= headCharacters) return response;
    const whole = response.body;
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

/** The first characters of a text, copied: a slice would keep the whole text in memory. */
const copied = (text: string, length: number): string =>
  Buffer.from(text.slice(0, length), 'utf16le').toString('utf16le');
