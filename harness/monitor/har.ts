/**
 * Reads HTTP Archives (HAR 1.2) of browsers, proxies and test tools as they stream in, so that a file may be larger than
 * the memory. What can't be judged is counted by its reason. Brackets are as wide as the recording's resolution.
 */
import { createReadStream } from 'node:fs';
import { field } from '../../spec/record.ts';
import { UserError } from '../model/errors.ts';
import { type Headers, type Message, prefixOf } from './exchange.ts';
import { jsonArrayReader } from './json-array.ts';

/** A request that took longer may be recorded after others that it overlapped with: it counts as lost. */
export const longestMs = 60_000;

/** What an archive holds, an entry at a time. */
export type HarEntry =
  | { readonly message: Message; readonly origin: string }
  /** It can't be judged, and why not. */
  | { readonly unused: string }
  /** It ended before an entry listed earlier began: the clock ran backwards, or the order is not that of time. */
  | { readonly backwards: true };

/**
 * @param onEntry gets each entry, in the order of the file; instants are milliseconds since 1970
 * @returns how many entries there were
 * @throws {UserError} exit 2: the file can't be read, is not JSON, is cut off, or is no archive
 */
export async function readHar(file: string, onEntry: (entry: HarEntry) => void): Promise<number> {
  let entries = 0;
  let latestStart = Number.NEGATIVE_INFINITY;
  /** What the caller throws is no fault of the file. */
  let failure: unknown;
  const give = (entry: HarEntry): void => {
    try {
      onEntry(entry);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  const reader = jsonArrayReader(['log', 'entries'], (value) => {
    entries++;
    const entry = value === undefined ? { unused: 'entries of more than 128 MiB' } : entryOf(value);
    if ('message' in entry) {
      if (entry.message.receivedAt < latestStart) {
        latestStart = Number.NEGATIVE_INFINITY;
        give({ backwards: true });
      }
      latestStart = Math.max(latestStart, entry.message.sentAt);
    }
    give(entry);
  });
  try {
    let isFirst = true;
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
      reader.write(isFirst ? withoutMark(chunk) : chunk);
      isFirst = false;
      if (reader.isEnded) break;
    }
  } catch (error) {
    if (failure !== undefined) throw failure;
    if (error instanceof Error && 'syscall' in error)
      throw new UserError(`${file} can’t be read.`, 'Name a HAR file.', 2, { cause: error });
    throw new UserError(
      `${file} is not JSON, or is damaged, after ${entries} entries: ${error instanceof Error ? error.message.slice(0, 120) : ''}.`,
      'Export the archive again.',
      2,
      { cause: error },
    );
  }
  if (!reader.isEnded)
    throw new UserError(`${file} is cut off after ${entries} entries.`, 'Export the archive again.', 2);
  if (!reader.isFound)
    throw new UserError(
      `${file} is neither an HTTP Archive (HAR 1.2), nor a report or a record of this program.`,
      'Name a HAR file, a report.json, or the traffic.ndjson of a monitor.',
      2,
    );
  return entries;
}

const chunkBytes = 2 ** 18;

/** Some recorders begin a file with a byte order mark. */
const withoutMark = (chunk: Buffer): Buffer =>
  chunk.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? chunk.subarray(3) : chunk;

function entryOf(value: unknown): HarEntry {
  const request = field(value, 'request');
  const response = field(value, 'response');
  const url = field(request, 'url');
  const method = field(request, 'method');
  if (typeof url !== 'string' || typeof method !== 'string') return { unused: 'entries without a request' };
  const [, scheme = '', host, rest = ''] = /^(https?:\/\/)(?:[^/?#]*@)?([^/?#@]+)([^#]*)/i.exec(url) ?? [];
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  if (host === undefined || prefixOf(path) === undefined) return { unused: 'exchanges with other URLs' };
  if (isFromElsewhere(value, response))
    return { unused: 'answers that came from a cache, or from the recorder itself' };
  const times = timesOf(value);
  if (!times) return { unused: 'entries without times' };
  const content = field(response, 'content');
  const body = bodyOf(content);
  const status = field(response, 'status');
  const isAnswered = typeof status === 'number' && status >= 100 && status < 600;
  const requestBody = field(field(request, 'postData'), 'text');
  const headers = headersOf(response);
  const mimeType = field(content, 'mimeType');
  const isTyped = headers.length > 0 || (typeof mimeType === 'string' && mimeType !== '');
  const lacksHeaders = headers.length === 0 && (status === 401 || (body !== '' && !isTyped));
  const tooLong = times.receivedAt - times.sentAt > longestMs;
  return {
    origin: scheme + host,
    message: {
      method,
      path,
      requestHeaders: headersOf(request),
      ...(typeof requestBody === 'string' ? { requestBody } : {}),
      ...(isAnswered ? { status } : {}),
      responseHeaders: headers.length === 0 && isTyped ? [['content-type', String(mimeType)]] : headers,
      responseBody: body ?? '',
      ...(body === undefined ? { isCut: true } : {}),
      ...(lacksHeaders ? { lost: 'its response headers are not recorded' } : {}),
      ...(tooLong ? { lost: `answered after more than ${longestMs / 1000} s` } : {}),
      ...times,
    },
  };
}

/** As browsers and Playwright mark what never came from the server. */
const isFromElsewhere = (entry: unknown, response: unknown): boolean =>
  [
    field(entry, '_fromCache'),
    field(entry, '_fetchedViaServiceWorker'),
    field(entry, '_wasFulfilled'),
    field(response, '_fetchedViaServiceWorker'),
  ].some((mark) => mark !== undefined && mark !== false && mark !== null) ||
  field(response, 'status') === 304;

/** When it was sent and received, as wide as the resolution of both texts; undefined where one is missing. */
function timesOf(entry: unknown): Pick<Message, 'sentAt' | 'receivedAt'> | undefined {
  const started = field(entry, 'startedDateTime');
  const time = field(entry, 'time');
  if (typeof started !== 'string' || typeof time !== 'number' || !(time >= 0)) return undefined;
  const startMs = Date.parse(started);
  if (Number.isNaN(startMs)) return undefined;
  const digits = /:\d\d\.(\d+)/.exec(started)?.[1]?.length ?? 0;
  const resolutionMs = digits >= 3 ? 1 : 1000 / 10 ** digits;
  return { sentAt: startMs - resolutionMs, receivedAt: Math.ceil(startMs + time + resolutionMs + 1) };
}

/** The text of a body; undefined where the recording does not have it whole. */
function bodyOf(content: unknown): string | undefined {
  const [text, size, encoding] = [field(content, 'text'), field(content, 'size'), field(content, 'encoding')];
  const bytes = typeof size === 'number' && size > 0 ? size : 0;
  if (typeof text !== 'string') return bytes === 0 ? '' : undefined;
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
  return Buffer.byteLength(text) < bytes && text.length < bytes ? undefined : text;
}

function headersOf(message: unknown): Headers {
  const headers = field(message, 'headers');
  if (!Array.isArray(headers)) return [];
  const pairs: [string, string][] = [];
  for (const header of headers) {
    const [name, value] = [field(header, 'name'), field(header, 'value')];
    if (typeof name === 'string' && typeof value === 'string') pairs.push([name, value]);
  }
  return pairs;
}
