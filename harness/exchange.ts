/** A request with its answer, or its loss, as it is recorded: plain data, redacted before it is written down. */
import { type Bracket, bracket } from './bracket.ts';
import type { Credentials, Operation } from './requests.ts';

/** Instants are milliseconds since the start of the run on the monotonic clock. */
export interface Exchange {
  /** Unique in a run; says what was asked: `cancel-7`. */
  readonly id: string;
  readonly operation: Operation;
  readonly sentAt: number;
  /** When the answer was complete, or its loss was known. */
  readonly receivedAt: number;
  /** 1 for the first try; reads may be tried again, and every try is an exchange of its own. */
  readonly attempt: number;
  /** The check that it was sent for, as `clause (name)`; absent where it was for none. */
  readonly sentFor?: string;
  readonly request: RecordedRequest;
  readonly response?: RecordedResponse;
  /** Why there is no answer that could be judged: `connection reset`, `no answer within 10 s`. */
  readonly lost?: string;
}

/** The id of what was never sent, for the run was cut short: no exchange of the run, and recorded nowhere. */
export const unsentId = 'unsent';

export interface RecordedRequest {
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly path: string;
  /** Without `authorization`: `credentials` says what was sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly body?: string;
}

export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As received, decoded as UTF-8, up to the limit of the client. */
  readonly body: string;
  /** The body was longer than the limit and is cut. */
  readonly truncated?: true;
}

/** The bracket of an exchange: what the request caused happened in it. */
export const when = ({ sentAt, receivedAt }: Exchange): Bracket => bracket(sentAt, receivedAt);

/** `GET /v1/crdb_tasks/7`: how a finding names a request. Long paths are cut. */
export function asked({ request }: Exchange): string {
  const path = request.path.length > 120 ? `${request.path.slice(0, 117)}…` : request.path;
  return `${request.method} ${path}`;
}

const parsed = new WeakMap<RecordedResponse, { readonly value: unknown } | undefined>();

/** Deeper bodies are not looked into: what compares and words values goes down into them, and would overflow. */
const deepest = 1000;

/** The body as JSON, or undefined where it is none, is cut or too deep, or there was no answer. Parsed once. */
export function json({ response }: Exchange): { readonly value: unknown } | undefined {
  if (!response || response.truncated) return undefined;
  if (!parsed.has(response)) parsed.set(response, tooDeep(response) ? undefined : parse(response.body));
  return parsed.get(response);
}

/** Whether a body is nested too deeply to be looked into, whatever else it is. */
export function tooDeep({ body }: RecordedResponse): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const character = body[at];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') at++;
    else if (!quoted && (character === '[' || character === '{') && ++depth > deepest) return true;
    else if (!quoted && (character === ']' || character === '}')) depth--;
  }
  return false;
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // no JSON: an answer like any other
  }
}
