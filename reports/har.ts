/** Every exchange of a run as an HTTP Archive 1.2, for the tools that read one. Credentials were never recorded. */
import { STATUS_CODES } from 'node:http';
import type { Content, Entry, Har, Header, PostData, QueryString } from 'har-format';
import type { Exchange } from '../harness/model/exchange.ts';
import type { Report } from '../harness/model/report.ts';
import { headline } from './text/sentences.ts';

/** What the archive has for "not known". */
const unknown = -1;
/** The recorder sees messages, and not which version of HTTP carried them. */
const httpVersion = 'HTTP/1.1';

/** @returns the archive as JSON; `log._report` holds the verdict and its counts */
export function har(report: Report): string {
  const { exchanges, run, schema, verdict, summary } = report;
  const archive: Har & { readonly log: { readonly _report: unknown } } = {
    log: {
      version: '1.2',
      creator: { name: 'crdb-conformance', version: run.harnessVersion },
      comment: headline(report),
      _report: { schema, run: run.id, verdict, summary },
      entries: exchanges.toSorted((a, b) => a.sentAt - b.sentAt).map((exchange) => entryOf(exchange, report)),
    },
  };
  return `${JSON.stringify(archive, null, 1)}\n`;
}

function entryOf(exchange: Exchange, { run, target }: Report): Entry {
  const { sentAt, receivedAt, lost } = exchange;
  const time = Math.max(0, receivedAt - sentAt);
  return {
    startedDateTime: instant(Date.parse(run.startedAt) + sentAt),
    time,
    request: requestOf(exchange, target.url),
    response: responseOf(exchange),
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    comment: [
      exchange.id,
      ...(exchange.sentFor === undefined ? [] : [`sent for ${exchange.sentFor}`]),
      ...(exchange.attempt > 1 ? [`try ${exchange.attempt}`] : []),
      ...(lost === undefined ? [] : [`lost: ${lost}`]),
    ].join('; '),
  };
}

const year10000Ms = Date.UTC(10_000, 0);

/** A report may come from anywhere, and say that it began in no year that can be written down. */
const instant = (ms: number): string => new Date(ms >= 0 && ms < year10000Ms ? ms : 0).toISOString();

function requestOf({ request }: Exchange, targetUrl: string): Entry['request'] {
  const url = new URL(targetUrl).origin + asUri(request.path);
  return {
    method: request.method,
    url,
    httpVersion,
    cookies: [],
    headers: headersOf(request.headers),
    queryString: queryOf(url),
    ...(request.body === undefined ? {} : { postData: posted(request.body, request.headers) }),
    headersSize: unknown,
    bodySize: Buffer.byteLength(request.body ?? ''),
    comment: `credentials: ${request.credentials}`,
  };
}

/** Malformed paths are sent on purpose; what no URI can hold is percent-encoded here. */
const asUri = (path: string): string =>
  path
    .toWellFormed()
    .replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replaceAll(/[^\w\-.~:/?@!$&'()*+,;=%]/gu, encodeURIComponent);

const headersOf = (headers: Exchange['request']['headers']): Header[] =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

const queryOf = (url: string): QueryString[] =>
  [...new URL(url).searchParams].map(([name, value]) => ({ name, value }));

function posted(text: string, headers: Exchange['request']['headers']): PostData {
  return { mimeType: mediaTypeOf(headers), text };
}

function mediaTypeOf(headers: Exchange['request']['headers']): string {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return found?.[1] ?? '';
}

/** Status 0 is what browsers write where no answer came. */
function responseOf({ response, lost }: Exchange): Entry['response'] {
  const headers = response?.headers ?? {};
  return {
    status: response?.status ?? 0,
    statusText: STATUS_CODES[response?.status ?? 0] ?? '',
    httpVersion,
    cookies: [],
    headers: headersOf(headers),
    content: contentOf(response),
    redirectURL: headers.location ?? '',
    headersSize: unknown,
    bodySize: unknown,
    ...(lost === undefined ? {} : { comment: lost }),
  };
}

function contentOf(response: Exchange['response']): Content {
  const { headers = {}, body = '', truncated, shortened } = response ?? {};
  const cut = shortened
    ? `the beginning of ${shortened.bytes} bytes with the SHA-256 ${shortened.sha256}`
    : 'longer than the read limit';
  return {
    size: shortened?.bytes ?? Buffer.byteLength(body),
    mimeType: mediaTypeOf(headers),
    text: body,
    ...(truncated || shortened ? { comment: cut } : {}),
  };
}
