/** The connection to a target, or to the proxy before it: name, port, and certificate. No credentials are sent here. */
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate, TLSSocket } from 'node:tls';
import { unreachable } from '../http/connection-errors.ts';
import { insistOnTunnel } from '../http/proxy.ts';
import { agentsFor, type Target } from '../http/target.ts';
import { asInARun, type Look, note, ok, problem } from './step.ts';

/** The address that is connected to first. */
export interface FirstHop {
  readonly host: string;
  readonly port: number;
  /** The option or variable that names it. */
  readonly namedBy: string;
}

export function firstHopTo({ url, proxy }: Target): FirstHop {
  const { hostname, port, protocol } = proxy ? new URL(proxy.origin) : url;
  return {
    host: bare(hostname),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    namedBy: proxy ? '--proxy, HTTPS_PROXY or HTTP_PROXY' : '--target',
  };
}

/** `[::1]` in a URL is the address `::1`. */
export const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** @returns the addresses, none where the name can't be resolved */
export async function lookUp({
  host,
  namedBy,
}: FirstHop): Promise<{ readonly look: Look; readonly addresses: readonly string[] }> {
  if (isIP(host) !== 0) return { look: ok(`${host} is an address, no name to resolve`), addresses: [host] };
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    return { look: ok(`${host} is ${addresses.join(', ')}`), addresses };
  } catch (error) {
    const code = codeOf(error);
    const look =
      code === 'ENOTFOUND'
        ? problem(`the host ${host} does not exist (${code})`, `Correct the host in ${namedBy}, or the DNS.`)
        : problem(
            `the DNS gives no answer for ${host} (${code})`,
            `Check the DNS of this machine, or the host in ${namedBy}.`,
          );
    return { look, addresses: [] };
  }
}

export async function tryPort(addresses: readonly string[], hop: FirstHop, limitMs: number): Promise<Look> {
  const { port, namedBy } = hop;
  const tried = await Promise.all(
    addresses.map(async (address) => ({ address, refusal: await refusalOf(address, port, limitMs) })),
  );
  const taking = tried.filter(({ refusal }) => refusal === undefined).map(({ address }) => address);
  const refusing = tried.filter(({ refusal }) => refusal !== undefined);
  const refusals = refusing.map(({ address, refusal }) => `${address}: ${refusal}`).join(', ');
  if (taking.length === 0)
    return problem(
      `port ${port} accepts no connection (${refusals})`,
      `Start the server, correct the port in ${namedBy}, or open the firewall.`,
    );
  if (refusing.length === 0) return ok(`port ${port} accepts connections at ${taking.join(', ')}`);
  return note(
    `port ${port} accepts connections at ${taking.join(', ')}, but not at every address (${refusals})`,
    'Requests may be slow or lost when the other address is tried first: use one address in --target, or correct the DNS.',
  );
}

/** Why a port accepts no connection, or undefined where it does. */
function refusalOf(host: string, port: number, limitMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (refusal: string | undefined): void => {
      socket.destroy();
      resolve(refusal);
    };
    socket.setTimeout(limitMs, () => end(`no answer within ${limitMs / 1000} s`));
    socket.on('connect', () => end(undefined));
    socket.on('error', (error) => end(codeOf(error)));
  });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);

/** A certificate that expires sooner gets a note. */
const soonDays = 30;
const dayMs = 86_400_000;

export interface ShownCertificate {
  readonly certificate: PeerCertificate;
  /** OpenSSL's code for an untrusted chain; undefined where it is trusted. */
  readonly distrust: string | undefined;
  readonly protocol: string | null;
}

/** A handshake that accepts any certificate. @returns `lost`: why there was no handshake */
export async function handshake(
  target: Target,
  limitMs: number,
): Promise<ShownCertificate | { readonly lost: string }> {
  const agents = agentsFor({ ...target, insecure: true }); // nothing secret is sent
  const send = target.url.protocol === 'https:' ? httpsRequest : httpRequest;
  const asking = send(target.url, { agent: agents.changes, method: 'OPTIONS' });
  try {
    return await new Promise((resolve) => {
      const show = (socket: TLSSocket): void =>
        resolve({
          certificate: socket.getPeerCertificate(true),
          distrust: socket.authorized ? undefined : String(socket.authorizationError),
          protocol: socket.getProtocol(),
        });
      insistOnTunnel(asking);
      asking.on('socket', (socket) => {
        if (socket instanceof TLSSocket) socket.once('secureConnect', () => show(socket));
      });
      asking.on('error', (error) => resolve({ lost: lossOf(error) }));
      asking.setTimeout(limitMs, () => resolve({ lost: `no answer within ${limitMs / 1000} s` }));
    });
  } finally {
    asking.destroy();
    agents.close();
  }
}

const lossOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? `${error.message} (${error.code})` : error.message;

/** @param nowMs since 1970 */
export function judgeTls(
  shown: ShownCertificate | { readonly lost: string },
  target: Target,
  nowMs: number,
): Look {
  if ('lost' in shown) return asInARun(unreachable(shown.lost, target));
  const faults = faultsIn(shown, target, nowMs);
  if (faults.length === 0) return trusted(shown, nowMs);
  const says = faults.map((fault) => fault.says).join('; ');
  if (target.insecure)
    return note(`${says}: accepted, because --insecure accepts any certificate, even an attacker’s`);
  return problem(says, faults.map((fault) => fault.remedy).join(' '));
}

function trusted({ certificate, protocol }: ShownCertificate, nowMs: number): Look {
  const { valid_to: until } = certificate;
  const leftDays = Math.floor((Date.parse(until) - nowMs) / dayMs);
  const says = `${protocol}, a certificate of ${nameIn(certificate.subject)} by ${nameIn(certificate.issuer)}, valid until ${day(until)}`;
  return leftDays < soonDays ? note(`${says}, in ${leftDays} days`, 'Renew it before then.') : ok(says);
}

interface Fault {
  readonly says: string;
  readonly remedy: string;
}

/** Everything that is wrong with a certificate: OpenSSL reports the first fault only. */
function faultsIn(
  { certificate, distrust }: ShownCertificate,
  target: Target,
  nowMs: number,
): readonly Fault[] {
  const { valid_from: from, valid_to: until } = certificate;
  const host = bare(target.url.hostname);
  const isForAnother = checkServerIdentity(host, certificate) !== undefined;
  const faults: readonly (false | Fault)[] = [
    nowMs > Date.parse(until) && {
      says: `its certificate expired on ${day(until)}`,
      remedy: 'Renew it, or accept any certificate with --insecure.',
    },
    nowMs < Date.parse(from) && {
      says: `its certificate is valid from ${day(from)}, but today is ${day(nowMs)} on this machine`,
      remedy: 'Set the clock of this machine, or of the one that created the certificate.',
    },
    distrust !== undefined && !describedAbove.test(distrust) && untrusted(distrust, certificate, target),
    isForAnother && {
      says: `its certificate is for ${namesOf(certificate)}, not for ${host}`,
      remedy: 'Use one of these names in --target, or accept any certificate with --insecure.',
    },
  ];
  return faults.filter((fault) => fault !== false);
}

/** Faults that the dates and names above describe better. */
const describedAbove = /EXPIRED|NOT_YET_VALID|ALTNAME/;

function untrusted(distrust: string, certificate: PeerCertificate, { url, ca }: Target): Fault {
  const { fingerprint256, subject, issuer } = certificate;
  const about = `(${distrust}; SHA-256 ${fingerprint256})`;
  if (ca !== undefined)
    return {
      says: `its certificate, of ${nameIn(subject)} by ${nameIn(issuer)}, is not signed by the authority in --ca ${about}`,
      remedy: `Give the certificate of ${nameIn(issuer)} with --ca, or accept any certificate with --insecure.`,
    };
  if (!distrust.includes('DEPTH_ZERO_SELF_SIGNED'))
    return {
      says: `its certificate is signed by an unknown authority: ${nameIn(issuer)} ${about}`,
      remedy: `Get the authority’s certificate from the target’s operator and give it with --ca FILE, or accept any certificate with --insecure.`,
    };
  const port = url.port || '443';
  return {
    says: `its certificate is self-signed (the default on clusters): ${nameIn(subject)} ${about}`,
    remedy: `Get it (openssl s_client -connect ${url.hostname}:${port} </dev/null | openssl x509 -out ca.pem), compare its SHA-256 with that on the cluster (openssl x509 -in ca.pem -noout -fingerprint -sha256), then use --ca ca.pem; or accept any certificate with --insecure.`,
  };
}

const nameIn = (party: PeerCertificate['subject']): string =>
  party?.CN?.toString() ?? party?.O?.toString() ?? '(no name)';

const namesOf = ({ subject, subjectaltname }: PeerCertificate): string => subjectaltname ?? nameIn(subject);

const day = (at: string | number): string => new Date(at).toISOString().slice(0, 10);
