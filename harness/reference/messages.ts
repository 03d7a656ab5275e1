/** Requests and replies as plain data: JSON bodies, the bodies of refusals, Basic credentials. No network here. */

/** A request, as far as the cluster looks at it. */
export interface IncomingRequest {
  readonly method: string;
  /** As it was spelt, without the query. */
  readonly path: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly resultTtl: string | undefined;
  /** The value of `X-Task-ID`: only `/v1/crdbs` looks at it. */
  readonly taskId?: string | undefined;
  /** Only the control protocol, `/v1/crdbs` and `/v1/bootstrap` look at it. */
  readonly body: string;
  /** The connection that it came on, where it may be one of several requests. */
  readonly connection?: object;
}

/** @param target path and query, as they came; @param header the value of a header, by its name in lower case */
export function incomingRequest(
  method: string,
  target: string,
  header: (name: string) => string | undefined,
  body = '',
): IncomingRequest {
  const mark = target.indexOf('?');
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    authorization: header('authorization'),
    resultTtl: header('x-result-ttl'),
    taskId: header('x-task-id'),
    body,
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const emptyReply = (status: number, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers,
  body: '',
});

export const jsonReply = (status: number, value: unknown, mediaType = 'application/json'): Reply => ({
  status,
  headers: { 'Content-Type': mediaType },
  body: JSON.stringify(value),
});

/** The two families of bodies that real clusters send with a refusal, or no body. */
export type RefusalBody = 'none' | 'error' | 'problem';

export const refusalReply = (
  status: number,
  family: RefusalBody,
  [code, text]: readonly [code: string, text: string],
  headers: Reply['headers'] = {},
): Reply => {
  if (family === 'none') return emptyReply(status, headers);
  const reply =
    family === 'error'
      ? jsonReply(status, { error_code: code, description: text })
      : jsonReply(
          status,
          { type: 'about:blank', title: code, status, detail: text },
          'application/problem+json',
        );
  return { ...reply, headers: { ...reply.headers, ...headers } };
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON object in a body, or undefined. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

export type CredentialFault = 'absent' | 'malformed' | 'unknown user' | 'wrong password';

/** What is wrong with an `Authorization` header, or null where it holds the login. */
export function credentialFault(
  header: string | undefined,
  login: Login,
  schemeCase: 'any' | 'exact',
): CredentialFault | null {
  if (header === undefined) return 'absent';
  const [scheme = '', token = '', ...rest] = header.trim().split(/ +/);
  const known = schemeCase === 'any' ? scheme.toLowerCase() === 'basic' : scheme === 'Basic';
  if (!known || rest.length > 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(token)) return 'malformed';
  const given = Buffer.from(token, 'base64').toString('utf8');
  const colon = given.indexOf(':');
  if (colon < 0) return 'malformed';
  if (given.slice(0, colon) !== login.user) return 'unknown user';
  return given.slice(colon + 1) === login.password ? null : 'wrong password';
}
