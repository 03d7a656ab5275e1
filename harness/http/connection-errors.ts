/** Why a target can't be tested, for the user: from the reason why its first response was lost. */
import { UserError } from '../model/errors.ts';
import { limits } from '../model/settings.ts';
import type { ProxyServer } from './proxy.ts';
import type { Target } from './target.ts';

/** Applies where `word` is in the reason of the loss; the first row that applies counts. */
type LossMeaning = readonly [word: string, problem: string, remedy: string];

const mendNetwork = 'Check the network, or correct --target.';
const trustIt = 'Give its authority with --ca FILE, or accept any certificate with --insecure.';
const mendPort = 'Correct the port in --target; TLS needs https://.';

const lossMeanings: readonly LossMeaning[] = [
  ['ECONNREFUSED', 'nothing listens there (connection refused)', 'Start the target, or correct --target.'],
  ['ENOTFOUND', 'its host is unknown', 'Correct the host in --target, or the DNS.'],
  [
    'EAI_AGAIN',
    'its host is unknown, or the DNS does not answer',
    'Correct the host in --target, or the DNS.',
  ],
  ['EHOSTUNREACH', 'there is no route to its host', mendNetwork],
  ['ENETUNREACH', 'there is no route to its network', mendNetwork],
  ['ETIMEDOUT', 'it does not accept the connection', mendNetwork],
  [
    'CERT_HAS_EXPIRED',
    'its certificate has expired',
    'Renew the certificate, or accept any with --insecure.',
  ],
  [
    'ALTNAME_INVALID',
    'its certificate is for another host',
    'Use the host of the certificate in --target, or accept any certificate with --insecure.',
  ],
  ['alert certificate required', 'it requires a client certificate', 'Give one: --cert FILE --key FILE'],
  [
    'alert ',
    'it aborted the TLS handshake',
    'It may require a client certificate (--cert FILE --key FILE), or another one than that.',
  ],
  ['CERT', 'its certificate is not trusted', trustIt],
  ['UNABLE_TO_', 'its certificate is not trusted', trustIt],
  ['EPROTO', 'it does not speak TLS there', 'Try http:// in --target, or another port.'],
  ['ERR_SSL', 'it does not speak TLS there', 'Try http:// in --target, or another port.'],
  [
    'HPE_HEADER_OVERFLOW',
    `its response headers are longer than the ${limits.headBytesRead / 2 ** 10} KiB that are read`,
    'Check the target, or correct --target.',
  ],
  ['HPE_', 'it is not an HTTP server', mendPort],
  ['Parse Error', 'it is not an HTTP server', mendPort],
  [
    'ECONNRESET',
    'it accepted the connection and closed it without a response',
    'Correct the port in --target; TLS needs https://, plain HTTP needs http://. Or give the client certificate that it requires: --cert, --key.',
  ],
  [
    'answered 429',
    'it limits the rate of requests and accepted none',
    'Wait, or raise its limit for the run; --max-rps N limits the rate of a run.',
  ],
  ['answered 50', 'it, or the server behind its proxy, is not ready', 'Try again when the target is up.'],
  [
    'no answer within',
    'it accepted the connection and sent no response',
    'Raise --timeout-s, or check the target.',
  ],
];

/** With a proxy, a connection that fails is one to the proxy. */
function lossMeaningsAt({ authorization }: ProxyServer): readonly LossMeaning[] {
  const bypass = 'or bypass it: add the target to NO_PROXY.';
  return [
    [
      'the proxy answered 407',
      `its proxy ${authorization === undefined ? 'requires credentials' : 'refused its credentials'}`,
      'Give them in the environment: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT (HTTP_PROXY for an http:// target).',
    ],
    ['the proxy answered 5', 'its proxy could not reach it', `Correct --target, check the proxy, ${bypass}`],
    [
      'the proxy answered',
      'its proxy refused the connection',
      `Allow CONNECT to that host and port in the proxy, ${bypass}`,
    ],
    ['no answer within', 'nothing came through its proxy', `Raise --timeout-s, check the proxy, ${bypass}`],
    ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'Proxy'].map(
      (word): LossMeaning => [
        word,
        'its proxy can’t be reached',
        `Correct --proxy, HTTPS_PROXY or HTTP_PROXY, ${bypass}`,
      ],
    ),
  ];
}

/** The readable part of an OpenSSL error line; any other reason as it is. */
export const readableReason = (reason: string): string =>
  /SSL routines:[^:]*:([^:\n]+)/.exec(reason)?.[1] ?? reason;

/** This node can't be tested; another node of the cluster may be. */
export class NotThisNode extends UserError {
  /** The node that it redirects to. */
  readonly master: URL | undefined;

  constructor(problem: string, remedy: string, master?: URL) {
    super(problem, remedy, 3);
    this.master = master;
  }
}

export const redirected = (status: number, { url }: Target, master: URL): NotThisNode =>
  new NotThisNode(
    `${url.host} is not the leader: it answered ${status} to ${master.host}.`,
    `Credentials are not sent to another host. Test the leader itself with --target ${master.origin}, or allow it with --follow-leader ${master.host}`,
    master,
  );

/** What the reason of a loss means for the user, and what to do about it; undefined where it is not known. */
export function meaningOf(
  reason: string,
  proxy?: ProxyServer,
): { readonly problem: string; readonly remedy: string } | undefined {
  const known = [...(proxy ? lossMeaningsAt(proxy) : []), ...lossMeanings];
  const [, problem, remedy] = known.find(([word]) => reason.includes(word)) ?? [];
  return problem === undefined || remedy === undefined ? undefined : { problem, remedy };
}

/** @param reason why its first response was lost */
export function unreachable(reason: string, { url, proxy }: Target): NotThisNode {
  const { problem, remedy } = meaningOf(reason, proxy) ?? {};
  const detail = readableReason(reason);
  const route = proxy ? ` through the proxy ${proxy.origin}` : '';
  return new NotThisNode(
    `${url.origin} can’t be tested${route}: ${problem ?? 'no HTTP response'} (${detail}).`,
    remedy ?? 'Check the target, or correct --target.',
  );
}
