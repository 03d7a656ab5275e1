/** The target's certificate: whether a run would trust it, and if not, why and what to do. Nobody is logged in here. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checkServerIdentity, type PeerCertificate, TLSSocket } from 'node:tls';
import { unreachable } from '../http/connection-errors.ts';
import { insistOnTunnel } from '../http/proxy.ts';
import { agentsFor, type Target } from '../http/target.ts';
import { bare } from './connection.ts';
import { asARunSays, type Look, note, ok, problem } from './step.ts';

/** A certificate that ends sooner is told of. */
const soonDays = 30;
const dayMs = 86_400_000;

/** What a handshake showed. */
export interface Shown {
  readonly certificate: PeerCertificate;
  /** Why its chain isn't trusted, as OpenSSL calls it; undefined where it is. */
  readonly distrust: string | undefined;
  readonly protocol: string | null;
}

/** Shakes hands, whatever the certificate. @returns why there was no handshake, where there was none */
export async function handshake(target: Target, limitMs: number): Promise<Shown | { readonly lost: string }> {
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
export function judgeTls(shown: Shown | { readonly lost: string }, target: Target, nowMs: number): Look {
  if ('lost' in shown) return asARunSays(unreachable(shown.lost, target));
  const faults = faultsIn(shown, target, nowMs);
  if (faults.length === 0) return trusted(shown, nowMs);
  const says = faults.map((fault) => fault.says).join('; ');
  if (target.insecure)
    return note(
      `${says}: taken all the same, for --insecure takes any certificate, also that of somebody in between`,
    );
  return problem(says, faults.map((fault) => fault.remedy).join(' '));
}

function trusted({ certificate, protocol }: Shown, nowMs: number): Look {
  const { valid_to: until } = certificate;
  const leftDays = Math.floor((Date.parse(until) - nowMs) / dayMs);
  const says = `${protocol}, a certificate of ${nameIn(certificate.subject)} by ${nameIn(certificate.issuer)}, valid until ${day(until)}`;
  return leftDays < soonDays
    ? note(`${says}: that is in ${leftDays} days`, 'Have it renewed before then.')
    : ok(says);
}

interface Fault {
  readonly says: string;
  readonly remedy: string;
}

/** All that is wrong with it: OpenSSL tells of the first alone. */
function faultsIn({ certificate, distrust }: Shown, target: Target, nowMs: number): readonly Fault[] {
  const { valid_from: from, valid_to: until } = certificate;
  const host = bare(target.url.hostname);
  const isForAnother = checkServerIdentity(host, certificate) !== undefined;
  return [
    ...(nowMs > Date.parse(until)
      ? [
          {
            says: `its certificate expired on ${day(until)}`,
            remedy: 'Have it renewed, or take any with --insecure.',
          },
        ]
      : []),
    ...(nowMs < Date.parse(from)
      ? [
          {
            says: `its certificate is valid from ${day(from)} on, and here it is ${day(nowMs)}`,
            remedy: 'Set the clock of this machine, or of the one that made the certificate.',
          },
        ]
      : []),
    ...(distrust !== undefined && !tellsOtherwise.test(distrust)
      ? [untrusted(distrust, certificate, target)]
      : []),
    ...(isForAnother
      ? [
          {
            says: `its certificate is for ${namesOf(certificate)}, and not for ${host}`,
            remedy: 'Name one of these in --target, or take any certificate with --insecure.',
          },
        ]
      : []),
  ];
}

/** What the dates and the names tell better. */
const tellsOtherwise = /EXPIRED|NOT_YET_VALID|ALTNAME/;

function untrusted(distrust: string, certificate: PeerCertificate, { url, ca }: Target): Fault {
  const { fingerprint256, subject, issuer } = certificate;
  const about = `(${distrust}; SHA-256 ${fingerprint256})`;
  if (ca !== undefined)
    return {
      says: `its certificate, of ${nameIn(subject)} by ${nameIn(issuer)}, does not come from the authority in --ca ${about}`,
      remedy: `Name the file of ${nameIn(issuer)} with --ca, or take any certificate with --insecure.`,
    };
  if (!distrust.includes('DEPTH_ZERO_SELF_SIGNED'))
    return {
      says: `its certificate is of an authority that nobody here knows: ${nameIn(issuer)} ${about}`,
      remedy: `Get the file of that authority from whoever runs the target, and name it: --ca FILE; or take any certificate with --insecure.`,
    };
  const port = url.port || '443';
  return {
    says: `its certificate is signed by itself, as clusters come: ${nameIn(subject)} ${about}`,
    remedy: `Get it (openssl s_client -connect ${url.hostname}:${port} </dev/null | openssl x509 -out ca.pem), hold its SHA-256 against the one on the cluster (openssl x509 -in ca.pem -noout -fingerprint -sha256), then --ca ca.pem; or take any with --insecure.`,
  };
}

const nameIn = (party: PeerCertificate['subject']): string =>
  party?.CN?.toString() ?? party?.O?.toString() ?? 'nobody';

const namesOf = ({ subject, subjectaltname }: PeerCertificate): string => subjectaltname ?? nameIn(subject);

const day = (at: string | number): string => new Date(at).toISOString().slice(0, 10);
