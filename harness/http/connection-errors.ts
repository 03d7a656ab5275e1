/** Why a target can't be tested, in words for the person who named it: from the loss of its first answer. */
import { UserError } from '../model/errors.ts';
import { limits } from '../model/settings.ts';
import type { ProxyServer } from './proxy.ts';
import type { Target } from './target.ts';

interface Loss {
  readonly word: string;
  readonly problem: string;
  readonly remedy: string;
}

/** What a loss before any answer means: the first row whose word is in the reason. */
const losses: readonly Loss[] = [
  {
    word: 'ECONNREFUSED',
    problem: 'nothing listens there (connection refused)',
    remedy: 'Start the target, or mend --target.',
  },
  {
    word: 'ENOTFOUND',
    problem: 'its host is unknown',
    remedy: 'Mend the host in --target, or the name service.',
  },
  {
    word: 'EAI_AGAIN',
    problem: 'its host is unknown, or the name service does not answer',
    remedy: 'Mend the host in --target, or the name service.',
  },
  { word: 'EHOSTUNREACH', problem: 'there is no way to its host', remedy: 'Mend the network, or --target.' },
  {
    word: 'ENETUNREACH',
    problem: 'there is no way to its network',
    remedy: 'Mend the network, or --target.',
  },
  { word: 'ETIMEDOUT', problem: 'it does not take the connection', remedy: 'Mend the network, or --target.' },
  {
    word: 'CERT_HAS_EXPIRED',
    problem: 'its certificate has expired',
    remedy: 'Renew the certificate, or take any with --insecure.',
  },
  {
    word: 'ALTNAME_INVALID',
    problem: 'its certificate is for another host',
    remedy: 'Name the host of the certificate in --target, or take any certificate with --insecure.',
  },
  {
    word: 'alert certificate required',
    problem: 'it asks for a client certificate',
    remedy: 'Show it one: --cert FILE --key FILE',
  },
  {
    word: 'alert ',
    problem: 'it broke the TLS handshake off',
    remedy: 'It may ask for a client certificate (--cert FILE --key FILE), or take another than that.',
  },
  {
    word: 'CERT',
    problem: 'its certificate is not trusted',
    remedy: 'Name its authority with --ca FILE, or take any certificate with --insecure.',
  },
  {
    word: 'UNABLE_TO_',
    problem: 'its certificate is not trusted',
    remedy: 'Name its authority with --ca FILE, or take any certificate with --insecure.',
  },
  {
    word: 'EPROTO',
    problem: 'it does not speak TLS there',
    remedy: 'Try http:// in --target, or another port.',
  },
  {
    word: 'ERR_SSL',
    problem: 'it does not speak TLS there',
    remedy: 'Try http:// in --target, or another port.',
  },
  {
    word: 'HPE_HEADER_OVERFLOW',
    problem: `the head of its answer is longer than the ${limits.headBytesRead / 2 ** 10} KiB that are read`,
    remedy: 'Look at the target, or mend --target.',
  },
  {
    word: 'HPE_',
    problem: 'it is not an HTTP server',
    remedy: 'Mend the port in --target; TLS needs https://.',
  },
  {
    word: 'Parse Error',
    problem: 'it is not an HTTP server',
    remedy: 'Mend the port in --target; TLS needs https://.',
  },
  {
    word: 'ECONNRESET',
    problem: 'it took the connection and closed it without an answer',
    remedy:
      'Mend the port in --target; TLS needs https://, and plain HTTP http://. Or show the client certificate that it asks for: --cert, --key.',
  },
  {
    word: 'answered 429',
    problem: 'it limits the rate of requests, and let none through',
    remedy:
      'Wait until it lets you in again, or raise its limit for the run; --max-rps N keeps a run below one.',
  },
  {
    word: 'answered 50',
    problem: 'it is not ready, or what stands before it has nothing behind it',
    remedy: 'Try again when the target is up.',
  },
  {
    word: 'no answer within',
    problem: 'it took the connection and gave no answer',
    remedy: 'Give it more time with --timeout-s, or look at the target.',
  },
];

/** With a proxy on the way nothing else is connected to, so what no connection came about with is the proxy. */
const lossesAtProxy = ({ authorization }: ProxyServer): readonly Loss[] => [
  {
    word: 'the proxy answered 407',
    problem: `its proxy ${authorization === undefined ? 'asks for credentials' : 'refused its credentials'}`,
    remedy:
      'Give them in the environment, with the proxy: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT (HTTP_PROXY for an http:// target).',
  },
  {
    word: 'the proxy answered 5',
    problem: 'its proxy could not reach it',
    remedy: 'Mend --target, look at the proxy, or go without it: name the target in NO_PROXY.',
  },
  {
    word: 'the proxy answered',
    problem: 'its proxy does not let us through',
    remedy: 'Have it allow CONNECT to that host and port, or go without it: name the target in NO_PROXY.',
  },
  {
    word: 'no answer within',
    problem: 'nothing came through its proxy',
    remedy:
      'Give it more time with --timeout-s, look at the proxy, or go without it: name the target in NO_PROXY.',
  },
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'Proxy'].map(
    (word) => ({
      word,
      problem: 'there is no way to its proxy',
      remedy: 'Mend --proxy, HTTPS_PROXY or HTTP_PROXY, or go without it: name the target in NO_PROXY.',
    }),
  ),
];

/** What a person may want to know of the lines that OpenSSL gives. */
const openSslReason = /SSL routines:[^:]*:([^:\n]+)/;

/** It isn't the node to ask. Another address of the same cluster may be. */
export class NotThisNode extends UserError {
  /** Where it sends one. */
  readonly master: URL | undefined;

  constructor(problem: string, remedy: string, master?: URL) {
    super(problem, remedy, 3);
    this.master = master;
  }
}

export const redirected = (status: number, { url }: Target, master: URL): NotThisNode =>
  new NotThisNode(
    `${url.host} is not the node to ask: it answered ${status} to ${master.host}.`,
    `Credentials are never sent on. Test that one itself: --target ${master.origin}, or allow it: --follow-leader ${master.host}`,
    master,
  );

/** @param reason how its first answer was lost */
export function unreachable(reason: string, { url, proxy }: Target): NotThisNode {
  const known = [...(proxy ? lossesAtProxy(proxy) : []), ...losses];
  const loss = known.find(({ word }) => reason.includes(word));
  const remedy = loss?.remedy ?? 'Look at the target, or mend --target.';
  const said = openSslReason.exec(reason)?.[1] ?? reason;
  const way = proxy ? ` through the proxy ${proxy.origin}` : '';
  return new NotThisNode(
    `${url.origin} can't be tested${way}: ${loss?.problem ?? 'no HTTP answer'} (${said}).`,
    remedy,
  );
}
