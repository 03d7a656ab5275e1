/** A request with its response, or its loss, as recorded. Plain data, redacted before it is written. */
import { type Bracket, bracket } from './bracket.ts';
import type { Credentials, Operation } from './requests.ts';
import { limits } from './settings.ts';

/** Instants are milliseconds since the start of the run on the monotonic clock. */
export interface Exchange {
  /** Unique in a run, with the operation: `cancel-7`. */
  readonly id: string;
  readonly operation: Operation;
  readonly sentAt: number;
  /** When the answer was complete, or its loss was known. */
  readonly receivedAt: number;
  /** 1 for the first try; reads may be tried again, and every try is an exchange of its own. */
  readonly attempt: number;
  /** The check that it was sent for, as `clause (name)`; absent where it was for none. */
  readonly sentFor?: string;
  /** It was sent to bring a task about, or to be rid of it, and not by the check itself. */
  readonly provisioning?: true;
  readonly request: RecordedRequest;
  readonly response?: RecordedResponse;
  /** Why no response can be judged: `connection reset`, `no answer within 10 s`. */
  readonly lost?: string;
  /** It held a secret of the run; {@link redactedMark} stands in its place. */
  readonly redacted?: true;
}

/** What stands in place of a secret. */
export const redactedMark = '[redacted]';

/** The id of a request that was not sent because the run was cut short. It is not recorded. */
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
  /** The head is too long to be recorded: these are the headers that something is judged by, each by its beginning. */
  readonly headShortened?: true;
  /** As received, decoded as UTF-8, up to the limit of the client. */
  readonly body: string;
  /** The body was longer than the limit and is cut. */
  readonly truncated?: true;
  /** The body was judged whole and is too long to be recorded: how long it is, and its SHA-256, in hexadecimal. */
  readonly shortened?: { readonly bytes: number; readonly sha256: string };
}

/** The bracket of an exchange: what the request caused happened in it. */
export const when = ({ sentAt, receivedAt }: Exchange): Bracket => bracket(sentAt, receivedAt);

/** `GET /v1/crdb_tasks/7`: how a finding names a request. Long paths are cut. */
export function requestLine({ request }: Exchange): string {
  const path = request.path.length > 120 ? `${request.path.slice(0, 117)}…` : request.path;
  return `${request.method} ${path}`;
}

type Parsed = { readonly value: unknown } | undefined;

const parsed = new WeakMap<RecordedResponse, Parsed>();
/** Of long bodies only some of the last ones are kept parsed, two at least to compare them: all would fill the memory. */
let lastParsed: readonly { readonly response: RecordedResponse; readonly json: Parsed }[] = [];
const longCharacters = 4096;
const keptCharacters = 2 ** 21;

/** The body as JSON; undefined if it is not JSON or was not read whole, or if there is no response. */
export function json({ response }: Exchange): Parsed {
  if (!response || whyUnread(response) !== undefined) return undefined;
  if (response.body.length > longCharacters) return parsedLong(response);
  if (!parsed.has(response)) parsed.set(response, parse(response.body));
  return parsed.get(response);
}

function parsedLong(response: RecordedResponse): Parsed {
  const known = lastParsed.find((one) => one.response === response);
  if (known) return known.json;
  const made = { response, json: parse(response.body) };
  let characters = response.body.length;
  const kept = lastParsed.filter((one, index) => {
    characters += one.response.body.length;
    return index === 0 || characters <= keptCharacters;
  });
  lastParsed = [made, ...kept];
  return made.json;
}

const sizes = new WeakMap<RecordedResponse, string | undefined>();

/** Why a body can't be judged; undefined if it can. */
export function whyUnread(response: RecordedResponse): string | undefined {
  const { bodyBytesRead, runBytesRead } = limits;
  if (response.truncated)
    return `the body is longer than the limit and was not read whole (${miB(bodyBytesRead)} a body, ${miB(runBytesRead)} a run)`;
  if (response.shortened) return 'only the beginning of the body is recorded';
  if (!sizes.has(response)) sizes.set(response, tooMuch(response.body));
  return sizes.get(response);
}

const miB = (bytes: number): string => `${bytes / 2 ** 20} MiB`;

/** Why a JSON text is not parsed: it is nested too deeply or has too many values. */
function tooMuch(body: string): string | undefined {
  let depth = 0;
  let values = 0; // each but the first of an array or object follows a comma
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const character = body[at];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') at++;
    else if (quoted) continue;
    else if (character === ',') values++;
    else if (character === ']' || character === '}') depth--;
    else if (character === '[' || character === '{') {
      values++;
      if (++depth > limits.jsonDepth)
        return `the body is nested too deeply (${limits.jsonDepth} levels are read)`;
    }
    if (values > limits.jsonValues) return `the body holds too many values (${limits.jsonValues} are read)`;
  }
  return undefined;
}

function parse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
