/** The requests of the contract's three operations, as data. */
export const operations = ['list', 'read', 'cancel', 'control', 'crdbs', 'other'] as const;
/** `crdbs`: requests about databases, which make tasks; `other`: none of these, such as GET on the cancel path. */
export type Operation = (typeof operations)[number];

/** The valid login, changed by one operator: each is refused. Sent to mocks only, because it could lock an account. */
export const changedLogins = [
  'password cut',
  'password in other case',
  'blank before password',
  'blank after password',
  'NUL after password',
  'letter beyond ASCII after password',
  'colon after password',
  'escape in password',
  'no password',
  'no user',
  'other user',
  'other domain',
  'blank after user',
  'user alone',
  'Bearer with login',
  'login not encoded',
  'letter before scheme',
  'other scheme before',
  'no scheme',
] as const;
export type ChangedLogin = (typeof changedLogins)[number];

/** The credentials of a request. Only `own` and `lower-case scheme` carry the valid login. */
export const credentialKinds = [
  'own',
  'none',
  'malformed',
  'scheme alone',
  'no UTF-8',
  'unknown user',
  'empty login',
  'wrong password',
  'lower-case scheme',
  'Bearer',
  ...changedLogins,
] as const;
export type Credentials = (typeof credentialKinds)[number];

/** Bad credentials, and the clause by which they are refused; without any, each operation has its own. */
const refusedBy: Readonly<Record<Exclude<Credentials, 'own' | 'lower-case scheme' | 'none'>, string>> = {
  malformed: 'auth.malformed',
  'scheme alone': 'auth.malformed',
  Bearer: 'auth.malformed',
  'user alone': 'auth.malformed',
  'Bearer with login': 'auth.malformed',
  'login not encoded': 'auth.malformed',
  'letter before scheme': 'auth.malformed',
  'other scheme before': 'auth.malformed',
  'no scheme': 'auth.malformed',
  'unknown user': 'auth.unknown-user',
  'other user': 'auth.unknown-user',
  'other domain': 'auth.unknown-user',
  'blank after user': 'auth.unknown-user',
  'no UTF-8': 'auth.unknown-user',
  'no user': 'auth.unknown-user',
  'empty login': 'auth.unknown-user',
  'wrong password': 'auth.wrong-password',
  'password cut': 'auth.wrong-password',
  'password in other case': 'auth.wrong-password',
  'blank before password': 'auth.wrong-password',
  'blank after password': 'auth.wrong-password',
  'NUL after password': 'auth.wrong-password',
  'letter beyond ASCII after password': 'auth.wrong-password',
  'colon after password': 'auth.wrong-password',
  'escape in password': 'auth.wrong-password',
  'no password': 'auth.wrong-password',
};

/** The clause by which a request with such credentials is refused; undefined where they hold the valid login. */
export const refusingClause = (operation: Operation, credentials: Credentials): string | undefined =>
  credentials === 'none'
    ? `${operation}.status.401`
    : credentials === 'own' || credentials === 'lower-case scheme'
      ? undefined
      : refusedBy[credentials];

/** The credentials that a clause is about. */
export const credentialsOf = (clause: string): readonly Credentials[] =>
  credentialKinds.filter((kind) => refusingClause('other', kind) === clause);

/** Whether a refusal of such credentials could count as a bad login of the real account. */
export const namesAccount = (kind: Credentials): boolean => kind === 'wrong password' || isChanged(kind);

export const isChanged = (kind: Credentials): kind is ChangedLogin =>
  (changedLogins as readonly Credentials[]).includes(kind); // `includes` asks for the narrower type

export interface Request {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Path and query below the target's own path prefix, as they go over the wire. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly credentials?: Credentials;
  /** Is sent before other waiting requests: a delay would change the result. */
  readonly urgent?: true;
  /** Its check has had a response before: it is sent before the first requests of other checks. */
  readonly begun?: true;
  /** It looks again at something that changes by itself: for so many milliseconds after it no other such request is sent. */
  readonly pollGapMs?: number;
  /** The check that sends it. */
  readonly sentFor?: string;
  /** Goes by a connection that other requests of the run have used, where there is one. */
  readonly onUsedConnection?: true;
  /** It brings a task about for the check. */
  readonly provisioning?: true;
  /** Statuses that are undocumented for the operation but allowed for this request. */
  readonly tolerates?: readonly number[];
}

interface Named {
  readonly id: string;
}
type Extra = Pick<Request, 'credentials' | 'tolerates' | 'pollGapMs' | 'urgent' | 'onUsedConnection'>;

const collection = '/v1/crdb_tasks';
const one = ({ id }: Named): string => `${collection}/${encodeURIComponent(id)}`;

/** GET /v1/crdb_tasks */
export const list = (extra: Extra = {}): Request => ({
  operation: 'list',
  method: 'GET',
  path: collection,
  ...extra,
});

/** GET /v1/crdb_tasks/{task_id}; `ttl` is the value of `X-Result-TTL`, in seconds where it is a number. */
export const read = (
  task: Named,
  { verbose, ttl, ...extra }: Extra & { verbose?: string; ttl?: string } = {},
): Request => ({
  operation: 'read',
  method: 'GET',
  path: one(task) + (verbose === undefined ? '' : `?verbose=${encodeURIComponent(verbose)}`),
  ...(ttl === undefined ? {} : { headers: { 'X-Result-TTL': ttl } }),
  ...extra,
});

export const forces = ['omitted', 'false', 'true'] as const;
export type Force = (typeof forces)[number];

const cancelPath = (task: Named, force: string): string =>
  `${one(task)}/actions/cancel${force === 'omitted' ? '' : `?force=${encodeURIComponent(force)}`}`;

/**
 * POST /v1/crdb_tasks/{task_id}/actions/cancel; the general page asks for the content type on POST.
 * `force` is sent as it is, except `omitted`.
 */
export const cancel = (
  task: Named,
  { force = 'omitted', ...extra }: Extra & { force?: string } = {},
): Request => ({
  operation: 'cancel',
  method: 'POST',
  path: cancelPath(task, force),
  headers: { 'Content-Type': 'application/json' },
  ...extra,
});

/** GET on the cancel path: no documented operation. */
export const cancelByGet = (task: Named, force: Force = 'omitted'): Request => ({
  operation: 'other',
  method: 'GET',
  path: cancelPath(task, force),
});

/** Ids that no task can have, as they stand in a path, by what is wrong with them. */
export const impossibleIds = {
  'encoded slash': 'a%2Fb',
  quotes: '%22%27%20OR%20%271%27%3D%271',
  'path traversal': '..%2F..%2Fetc%2Fpasswd',
  'broken escape': '%zz',
  'beyond ASCII': '%F0%9F%92%A5',
  '2,000 characters': 'x'.repeat(2000),
  'name of a property': '__proto__',
  'name of a method': 'toString',
} as const;

/** A read or cancel whose id stands in the path as it is, escaped or not. */
export const rawRead = (rawId: string, extra: Extra = {}): Request => ({
  ...read({ id: '' }, extra),
  path: `${collection}/${rawId}`,
});
export const rawCancel = (rawId: string, extra: Extra = {}): Request => ({
  ...cancel({ id: '' }, extra),
  path: `${collection}/${rawId}/actions/cancel`,
});

/** The id that a raw segment of a path spells; one with broken escapes stands for itself. */
export function decoded(rawId: string): string {
  try {
    return decodeURIComponent(rawId);
  } catch {
    return rawId;
  }
}
