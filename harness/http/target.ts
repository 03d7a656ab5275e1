/** The server under test: its address, TLS and login. Secrets are kept here and nowhere else. */

import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { UserError } from '../model/errors.ts';
import { type ChangedLogin, type Credentials, isChanged } from '../model/requests.ts';
import { type ProxyServer, Tunnels } from './proxy.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface Target {
  /** Origin and path prefix, without credentials, query or trailing slash. */
  readonly url: URL;
  /** Undefined: the target requires no credentials. */
  readonly login?: Login;
  /** PEM of the authority that signed the target's certificate. */
  readonly ca?: string;
  /** Accepts any certificate. */
  readonly insecure: boolean;
  /** For a target that requires a client certificate. */
  readonly clientCertificate?: ClientCertificate;
  /** The proxy before it. */
  readonly proxy?: ProxyServer;
  /** Other nodes of the same cluster, tried in this order where this one is not the leader. */
  readonly others?: readonly Target[];
  /** Hosts, with or without a port, to which a follower may redirect: they get the login too. */
  readonly followed?: readonly string[];
}

/** PEM, both. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  /** Of an encrypted key. */
  readonly passphrase?: string;
}

/** Connections to the target. Reads reuse theirs; a request that changes something gets a new one, because a reused one
 *  may be closed meanwhile, and the request must not be sent twice. Requests of the control protocol, which are most of a
 *  run, reuse one that was in use a moment ago: no server closes it so soon without saying so. */
export interface Agents {
  readonly reads: http.Agent;
  readonly changes: http.Agent;
  readonly control: http.Agent;
  close(): void;
}

/** After so long without a request, a connection for the control protocol is closed. */
const longestIdleMs = 500;

/** @returns the agents for one run; close them at its end */
export function agentsFor({ url, ca, insecure, clientCertificate, proxy }: Target): Agents {
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...clientCertificate,
    rejectUnauthorized: !insecure,
  };
  const agent = (options: http.AgentOptions): http.Agent => {
    if (proxy) return new Tunnels(proxy, options, tls);
    return url.protocol === 'https:' ? new https.Agent({ ...options, ...tls }) : new http.Agent(options);
  };
  const agents = {
    reads: agent({ keepAlive: true }),
    changes: agent({}),
    control: agent({ keepAlive: true, timeout: longestIdleMs }),
  };
  return {
    ...agents,
    close: () => {
      for (const one of Object.values(agents)) one.destroy();
    },
  };
}

/** The credentials of Basic authentication, in base64. */
export const basicToken = (user: string, password: string, charset: 'utf8' | 'latin1' = 'utf8'): string =>
  Buffer.from(`${user}:${password}`, charset).toString('base64');

const basic = (user: string, password: string): string => `Basic ${basicToken(user, password)}`;

/** It begins with the real password, so it is a secret too. */
export const wrongPassword = (password: string): string => `${password}-but-wrong`;

/** The texts of the changed logins before they are encoded, each with the scheme in front of it. */
export const changed: Readonly<Record<ChangedLogin, (login: Login) => string>> = {
  'password cut': ({ user, password }) => `${user}:${cut(password)}`,
  'password in other case': ({ user, password }) => `${user}:${inOtherCase(password)}`,
  'blank before password': ({ user, password }) => `${user}: ${password}`,
  'blank after password': ({ user, password }) => `${user}:${password} `,
  'NUL after password': ({ user, password }) => `${user}:${password}\0`,
  'letter beyond ASCII after password': ({ user, password }) => `${user}:${password}é`,
  'colon after password': ({ user, password }) => `${user}:${password}:`,
  'escape in password': ({ user, password }) => `${user}:${escaped(password)}`,
  'no password': ({ user }) => `${user}:`,
  'no user': ({ password }) => `:${password}`,
  'other user': ({ password }) => `${unknownUser}:${password}`,
  'other domain': ({ user, password }) => `${user.replace(/@.*/s, '')}@elsewhere.invalid:${password}`,
  'blank after user': ({ user, password }) => `${user} :${password}`,
  'user alone': ({ user }) => user,
  'Bearer with login': ({ user, password }) => `${user}:${password}`,
  'login not encoded': ({ user, password }) => `${user}:${password}`,
  'letter before scheme': ({ user, password }) => `${user}:${password}`,
  'other scheme before': ({ user, password }) => `${user}:${password}`,
  'no scheme': ({ user, password }) => `${user}:${password}`,
};

const cut = (text: string): string => [...text].slice(0, -1).join('');
/** With the first character as in a URL. */
const escaped = (text: string): string =>
  text.replace(/^./su, (first) => Buffer.from(first).toString('hex').replace(/../g, '%$&'));
const inOtherCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));

/** What stands before the token, where it is not the scheme alone. */
const otherSchemes: Readonly<Partial<Record<ChangedLogin, string>>> = {
  'Bearer with login': 'Bearer ',
  'letter before scheme': 'XBasic ',
  'other scheme before': 'Bearer x, Basic ',
  'no scheme': '',
};

/** A login that its operator leaves as it is, such as a password without letters, becomes one with a wrong password. */
function headerOf(kind: ChangedLogin, login: Login): string {
  const text = changed[kind](login);
  const scheme = otherSchemes[kind];
  if (scheme !== undefined) return scheme + Buffer.from(text).toString('base64');
  if (kind === 'login not encoded')
    return `Basic ${Buffer.from(text)
      .toString('latin1')
      .replace(/[^ -~]/g, '?')}`;
  return text === `${login.user}:${login.password}`
    ? basic(login.user, wrongPassword(login.password))
    : `Basic ${Buffer.from(text).toString('base64')}`;
}

/** A user that does not exist: a probe must never lock a real account. */
const unknownUser = `no-such-user-${randomBytes(8).toString('hex')}`;

/** The `Authorization` header for a kind of credentials, or undefined for none. */
export function authorization(kind: Credentials, login: Login | undefined): string | undefined {
  if (!login) return undefined;
  if (isChanged(kind)) return headerOf(kind, login);
  const headers: Record<Exclude<Credentials, ChangedLogin>, string | undefined> = {
    own: basic(login.user, login.password),
    'lower-case scheme': basic(login.user, login.password).replace('Basic', 'basic'),
    none: undefined,
    malformed: 'Basic %%% this is no base64 %%%',
    'scheme alone': 'Basic',
    'no UTF-8': `Basic ${Buffer.of(0xff, 0x3a, 0xfe).toString('base64')}`, // a colon between two bytes that are none
    'unknown user': basic(unknownUser, 'no-password'),
    'empty login': basic('', ''),
    'wrong password': basic(login.user, wrongPassword(login.password)),
    Bearer: 'Bearer no-such-token',
  };
  return headers[kind];
}

/** The options of a run that are about TLS. */
export interface TlsOptions {
  readonly insecure?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Reads a file that an option names. @throws {UserError} exit 2: it can't be read */
type ReadFile = (file: string, option: string) => string;

type Trust = Pick<Target, 'ca' | 'insecure' | 'clientCertificate'>;

/** Reads and checks the certificate files. @throws {UserError} exit 2: one can't be read, is not PEM, or does not match */
export function trustOf(options: TlsOptions, env: NodeJS.ProcessEnv, readText: ReadFile): Trust {
  const ca = options.ca === undefined ? undefined : certificateIn(options.ca, '--ca', readText);
  const clientCertificate = clientCertificateOf(options, env, readText);
  return {
    insecure: options.insecure ?? false,
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate ? { clientCertificate } : {}),
  };
}

function certificateIn(file: string, option: string, readText: ReadFile): string {
  const text = readText(file, option);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new UserError(
    `${option} ${file} holds no PEM certificate.`,
    'Give a file with -----BEGIN CERTIFICATE----- in it.',
    2,
  );
}

function clientCertificateOf(
  options: TlsOptions,
  env: NodeJS.ProcessEnv,
  readText: ReadFile,
): ClientCertificate | undefined {
  const { cert, key } = options;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UserError(
      `A client certificate needs a certificate and a key, but ${cert === undefined ? '--cert' : '--key'} is not given.`,
      'Give both: --cert FILE --key FILE',
      2,
    );
  }
  const passphrase = env.CRDB_KEY_PASSPHRASE || undefined; // an empty variable counts as not set
  const made = {
    cert: certificateIn(cert, '--cert', readText),
    key: readText(key, '--key'),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  try {
    createSecureContext(made);
  } catch (error) {
    throw unusable(options, made, error);
  }
  return made;
}

function unusable({ key, cert }: TlsOptions, made: ClientCertificate, error: unknown): UserError {
  const { problem, remedy } = pairError(error instanceof Error ? error.message : '', made);
  return new UserError(`--key ${key} ${problem} --cert ${cert}.`, remedy, 2, { cause: error });
}

/** Translates OpenSSL's error for an unusable pair. */
function pairError(message: string, { key, passphrase }: ClientCertificate) {
  if (/values? mismatch/.test(message))
    return { problem: 'is not the key of', remedy: 'Give the key of this certificate.' };
  // One wrong passphrase in 256 makes a text of the right length, which is then no key.
  if (!/decrypt|cancelled/.test(message) && !key.includes('ENCRYPTED'))
    return {
      problem: 'is not a PEM key that can be used with',
      remedy: 'Give a file with -----BEGIN PRIVATE KEY----- in it.',
    };
  return passphrase === undefined
    ? {
        problem: 'is encrypted and can’t be used with',
        remedy: 'Put its passphrase into the environment variable CRDB_KEY_PASSPHRASE.',
      }
    : {
        problem: 'can’t be decrypted with its passphrase, for',
        remedy: 'Correct the passphrase in the environment variable CRDB_KEY_PASSPHRASE.',
      };
}
