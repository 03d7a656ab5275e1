/** The server under test: where it is, how to trust it, and who asks. Secrets live here and nowhere else. */

import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { UserError } from '../model/errors.ts';
import type { Credentials } from '../model/requests.ts';
import { type ProxyServer, Tunnels } from './proxy.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface Target {
  /** Origin and path prefix, without credentials, query or trailing slash. */
  readonly url: URL;
  /** Undefined: a target without credentials. */
  readonly login?: Login;
  /** PEM of the authority that signed the target's certificate. */
  readonly ca?: string;
  /** Takes any certificate. */
  readonly insecure: boolean;
  /** What we show a target that asks who connects. */
  readonly clientCertificate?: ClientCertificate;
  /** What stands on the way to it. */
  readonly proxy?: ProxyServer;
  /** Other addresses of the same cluster, in the order in which they are tried where this one isn't the one to ask. */
  readonly others?: readonly Target[];
  /** Hosts, each with a port or without, to which a node may send us on: they get the login too. */
  readonly followed?: readonly string[];
}

/** PEM, both. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  /** Opens the key where it is encrypted. */
  readonly passphrase?: string;
}

/** Connections to the target: reads share theirs; a request that changes something gets its own, for a reused
 *  one may be closed under it, and it must not be sent twice. */
export interface Agents {
  readonly reads: http.Agent;
  readonly changes: http.Agent;
  close(): void;
}

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
  const reads = agent({ keepAlive: true });
  const changes = agent({});
  return {
    reads,
    changes,
    close: () => {
      reads.destroy();
      changes.destroy();
    },
  };
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** It begins with the right one, so it is a secret too. */
const wrong = (password: string): string => `${password}-but-wrong`;

/** A user that surely does not exist: a real account must never be locked out by a probe. */
const nobody = `no-such-user-${randomBytes(8).toString('hex')}`;

/** The `Authorization` header for a kind of credentials, or undefined for none. */
export function authorization(kind: Credentials, login: Login | undefined): string | undefined {
  if (!login) return undefined;
  const headers: Record<Credentials, string | undefined> = {
    own: basic(login.user, login.password),
    'lower-case scheme': basic(login.user, login.password).replace('Basic', 'basic'),
    none: undefined,
    malformed: 'Basic %%% this is no base64 %%%',
    'unknown user': basic(nobody, 'no-password'),
    'wrong password': basic(login.user, wrong(login.password)),
  };
  return headers[kind];
}

/** Takes the login out of a text that a target may have echoed, before it is written down. */
export function redactor(login: Login | undefined): (text: string) => string {
  if (!login || login.password === '') return (text) => text;
  const { user, password } = login;
  const headers = [basic(user, wrong(password)), basic(user, password)].map((header) =>
    header.slice('Basic '.length).replace(/=+$/, ''),
  );
  const secrets = [...headers, password];
  const spellings = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  return (text) => spellings.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}

// ===== harness/http/trust.ts: How we know the target by its certificate, and it us by ours: the files that the options name, read and tried.

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

/** @throws {UserError} exit 2: a file can't be read, is none, or doesn't go with the others */
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
      `A client certificate needs its certificate and its key, and ${cert === undefined ? '--cert' : '--key'} is not given.`,
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
    throw unusable(key, cert, passphrase, error);
  }
  return made;
}

function unusable(key: string, cert: string, passphrase: string | undefined, error: unknown): UserError {
  const { problem, remedy } = troubleWith(error instanceof Error ? error.message : '', passphrase);
  return new UserError(`--key ${key} ${problem} --cert ${cert}.`, remedy, 2, { cause: error });
}

/** What OpenSSL says of a pair that it can't use, in other words. */
function troubleWith(said: string, passphrase: string | undefined) {
  if (/values? mismatch/.test(said))
    return { problem: 'is not the key of', remedy: 'Give the key that the certificate was made for.' };
  if (!/decrypt|cancelled/.test(said))
    return {
      problem: 'is no PEM key that can be used with',
      remedy: 'Give a file with -----BEGIN PRIVATE KEY----- in it.',
    };
  return passphrase === undefined
    ? {
        problem: 'is encrypted, so that it can’t be used with',
        remedy: 'Put its passphrase into the environment variable CRDB_KEY_PASSPHRASE.',
      }
    : {
        problem: 'is not opened by its passphrase, to be used with',
        remedy: 'Correct the passphrase in the environment variable CRDB_KEY_PASSPHRASE.',
      };
}
