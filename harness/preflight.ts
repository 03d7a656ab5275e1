/** Before a run: is the target there, is it what it should be, does it know us, and what can be provisioned on it? */
import { randomUUID } from 'node:crypto';
import { redirectedTo } from './client.ts';
import { UserError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { limits } from './limits.ts';
import { askForControl, type ControlCapabilities, offeredControl } from './provision/control.ts';
import { list, read } from './requests.ts';
import type { Target } from './target.ts';
import type { World } from './world.ts';

export interface Preflight {
  /** The `Server` header of its first answer, or null. */
  readonly server: string | null;
  /** What it offers by the task control protocol, or undefined where it doesn't speak it. */
  readonly control: ControlCapabilities | undefined;
}

/**
 * Asks the target for its list, with one login tried once, and for the control protocol.
 * @throws {UserError} exit 3: it can't be reached, is no HTTP server, points elsewhere, or refuses the login
 */
export async function preflight(
  world: Pick<World, 'send'>,
  target: Target,
  askControl: boolean,
): Promise<Preflight> {
  const answer = await world.send(list());
  refuseRedirect(answer, target);
  if (answer.lost !== undefined) throw unreachable(answer.lost, target.url);
  if (answer.response?.status === 401) throw refused(target);
  // Some releases lack the list, and what answers there then may not have looked at the login.
  const second = await world.send(read({ id: randomUUID() }));
  if (second.response?.status === 401) throw refused(target);
  const offer = askControl ? await world.send(askForControl()) : undefined;
  // Without an answer it isn't known whether the protocol is spoken: a run without it would leave out nearly all.
  if (offer?.lost !== undefined && !offer.response) throw unreachable(offer.lost, target.url);
  return {
    server: answer.response?.headers.server ?? null,
    control: offer && offeredControl(offer),
  };
}

function refuseRedirect({ response }: Exchange, { url }: Target): void {
  const master = response && redirectedTo(response, url);
  if (!master) return;
  throw new UserError(
    `${url.host} is not the node to ask: it answered ${response.status} to ${master.host}.`,
    `Credentials are never sent on. Test that one itself: --target ${master.origin}`,
    3,
  );
}

const refused = ({ login, url }: Target): UserError =>
  login
    ? new UserError(
        `${url.host} refused the login of ${login.user} (401): nothing could be tested. It was tried once, for more could lock the account.`,
        'Mend --user or the password; several bad logins in a row lock an account for half an hour.',
        3,
      )
    : new UserError(
        `${url.host} asks for credentials (401), and --no-auth says that there are none: nothing could be tested.`,
        'Give --user and --password-env in the place of --no-auth.',
        3,
      );

/** What a loss before any answer means: the first row whose word is in the reason. */
const losses: readonly { readonly word: string; readonly problem: string; readonly remedy: string }[] = [
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
    word: 'no answer within',
    problem: 'it took the connection and gave no answer',
    remedy: 'Give it more time with --timeout, or look at the target.',
  },
];

/** What a person may want to know of the lines that OpenSSL gives. */
const openSslReason = /SSL routines:[^:]*:([^:\n]+)/;

function unreachable(reason: string, url: URL): UserError {
  const loss = losses.find(({ word }) => reason.includes(word));
  const remedy = loss?.remedy ?? 'Look at the target, or mend --target.';
  const said = openSslReason.exec(reason)?.[1] ?? reason;
  return new UserError(
    `${url.origin} can't be tested: ${loss?.problem ?? 'no HTTP answer'} (${said}).`,
    remedy,
    3,
  );
}
