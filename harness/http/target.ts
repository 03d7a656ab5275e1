/** The server under test: where it is, how to trust it, and who asks. Secrets live here and nowhere else. */
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Credentials } from '../model/requests.ts';
import { Tunnels, type WayThrough } from './tunnel.ts';

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
  readonly proxy?: WayThrough;
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
