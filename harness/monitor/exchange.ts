/**
 * Messages that were recorded or passed through, as exchanges of the task API. Only what is judged is kept: of the
 * headers a few, of requests about databases no body; credentials never. Pure.
 */

import { createHash } from 'node:crypto';
import { field, parsedJson } from '../../spec/record.ts';
import { type Redact, redactedBody } from '../http/redaction.ts';
import { headerOf, isBoolean, isSeconds, wellFormed } from '../judge/oracle/operation.ts';
import type { Exchange, RecordedResponse } from '../model/exchange.ts';
import type { Operation } from '../model/requests.ts';

export type Headers = readonly (readonly [name: string, value: string])[];

/** One request and what came back, as a proxy or a recording has it. Instants are in milliseconds on one clock. */
export interface Message {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly requestHeaders: Headers;
  readonly requestBody?: string;
  /** Undefined: no answer came. */
  readonly status?: number;
  readonly responseHeaders: Headers;
  /** Decoded. */
  readonly responseBody: string;
  readonly isCut?: boolean;
  /** Why there is no answer that can be judged. */
  readonly lost?: string;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** The `Server` header of what a monitor answers itself. */
export const monitorName = 'crdb-conformance-monitor';

const apiPath = /^([^?]*?)\/(v1\/crdb_tasks|v1\/crdbs|_control\/v1)(?=[/?]|$)/;

/** The path prefix of the API that a path belongs to; undefined where it is another URL. */
export const prefixOf = (path: string): string | undefined => apiPath.exec(path)?.[1];

/** Numbers the exchanges of each operation: `cancel-7`. */
export function exchangeIds(): (operation: Operation) => string {
  const counts = new Map<Operation, number>();
  return (operation) => {
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    return `${operation}-${count}`;
  };
}

/** @returns the exchange without secrets, as far as it is judged */
export function exchangeOf(
  message: Message,
  idOf: (operation: Operation) => string,
  redact: Redact,
): Exchange {
  const { method, path, requestHeaders, requestBody, status, responseHeaders, sentAt, receivedAt, lost } =
    message;
  const operation = operationNamed(method, path);
  const clean = redact(path);
  const body = operation === 'control' ? requestBody : shortBody(operation, requestBody);
  const response = status === undefined ? undefined : responseOf(message, status, operation, redact);
  const isOwn = responseHeaders.some(
    ([name, value]) => value === monitorName && name.toLowerCase() === 'server',
  );
  const why =
    lost ??
    (isOwn
      ? 'answered by a monitor, not by the target'
      : status === undefined
        ? 'no answer'
        : unjudgeable(status));
  const isRedacted =
    clean !== path || (response && response.body !== message.responseBody && operation !== 'crdbs');
  return {
    id: idOf(operation),
    operation,
    sentAt,
    receivedAt,
    attempt: 1,
    request: {
      method,
      path: clean,
      headers: kept(requestHeaders, requestNames, redact),
      credentials: credentialsOf(requestHeaders, status),
      ...(body === undefined ? {} : { body: redactedBody(body, redact) }),
    },
    ...(response ? { response } : {}),
    ...(why === undefined ? {} : { lost: why }),
    ...(isRedacted ? { redacted: true } : {}),
  };
}

/** Of a request that has no documented body, only that there is one, and how it begins. */
const shortBody = (operation: Operation, body = ''): string | undefined =>
  operation === 'crdbs' || body === '' ? undefined : body.slice(0, 500);

function responseOf(
  { responseHeaders, responseBody, isCut }: Message,
  status: number,
  operation: Operation,
  redact: Redact,
): RecordedResponse {
  const body = operation === 'crdbs' ? taskIn(responseBody) : responseBody;
  return {
    status,
    headers: kept(responseHeaders, responseNames, redact),
    body: redactedBody(body, redact),
    ...(isCut ? { truncated: true } : {}),
  };
}

/** Databases have passwords: of an answer about one, the task that it names is kept. */
function taskIn(body: string): string {
  const value = parsedJson(body);
  const [id, status] = [field(value, 'id'), field(value, 'status')];
  if (typeof id !== 'string') return '';
  return JSON.stringify({ id, ...(typeof status === 'string' ? { status } : {}) });
}

function operationNamed(method: string, path: string): Operation {
  const [whole = '', , api] = apiPath.exec(path) ?? [];
  if (api === '_control/v1') return 'control';
  if (api === 'v1/crdbs') return 'crdbs';
  const rest = path.slice(whole.length).replace(/\?.*/s, '');
  if (rest === '') return method === 'GET' ? 'list' : 'other';
  if (/^\/[^/]+$/.test(rest)) return method === 'GET' ? 'read' : 'other';
  return method === 'POST' && /^\/[^/]+\/actions\/cancel$/.test(rest) ? 'cancel' : 'other';
}

/** Whether credentials were good only the target knows: a 401 says that they were not. */
const credentialsOf = (headers: Headers, status: number | undefined): Exchange['request']['credentials'] =>
  status !== 401
    ? 'own'
    : headers.some(([name]) => name.toLowerCase() === 'authorization')
      ? 'wrong password'
      : 'none';

/**
 * Statuses by which a gateway, a cache or the HTTP layer answers, or which a role that lacks a permission gets: the docs
 * leave them to HTTP, and they say nothing about a task.
 */
const leftToHttp = new Set([
  403, 407, 408, 411, 413, 414, 415, 417, 421, 425, 426, 429, 431, 502, 503, 504, 511,
]);

const unjudgeable = (status: number): string | undefined =>
  leftToHttp.has(status) || (status >= 300 && status < 400) ? `answered ${status}` : undefined;

/** Statuses that the docs don't have for an operation, and that HTTP has for what this request says beyond them. */
export function toleratedFor({ request: { path, headers, body } }: Exchange): readonly number[] {
  const [, rest = '', query = ''] = /\/v1\/crdb_tasks([^?]*)(?:\?(.*))?$/s.exec(path) ?? [];
  const id = /^\/([^/]*)/.exec(rest)?.[1];
  const ttl = headerOf(headers, 'x-result-ttl');
  const isOdd =
    (id !== undefined && !wellFormed.test(id)) ||
    (ttl !== undefined && !isSeconds(ttl)) ||
    [...new URLSearchParams(query)].some(([name, value]) => !known.includes(name) || !isBoolean(value));
  const accept = headerOf(headers, 'accept');
  const takesJson = accept === undefined || /json|\*\/\*|application\/\*/.test(accept);
  const has = (...names: readonly string[]) => names.some((name) => headerOf(headers, name) !== undefined);
  return [
    ...(isOdd ? [400, 404] : []),
    ...(takesJson ? [] : [406]),
    ...(has('range') ? [206, 416] : []),
    ...(has('if-match', 'if-unmodified-since') ? [412] : []),
    ...(body === undefined || /^\s*(\{\s*\})?\s*$/.test(body) ? [] : [400, 422]),
  ];
}

const known = ['verbose', 'force'];

const requestNames = new Set([
  ...['accept', 'content-type', 'x-result-ttl', 'x-task-id'],
  ...['range', 'if-match', 'if-unmodified-since'],
]);
const responseNames = new Set(['content-type', 'server', 'www-authenticate', 'location']);
const longestName = 19;

/** Heads repeat: each is kept once. */
const heads = new Map<string, Readonly<Record<string, string>>>();
const mostHeads = 1000;

function kept(
  headers: Headers,
  names: ReadonlySet<string>,
  redact: Redact,
): Readonly<Record<string, string>> {
  const wanted = headers.filter(([name]) => name.length <= longestName && names.has(name.toLowerCase()));
  const key = wanted.flat().join('\n');
  const same = heads.get(key);
  if (same) return same;
  const byName = Map.groupBy(wanted, ([name]) => name.toLowerCase());
  const made = Object.fromEntries(
    [...byName].map(([name, all]) => [name, redact(all.map(([, value]) => value).join(', '))]),
  );
  if (heads.size < mostHeads) heads.set(key, made);
  return made;
}

/** A list is kept whole up to this length. */
const listCharacters = 4096;

/** A long list, which many tasks refer to, without its body: what it says of a task is kept with the task. */
export function shortList(exchange: Exchange): Exchange {
  const { response } = exchange;
  if (!response || response.body.length <= listCharacters) return exchange;
  const sha256 = createHash('sha256').update(response.body).digest('hex');
  const body = Buffer.from(response.body.slice(0, 1000), 'utf16le').toString('utf16le');
  const bytes = Buffer.byteLength(response.body);
  return { ...exchange, response: { ...response, body, shortened: { bytes, sha256 } } };
}
