/** The cURL line that repeats a recorded request. It holds no secret: the login is taken from the environment. */
import type { Exchange } from '../harness/model/exchange.ts';
import type { Credentials } from '../harness/model/requests.ts';
import { quoted } from './shell.ts';

/** How the run trusted the target's certificate, and which of its own it showed. */
export interface Trust {
  readonly insecure?: boolean;
  /** The file given with `--ca`. */
  readonly ca?: string;
  /** The files given with `--cert` and `--key`. */
  readonly shown?: { readonly cert: string; readonly key: string };
}

/** What is sent for each kind; the literal ones are what harness/http/target.ts sends, and harmless. */
const logins: Readonly<Record<Credentials, readonly string[]>> = {
  own: ['-u', '"$CRDB_USER:$CRDB_PASSWORD"'],
  none: [],
  malformed: ['-H', quoted('Authorization: Basic %%% this is no base64 %%%')],
  'unknown user': ['-u', 'no-such-user:no-password'],
  'wrong password': ['-u', '"$CRDB_USER:$CRDB_PASSWORD-but-wrong"'],
  'lower-case scheme': [
    '-H',
    `"Authorization: basic $(printf %s "$CRDB_USER:$CRDB_PASSWORD" | base64 | tr -d '\\n')"`,
  ],
};

/**
 * @param targetUrl the target's address; only its origin is used, for a recorded path is whole
 * @returns one line for POSIX sh that reads the login from `CRDB_USER` and `CRDB_PASSWORD`
 */
export function curl({ request }: Pick<Exchange, 'request'>, targetUrl: string, trust: Trust = {}): string {
  return [
    'curl -isSg --path-as-is',
    ...(trust.insecure ? ['-k'] : []),
    ...(trust.ca === undefined ? [] : ['--cacert', quoted(trust.ca)]),
    ...(trust.shown ? ['--cert', quoted(trust.shown.cert), '--key', quoted(trust.shown.key)] : []),
    '-X',
    quoted(request.method),
    ...logins[request.credentials],
    ...headers(request),
    ...body(request),
    quoted(new URL(targetUrl).origin + request.path),
  ].join(' ');
}

type Request = Exchange['request'];

function headers(request: Request): readonly string[] {
  return Object.entries(request.headers).flatMap(([name, value]) => [
    '-H',
    quoted(value === '' ? `${name};` : `${name}: ${value}`), // `Name:` would tell curl to leave the header out
  ]);
}

/** A POST without a body is sent with its length, 0; `-X POST` alone sends none. */
function body(request: Request): readonly string[] {
  if (request.body === undefined && request.method !== 'POST') return [];
  const names = Object.keys(request.headers).map((name) => name.toLowerCase());
  return [
    ...(names.includes('content-type') ? [] : ['-H', 'Content-Type:']), // curl would add that of a form
    '--data-raw',
    quoted(request.body ?? ''),
  ];
}
